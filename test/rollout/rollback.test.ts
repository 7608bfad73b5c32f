import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plan as planOf } from '../../src/engine/provision.ts';
import { formerRelease } from '../../src/engine/rollback.ts';
import { rerankctl } from '../support/cli.ts';
import { uniqueName } from '../support/node.ts';
import { type Bench, load, openBench, SERVERS, summaryOf } from '../support/provision.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { deployed, models, production, rollout, servingModel, whileSearching } from './story.ts';

const files: ModelFile[] = [];
let [first, second, third]: [string, string, string] = ['', '', ''];

beforeAll(async () => {
  for (const padding of [0, 1000, 2000]) files.push(await writeTinyModel(padding, 'best'));
  [first = '', second = '', third = ''] = files.map(({ path }) => path);
});
afterAll(async () => {
  for (const file of files) await file.remove();
});

/** What the command line does, on servers with a login as well. */
async function rollback(bench: Bench): Promise<string[]> {
  const prepared = await planOf(bench.cluster, await formerRelease(bench.cluster, bench.stack), {
    stack: bench.stack,
  });
  const { outcomes, diagnostics } = await bench.carryOut(prepared);
  expect([...outcomes.filter(({ result }) => result !== 'done'), ...diagnostics]).toEqual([]);
  return summaryOf(prepared.plan);
}

describe.each(SERVERS)('a rollback on %s', (_title, server) => {
  let bench: Bench;
  const name = uniqueName('rollback');
  beforeAll(async () => {
    bench = await openBench(server, 'rollback');
  });
  afterAll(() => bench.cleanUp());

  it('is refused where there is no earlier release', async () => {
    await bench.settle(rollout(name, first));
    await expect(formerRelease(bench.cluster, bench.stack)).rejects.toMatchObject({
      code: 'RCTL_NOTHING_TO_ROLL_BACK',
    });
  });

  it('deploys the model of the last release again and points its pipeline at it; no search fails', async () => {
    const before = await production(bench, name);
    const one = await servingModel(bench, name);
    await bench.settle(rollout(name, second));
    const two = await servingModel(bench, name);
    expect(await deployed(bench, name)).toEqual([two]);

    let plan: string[] = [];
    const seen = await whileSearching(bench, name, async () => {
      plan = await rollback(bench);
    });
    expect(plan).toEqual([
      `Model/${name} replace: deploy, probe, retire the old one`,
      `SearchPipeline/${name} update: update`,
    ]);
    expect(seen.errors).toEqual([]);
    expect(await production(bench, name)).toEqual(before);
    expect(await deployed(bench, name)).toEqual([one]);
    expect((await models(bench, name)).sort()).toEqual([one, two].sort());
    // The state knows it for what the old manifests ask.
    await bench.settle(rollout(name, first));
  });

  it('is left by the next apply, which measures the kept model and sends no file', async () => {
    const made = await bench.planOf(rollout(name, second));
    expect(summaryOf(made)).toEqual([
      `Model/${name} replace: deploy, probe, retire the old one`,
      `SearchPipeline/${name} update: update`,
    ]);
    const writes = await bench.writesOf(() => bench.provision(rollout(name, second)));
    expect(writes.filter((write) => /register|upload_chunk/.test(write))).toEqual([]);
    await bench.settle(rollout(name, second));
    expect(await models(bench, name)).toHaveLength(2);
  });

  it('deploys nothing while the old model stays in service, which ends when its time has come', async () => {
    const two = String(await servingModel(bench, name));
    const graced = (file: string, time: string): string =>
      rollout(name, file, { lifecycle: { retire_after: time } });
    await bench.provision(graced(third, '1h'));
    expect(await deployed(bench, name)).toHaveLength(2);
    // The first one was kept until now: one is enough.
    expect(await models(bench, name)).toHaveLength(2);
    expect(summaryOf(await bench.planOf(graced(third, '1h')))).toEqual([]);
    expect(await rollback(bench)).toEqual([
      `Model/${name} replace: probe, retire the old one`,
      `SearchPipeline/${name} update: update`,
    ]);
    expect(await servingModel(bench, name)).toBe(two);

    await bench.provision(graced(third, '1s'));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const made = await bench.planOf(graced(third, '1s'));
    expect(summaryOf(made)).toEqual([`Model/${name} update: retire the old one`]);
    expect(made.changes.find(({ kind }) => kind === 'Model')?.reason).toContain(two);
    await bench.settle(graced(third, '1s'));
    expect(await deployed(bench, name)).toEqual([await servingModel(bench, name)]);
  });

  it('is refused where the model was not kept, and names what would have kept it', async () => {
    const forgetful = (file: string): string => rollout(name, file, { lifecycle: { keep: 0 } });
    await bench.settle(forgetful(third));
    expect(await models(bench, name)).toEqual([await servingModel(bench, name)]);
    await bench.settle(forgetful(first));
    expect(await models(bench, name)).toHaveLength(1);
    await expect(formerRelease(bench.cluster, bench.stack)).rejects.toMatchObject({
      code: 'RCTL_FORMER_GONE',
      remedy: expect.stringContaining('lifecycle.keep'),
    });
  });

  it('remembers as many releases as it is told; all of them go with the stack', async () => {
    const keep = (file: string): string => rollout(name, file, { lifecycle: { keep: 2 } });
    for (const file of [first, second, third]) await bench.settle(keep(file));
    expect(await models(bench, name)).toHaveLength(3);
    expect(await deployed(bench, name)).toHaveLength(1);
    await bench.provision('', { removals: { maxDeletes: 99, allowDataLoss: false } });
    expect(await models(bench, name)).toEqual([]);
  });
});

