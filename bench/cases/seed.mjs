import { toFigure } from '../lib/figure.mjs';
import { rerankctl } from '../lib/process.mjs';
import { runSeedBench } from '../seed/seed.bench.mjs';

/**
 * Seeding from a large NDJSON file, against the bare `_bulk` loop with the same concurrency.
 *
 * @param {import('../lib/figure.mjs').Bench} bench
 */
export async function seed({ node, rounds = 3, seedBytes, say }) {
  const url = await node();
  say(`seeding ${(seedBytes / 1e9).toFixed(2)} GB, ${rounds} times each`);
  const run = (ids) =>
    runSeedBench({ url, bytes: seedBytes, rerankctl: [process.execPath, rerankctl], rounds, ids });
  const result = await run('field');
  const { ours, bare, ratio } = result;
  say(`SeedData ${ours.mbPerS.toFixed(1)} MB/s, bare ${bare.mbPerS.toFixed(1)} MB/s`);
  const content = await run('content');
  say(
    `IDs from the content: ${content.ours.mbPerS.toFixed(1)} MB/s, bare ${content.bare.mbPerS.toFixed(1)} MB/s`,
  );
  return [
    toFigure(
      'seed',
      'throughput of SeedData / bare _bulk loop, same IDs',
      { value: ratio, limit: 0.9, atLeast: true, unit: ' ×' },
      result,
    ),
    toFigure(
      'seed',
      'the same, IDs from the content (the bare loop counts)',
      { value: content.ratio, limit: 0.9, atLeast: true, unit: ' ×' },
      content,
    ),
    toFigure('seed', 'memory of rerankctl while seeding', {
      value: Math.max(ours.maxRssMb, content.ours.maxRssMb),
      limit: 200,
      unit: ' MB',
      digits: 0,
    }),
  ];
}
