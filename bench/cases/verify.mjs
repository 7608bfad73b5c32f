import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emptyNode } from '../lib/empty-node.mjs';
import { toFigure } from '../lib/figure.mjs';
import { rerankctl, root, runNode } from '../lib/process.mjs';
import { alternate } from '../lib/stats.mjs';

const bareScript = fileURLToPath(new URL('../bare-verify.mjs', import.meta.url));

/**
 * The real collection of manifests/relevance: rerankctl, which also reads judgments, measures, tests and reports, and a
 * loop that sends the same searches.
 *
 * @param {import('../lib/figure.mjs').Bench} bench
 */
export async function verify({ node, rounds = 3, say }) {
  const url = await node();
  await emptyNode(url);
  const folder = join(root, 'manifests/relevance');
  say('applying the collection');
  await runNode([rerankctl, 'apply', '--yes', '-f', folder, '--url', url]);
  const ours = async () => (await runNode([rerankctl, 'verify', '-f', folder, '--url', url])).ms;
  const bare = async () => (await runNode([bareScript, url, folder])).ms;
  say('warming up');
  await bare();
  const { ratio, ...times } = await alternate(rounds, ours, bare, (round, oursMs, bareMs) => {
    say(`round ${round + 1}: verify ${(oursMs / 1000).toFixed(1)} s, bare ${(bareMs / 1000).toFixed(1)} s`);
  });
  await emptyNode(url);
  const measure = { value: ratio, limit: 1.1, unit: ' ×' };
  return [toFigure('verify', 'verify of 173 queries, both arms / bare loop', measure, times)];
}
