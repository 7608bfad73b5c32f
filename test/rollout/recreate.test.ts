import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uniqueName } from '../support/node.ts';
import { type Bench, openBench, SERVERS, summaryOf } from '../support/provision.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { deployed, models, production, rollout, servingModel } from './story.ts';

describe.each(SERVERS)('a node that cannot hold two models, %s', (_title, server) => {
  let bench: Bench;
  const files: ModelFile[] = [];
  let [first, better, worse, broken]: [string, string, string, string] = ['', '', '', ''];
  const name = uniqueName('recreate');
  const recreated = (file: string): string => rollout(name, file, { lifecycle: { strategy: 'recreate' } });

  beforeAll(async () => {
    bench = await openBench(server, 'recreate');
    for (const [padding, scoring] of [
      [0, 'best'],
      [1000, 'best'],
      [0, 'worst'],
      [0, 'nan'],
    ] as const) {
      files.push(await writeTinyModel(padding, scoring));
    }
    [first = '', better = '', worse = '', broken = ''] = files.map(({ path }) => path);
    await bench.settle(rollout(name, first));
  });
  afterAll(async () => {
    await bench.cleanUp();
    for (const file of files) await file.remove();
  });

  it('is told apart before anything is sent, and how to go on', async () => {
    const stats = {
      nodes: Object.fromEntries(
        (await nodeIds(bench)).map((id) => [
          id,
          {
            name: 'small',
            os: { mem: { total_in_bytes: 2_000_000_000 } },
            jvm: { mem: { heap_max_in_bytes: 1_999_999_000 } },
          },
        ]),
      ),
    };
    bench.proxy.inject({ path: '/stats/os,jvm', fault: { do: 'answer', status: 200, body: stats } });
    const writes = await bench.writesOf(async () => {
      const { report } = await bench.tryProvision(rollout(name, better));
      const failed = report.outcomes.find(({ result }) => result === 'failed');
      expect(failed).toMatchObject({
        address: `Model/${name}`,
        error: {
          code: 'RCTL_MODEL_NO_ROOM',
          message: expect.stringContaining('Node small has no room'),
          remedy: expect.stringContaining('recreate'),
        },
      });
    });
    bench.proxy.reset();
    expect(writes.filter((write) => /register|deploy/.test(write))).toEqual([]);
    expect(await models(bench, name)).toHaveLength(1);
  });

  it('gets the new one when the old one has made room; the plan names the outage', async () => {
    const old = String(await servingModel(bench, name));
    const made = await bench.planOf(recreated(better));
    expect(summaryOf(made)[0]).toBe(
      `Model/${name} replace: upload, undeploy the old one, deploy, probe, retire the old one`,
    );
    expect(made.changes.find(({ kind }) => kind === 'Model')?.destructive).toContain(
      `interrupts search: pipelines that use ${old} fail`,
    );
    const writes = await bench.writesOf(() => bench.provision(recreated(better)));
    const at = (part: string): number => writes.findIndex((write) => write.includes(part));
    expect(at(`${old}/_undeploy`)).toBeGreaterThan(at('upload_chunk'));
    expect(at('/_deploy')).toBeGreaterThan(at(`${old}/_undeploy`));
    await bench.settle(recreated(better));
    expect(await deployed(bench, name)).toEqual([await servingModel(bench, name)]);
  });

  it.each([
    ['that answers with no number', () => broken],
    ['that its verification stops', () => worse],
  ])('has the old one again after a new one %s', async (_what, file) => {
    const before = await production(bench, name);
    const { report } = await bench.tryProvision(recreated(file()));
    expect(report.outcomes.some(({ result }) => result === 'failed')).toBe(true);
    expect(await production(bench, name)).toEqual(before);
    expect(await deployed(bench, name)).toEqual([await servingModel(bench, name)]);
    await bench.settle(recreated(better));
  });
});

async function nodeIds(bench: Bench): Promise<string[]> {
  const { nodes } = (await bench.raw('GET', '/_nodes')) as { nodes: Record<string, unknown> };
  return Object.keys(nodes);
}
