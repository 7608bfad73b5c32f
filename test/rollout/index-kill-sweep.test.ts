import { afterAll, beforeAll, expect, it } from 'vitest';
import { dig } from '../../src/core/json.ts';
import { type Mode, type Scene, said, sweep } from '../faults/sweep.ts';
import { type Ran, rerankctl } from '../support/cli.ts';
import { nodeUrl, uniqueName } from '../support/node.ts';
import { type Bench, manifest, openBench, SERVERS } from '../support/provision.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { documents, fill, guarded, indexManifest, line, passages } from './index-story.ts';

const [, server] = SERVERS[0] ?? [];
let file: ModelFile;

beforeAll(async () => {
  file = await writeTinyModel(0, 'best');
});
afterAll(async () => {
  await file.remove();
});

const NO_REFUSAL = /^\b$/;
const REFUSED_LATE = /RCTL_(STATE_CONFLICT|PLAN_STALE|INDEX_NOT_FOUND|INDEX_GONE|ROLLOUT_\w+)/;

type Texts = (name: string) => string;

function seeded(name: string): string {
  return manifest('SeedData', name, { index: { $ref: `Index/${name}` }, documents: [{ text: 'one' }] });
}

const old: Texts = (name) => indexManifest(name, passages('standard')) + seeded(name);
const plain: Texts = (name) => indexManifest(name, passages('standard'), { plain: true }) + seeded(name);
const next: Texts = (name) => indexManifest(name, passages('english')) + seeded(name);
const serving: Texts = (name) => guarded(name, file.path);
const worse: Texts = (name) => guarded(name, file.path, { analyzer: 'keyword' });

/** Every mode by itself, so that the scene knows of it. */
async function sweepAll(
  modes: readonly Mode[],
  open: (late: boolean) => Promise<Scene>,
): Promise<{ problems: string; figures: string }> {
  const problems: string[] = [];
  const figures: string[] = [];
  for (const mode of modes) {
    const swept = await sweep([mode], () => open(mode === 'late'), 'a sample');
    problems.push(swept.problems);
    figures.push(swept.figures);
  }
  return { problems: problems.join(''), figures: figures.join('; ') };
}

/** From `first`, through a kill while `killed` is applied, to `then`, which must end with `exitCode`. */
async function scene(
  { first, killed, again, late }: { first: Texts; killed: Texts; again: Texts; late: boolean },
  exitCode: number | readonly number[],
  settled: (before: string, bench: Bench, name: string, second: Ran) => Promise<void>,
): Promise<Scene> {
  if (server === undefined) throw new Error('no server');
  const bench = await openBench(server, 'index-kill');
  const name = uniqueName('ixk');
  await bench.provision(first(name));
  await fill(bench, name, 40);
  const before = await documents(bench, name);
  const [served = ''] = Object.keys(await line(bench, name));
  const args = (url: string): string[] => ['apply', '--yes', '-f', '-', '--stack', bench.stack, '--url', url];
  return {
    name,
    args,
    stdin: killed(name),
    exitCode: killed === worse ? 6 : 0,
    async finish() {
      const run = (): Promise<Ran> => rerankctl(args(nodeUrl()), { stdin: again(name) });
      let second = await run();
      // What a dead run wrote to the state, or did to the index, while this one was at it stops this one.
      if ((late ? REFUSED_LATE : NO_REFUSAL).test(second.stderr)) second = await run();
      // A creation that came when all was done is seen by the next run.
      if (late && Object.keys(await line(bench, name)).length > 1) second = await run();
      expect([exitCode].flat(), said(second)).toContain(second.code);
      expect(await documents(bench, name)).toEqual(before);
      // One index, and it can be written to.
      expect(Object.values(await line(bench, name)), said(second)).toHaveLength(1);
      await bench.raw('PUT', `/${name}/_doc/d1`, { text: 'word 1', n: 1 });
      await settled(served, bench, name, second);
    },
    async cleanUp() {
      for (const index of Object.keys(await line(bench, name))) await bench.raw('DELETE', `/${index}`);
      await bench.cleanUp();
    },
  };
}

async function plansNothing(bench: Bench, yaml: string): Promise<void> {
  const args = ['plan', '-f', '-', '--stack', bench.stack, '--url', nodeUrl(), '--detailed-exitcode'];
  const plan = await rerankctl(args, { stdin: yaml });
  expect(plan.code, said(plan)).toBe(0);
}

async function analyzerOf(bench: Bench, name: string): Promise<unknown> {
  const [mapping] = Object.values((await bench.raw('GET', `/${name}/_mapping`)) as object);
  return dig(mapping, 'mappings', 'properties', 'text', 'analyzer');
}

it.each<[string, Texts, readonly Mode[]]>([
  ['an index behind an alias', old, ['before', 'after', 'late']],
  ['a plain index', plain, ['before', 'after', 'late']],
])(
  'a rollout of %s that is killed at any request is finished by the next apply',
  async (_what, first, modes) => {
    const { problems, figures } = await sweepAll(modes, (late) =>
      scene({ first, killed: next, again: next, late }, 0, async (served, bench, name) => {
        expect(await analyzerOf(bench, name)).toBe('english');
        expect(Object.keys(await line(bench, name))).not.toEqual([served]);
        await plansNothing(bench, next(name));
      }),
    );
    process.stdout.write(`kill sweep of an index rollout: ${figures}\n`);
    expect(problems).toBe('');
  },
  900_000,
);

it('a rollout that is killed at any request and then taken back leaves what was there, or goes back', async () => {
  const { problems, figures } = await sweepAll(['after'], (late) =>
    scene({ first: old, killed: next, again: old, late }, 0, async (_served, bench, name) => {
      expect(await analyzerOf(bench, name)).toBe('standard');
      await plansNothing(bench, old(name));
    }),
  );
  process.stdout.write(`kill sweep of an index rollout taken back: ${figures}\n`);
  expect(problems).toBe('');
}, 900_000);

it('a rollout of a plain index that is killed and then taken back, with the option, leaves no candidate and no block', async () => {
  const { problems, figures } = await sweepAll(['after'], (late) =>
    // Once the name is that of the new index, there is no way back without the option.
    scene(
      { first: plain, killed: next, again: plain, late },
      [0, 8],
      async (_served, bench, name, second) => {
        expect(Object.keys(await line(bench, name))).toEqual([second.code === 0 ? name : `${name}-2`]);
        if (second.code === 0) await plansNothing(bench, plain(name));
      },
    ),
  );
  process.stdout.write(`kill sweep of an index rollout given up: ${figures}\n`);
  expect(problems).toBe('');
}, 900_000);

it('a rollout that its verification stops, killed at any request, is stopped by the next apply', async () => {
  const { problems, figures } = await sweepAll(['before', 'after', 'late'], (late) =>
    scene({ first: serving, killed: worse, again: worse, late }, 6, async (served, bench, name) => {
      expect(Object.keys(await line(bench, name))).toEqual([served]);
      expect(await analyzerOf(bench, name)).toBe('standard');
      await plansNothing(bench, serving(name));
    }),
  );
  process.stdout.write(`kill sweep of a stopped index rollout: ${figures}\n`);
  expect(problems).toBe('');
}, 900_000);
