import { toFigure } from '../lib/figure.mjs';
import { rerankctl, runNode } from '../lib/process.mjs';
import { alternate } from '../lib/stats.mjs';

/**
 * What it costs to start, against the cheapest thing that Node can do.
 *
 * @param {import('../lib/figure.mjs').Bench} bench
 */
export async function startup({ rounds = 20, say }) {
  const figures = [];
  for (const flag of ['--version', '--help']) {
    const ours = async () => (await runNode([rerankctl, flag])).ms;
    const bare = async () => (await runNode(['-e', '0'])).ms;
    await ours();
    await bare();
    const { ratio, ...times } = await alternate(rounds, ours, bare);
    say(`rerankctl ${flag}: ${times.oursMs.toFixed(0)} ms, node -e 0: ${times.bareMs.toFixed(0)} ms`);
    const measure = { value: ratio, limit: 2, unit: ' ×' };
    figures.push(toFigure('startup', `rerankctl ${flag} / node -e 0`, measure, times));
  }
  return figures;
}
