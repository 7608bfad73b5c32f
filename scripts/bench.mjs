import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { apply } from '../bench/cases/apply.mjs';
import { plan } from '../bench/cases/plan.mjs';
import { seed } from '../bench/cases/seed.mjs';
import { startup } from '../bench/cases/startup.mjs';
import { verify } from '../bench/cases/verify.mjs';
import { toTable } from '../bench/lib/figure.mjs';
import { benchNode } from '../bench/lib/node.mjs';
import { root, stopAll } from '../bench/lib/process.mjs';
import { build, install } from './ready.mjs';

const benchmarks = { startup, apply, plan, verify, seed };
const usage = `Usage: npm run bench [-- [options] [names…]]

Benchmarks: ${Object.keys(benchmarks).join(', ')} (all, when none is named).

  --rounds N       repetitions of each measurement
  --seed-bytes N   size of the seed file (default 1e9)
  --json           the report as JSON on stdout, everything else on stderr
  --help

The report also goes to bench/results/latest.json. Ends with 1 when a target is missed.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    'seed-bytes': { type: 'string', default: '1e9' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !Object.hasOwn(benchmarks, name));
if (values.help || unknown.length > 0) {
  process.stderr.write(unknown.length > 0 ? `No benchmark ${unknown.join(', ')}.\n\n${usage}` : usage);
  process.exit(unknown.length > 0 ? 3 : 0);
}

install();
build();
const node = benchNode();
// The node is taken down all the same. A second signal ends this process at once.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stopAll);
/** @type {import('../bench/lib/figure.mjs').Figure[]} */
const figures = [];
try {
  for (const [name, run] of Object.entries(benchmarks)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const say = (/** @type {string} */ text) => process.stderr.write(`[${name}] ${text}\n`);
    const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
    figures.push(...(await run({ node: node.url, rounds, seedBytes: Number(values['seed-bytes']), say })));
  }
  await report();
} catch (error) {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
  process.exitCode = 130;
} finally {
  await node.down();
}

async function report() {
  const machine = {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpus: cpus().length,
    cpu: cpus()[0]?.model,
    memoryBytes: totalmem(),
  };
  const json = `${JSON.stringify({ takenAt: new Date().toISOString(), machine, figures }, null, 2)}\n`;
  const folder = join(root, 'bench/results');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'latest.json'), json);
  (values.json ? process.stderr : process.stdout).write(`\n${toTable(figures)}\n`);
  if (values.json) process.stdout.write(json);
  process.exitCode = figures.every((figure) => figure.met) ? 0 : 1;
}
