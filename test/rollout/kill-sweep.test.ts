import { afterAll, beforeAll, expect, it } from 'vitest';
import { again, type Scene, said, sweep } from '../faults/sweep.ts';
import { type Ran, rerankctl } from '../support/cli.ts';
import { nodeUrl, uniqueName } from '../support/node.ts';
import { type Bench, openBench, SERVERS } from '../support/provision.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { deployed, models, production, rollout, servingModel } from './story.ts';

const files: ModelFile[] = [];
let [first, better, worse]: [string, string, string] = ['', '', ''];

beforeAll(async () => {
  for (const [padding, scoring] of [
    [0, 'best'],
    [1000, 'best'],
    [0, 'worst'],
  ] as const) {
    files.push(await writeTinyModel(padding, scoring));
  }
  [first = '', better = '', worse = ''] = files.map(({ path }) => path);
});
afterAll(async () => {
  for (const file of files) await file.remove();
});

const [, server] = SERVERS[0] ?? [];

/** A story whose first model serves already. */
async function serving(): Promise<{ bench: Bench; name: string }> {
  if (server === undefined) throw new Error('no server');
  const bench = await openBench(server, 'rollout-kill');
  const name = uniqueName('killed');
  await bench.provision(rollout(name, first));
  return { bench, name };
}

function sceneOf(
  { bench, name }: { bench: Bench; name: string },
  [file, next]: readonly [string, string],
  exitCode: number,
  settled: (second: Ran) => Promise<void>,
): Scene {
  const args = (url: string): string[] => ['apply', '--yes', '-f', '-', '--stack', bench.stack, '--url', url];
  return {
    name,
    args,
    stdin: rollout(name, file),
    exitCode,
    async finish() {
      const second = await again(() => rerankctl(args(nodeUrl()), { stdin: rollout(name, next) }));
      expect(second.code, said(second)).toBe(exitCode);
      await settled(second);
    },
    cleanUp: () => bench.cleanUp(),
  };
}

async function plansNothing(bench: Bench, yaml: string): Promise<void> {
  const args = ['plan', '-f', '-', '--stack', bench.stack, '--url', nodeUrl(), '--detailed-exitcode'];
  const plan = await rerankctl(args, { stdin: yaml });
  expect(plan.code, said(plan)).toBe(0);
}

it('a rollout that is killed at any request is finished by the next apply', async () => {
  const { problems, figures } = await sweep(['before', 'after'], async () => {
    const story = await serving();
    const { bench, name } = story;
    const before = await servingModel(bench, name);
    return sceneOf(story, [better, better], 0, async () => {
      const now = await servingModel(bench, name);
      expect(await deployed(bench, name)).toEqual([now]);
      // The other one is kept, for a rollback.
      expect((await models(bench, name)).sort()).toEqual([before, now].sort());
      await plansNothing(bench, rollout(name, better));
    });
  });
  process.stdout.write(`kill sweep of a rollout: ${figures}\n`);
  expect(problems).toBe('');
}, 900_000);

it('a rollout of a worse model that is killed at any request is stopped by the next apply', async () => {
  const { problems, figures } = await sweep(
    ['before', 'after'],
    async () => {
      const story = await serving();
      const { bench, name } = story;
      const before = await production(bench, name);
      return sceneOf(story, [worse, worse], 6, async () => {
        expect(await production(bench, name)).toEqual(before);
        expect(await models(bench, name)).toEqual([await servingModel(bench, name)]);
        await plansNothing(bench, rollout(name, first));
      });
    },
    'a sample',
  );
  process.stdout.write(`kill sweep of a stopped rollout: ${figures}\n`);
  expect(problems).toBe('');
}, 900_000);

it('a rollout that is killed at any request and then taken back leaves what was there before', async () => {
  const { problems, figures } = await sweep(
    ['after'],
    async () => {
      const story = await serving();
      const { bench, name } = story;
      return sceneOf(story, [better, first], 0, async () => {
        expect(await deployed(bench, name)).toEqual([await servingModel(bench, name)]);
        await plansNothing(bench, rollout(name, first));
      });
    },
    'a sample',
  );
  process.stdout.write(`kill sweep of a rollout taken back: ${figures}\n`);
  expect(problems).toBe('');
}, 900_000);
