import { fileURLToPath } from 'node:url';
import { emptyNode } from '../lib/empty-node.mjs';
import { toFigure } from '../lib/figure.mjs';
import { rerankctl, runNode } from '../lib/process.mjs';
import { alternate } from '../lib/stats.mjs';

const bareScript = fileURLToPath(new URL('../bare-quickstart.mjs', import.meta.url));

/**
 * The quickstart on an empty node: rerankctl, and a script that sends the same requests and nothing else.
 *
 * @param {import('../lib/figure.mjs').Bench} bench
 */
export async function apply({ node, rounds = 7, say }) {
  const url = await node();
  const timed = async (/** @type {string[]} */ args) => {
    await emptyNode(url);
    return (await runNode(args)).ms;
  };
  const ours = () => timed([rerankctl, 'apply', '--yes', '-f', 'manifests/quickstart', '--url', url]);
  const bare = () => timed([bareScript, url]);

  // The first deploys of a node's life load PyTorch and warm the JVM.
  say('warming up');
  for (const run of [bare, ours, bare, ours]) await run();
  const { ratio, ...times } = await alternate(rounds, ours, bare, (round, oursMs, bareMs) => {
    say(`round ${round + 1}: apply ${oursMs.toFixed(0)} ms, bare ${bareMs.toFixed(0)} ms`);
  });
  await emptyNode(url);
  const measure = { value: ratio, limit: 1.1, unit: ' ×' };
  return [toFigure('apply', 'apply of the quickstart / bare script', measure, times)];
}
