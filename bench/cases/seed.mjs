import { toFigure } from '../lib/figure.mjs';
import { rerankctl } from '../lib/process.mjs';

/**
 * Seeding from a large NDJSON file, against the bare `_bulk` loop with the same concurrency.
 *
 * @param {import('../lib/figure.mjs').Bench} bench
 */
export async function seed({ node, seedBytes, say }) {
  const { runSeedBench } = await import('../seed/index.mjs');
  const url = await node();
  say(`seeding ${(seedBytes / 1e9).toFixed(2)} GB`);
  const result = await runSeedBench({ url, bytes: seedBytes, rerankctl });
  const measure = { value: result.ratio, limit: 0.9, atLeast: true, unit: ' ×' };
  return [toFigure('seed', 'throughput of SeedData / bare _bulk loop', measure, result)];
}
