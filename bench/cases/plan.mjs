import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countingProxy } from '../lib/counting-proxy.mjs';
import { emptyNode } from '../lib/empty-node.mjs';
import { toFigure } from '../lib/figure.mjs';
import { total, writeFleet } from '../lib/fleet.mjs';
import { rerankctl, runNode } from '../lib/process.mjs';
import { median } from '../lib/stats.mjs';

const small = { groups: 100, pipelines: 100, indices: 100 };
const large = { groups: 1_000, pipelines: 1_000, indices: 100 };

/**
 * A plan that finds nothing to do, as a whole process, at two sizes; and what it asks the cluster.
 *
 * @param {import('../lib/figure.mjs').Bench} bench
 */
export async function plan(bench) {
  const url = await bench.node();
  const folder = await mkdtemp(join(tmpdir(), 'rerankctl-bench-'));
  await emptyNode(url);
  try {
    const atSmall = await measure(bench, url, folder, small, 0.5);
    const atLarge = await measure(bench, url, folder, large, 1);
    const [few, many] = [new Set(atSmall.requests), new Set(atLarge.requests)];
    return [
      ...atSmall.figures,
      toFigure(
        'plan',
        `requests of that plan at ${total(small)}`,
        { value: atSmall.requests.length, limit: 20, digits: 0 },
        { requests: atSmall.requests },
      ),
      ...atLarge.figures,
      toFigure(
        'plan',
        `requests at ${total(large)}, each page of a list counted once, against ${total(small)}`,
        { value: many.size, limit: few.size, digits: 0 },
        {
          withPages: { small: atSmall.requests.length, large: atLarge.requests.length },
          requests: [...many],
        },
      ),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
    await emptyNode(url);
  }
}

/**
 * @param {import('../lib/figure.mjs').Bench} bench
 * @param {string} url
 * @param {string} parent
 * @param {import('../lib/fleet.mjs').Sizes} sizes
 * @param {number} limit seconds
 */
async function measure({ rounds = 10, say }, url, parent, sizes, limit) {
  const size = total(sizes);
  /** @type {import('../lib/figure.mjs').Figure[]} */
  const figures = [];
  /** @type {string[]} */
  let requests = [];
  for (const layout of /** @type {const} */ (['one file a kind', 'one file a resource'])) {
    const folder = join(parent, `${size} ${layout}`);
    await writeFleet(folder, sizes, layout);
    if (layout === 'one file a kind') {
      say(`applying ${size} resources`);
      const { ms } = await runNode([rerankctl, 'apply', '--yes', '-f', folder, '--url', url]);
      say(`applied in ${(ms / 1000).toFixed(1)} s`);
      requests = await requestsOfPlan(url, folder);
    }
    /** @type {number[]} */
    const seconds = [];
    await noopPlan(url, folder);
    for (let round = 0; round < rounds; round++) seconds.push((await noopPlan(url, folder)) / 1000);
    const value = median(seconds);
    say(`plan of ${size}, ${layout}: ${value.toFixed(2)} s`);
    figures.push(
      toFigure('plan', `no-op plan, ${size} resources, ${layout}`, { value, limit, unit: ' s' }, { seconds }),
    );
  }
  return { figures, requests };
}

/**
 * Exit code 0 under `--detailed-exitcode` is the proof that nothing was to be done.
 *
 * @param {string} url
 * @param {string} folder
 */
async function noopPlan(url, folder) {
  return (await runNode([rerankctl, 'plan', '-f', folder, '--url', url, '--detailed-exitcode'])).ms;
}

/**
 * @param {string} url
 * @param {string} folder
 */
async function requestsOfPlan(url, folder) {
  const proxy = await countingProxy(url);
  try {
    await noopPlan(proxy.url, folder);
    return proxy.requests;
  } finally {
    await proxy.close();
  }
}