describe('rerankctl rollback', () => {
  const [, server] = SERVERS[0] ?? [];
  const name = uniqueName('rollback-cli');
  let bench: Bench;
  beforeAll(async () => {
    if (server === undefined) throw new Error('no server');
    bench = await openBench(server, 'rollback-cli');
    await bench.settle(rollout(name, first));
    await bench.settle(rollout(name, second));
  });
  afterAll(() => bench.cleanUp());

  const run = (command: string, ...more: string[]) =>
    rerankctl([command, '--stack', bench.stack, '--url', bench.server.url, ...more], {
      stdin: rollout(name, second, { gate: { not_first: { text: 'nothing' } } }),
    });

  it('is previewed like any plan', async () => {
    const { code, stdout, stderr } = await run('plan', '--rollback', '--canary', '-f', '-');
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/Model\/\S+ +replace: deploy, probe, retire the old one/);
    expect(stdout).toContain('of an earlier release is kept and takes its place');
    expect(stdout).toContain('has served before');
    expect(stdout).toMatch(/today/);
    expect(stderr).toContain('rerankctl rollback');
    expect(await deployed(bench, name)).toEqual([await servingModel(bench, name)]);
    expect(await models(bench, name)).toHaveLength(2);
  });

  it('goes back, says what the manifests ask, and goes forward again', async () => {
    const serving = await servingModel(bench, name);
    const { code, stdout, stderr } = await run('rollback', '--yes');
    expect(code, stdout + stderr).toBe(0);
    expect(stderr).toContain('take it back in git');
    expect(await servingModel(bench, name)).not.toBe(serving);
    expect((await run('state', 'list')).stdout).toContain(`kept for a rollback: ${String(serving)}`);
    expect((await run('rollback', '--yes')).code).toBe(0);
    expect(await servingModel(bench, name)).toBe(serving);
  });

  it('says in one line what is wrong', async () => {
    const none = await rerankctl(['rollback', '--stack', 'never-was', '--url', bench.server.url]);
    expect(none.code).toBe(8);
    expect(none.stderr).toContain('RCTL_NOTHING_TO_ROLL_BACK');
    expect((await run('rollback', 'manifests')).code).toBe(3);
  });
});

it('options of a lifecycle are for the kinds that honour them', async () => {
  const yaml = rollout('x', first).replace(
    '"kind":"Index","metadata":{',
    '"kind":"Index","metadata":{"lifecycle":{"keep":2},',
  );
  await expect(load(yaml)).rejects.toThrow(/RCTL_LIFECYCLE_UNUSED.*Model, SearchPipeline/s);
});
