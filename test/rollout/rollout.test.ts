import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uniqueName } from '../support/node.ts';
import { type Bench, isStateWrite, openBench, SERVERS, summaryOf } from '../support/provision.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { deployed, models, production, rollout, servingModel, whileSearching } from './story.ts';

describe.each(SERVERS)('a rollout on %s', (_title, server) => {
  let bench: Bench;
  const files: ModelFile[] = [];
  let [first, better, worse]: [string, string, string] = ['', '', ''];
  const name = uniqueName('rollout');

  beforeAll(async () => {
    bench = await openBench(server, 'rollout');
    for (const [padding, scoring] of [
      [0, 'best'],
      [1000, 'best'],
      [0, 'worst'],
    ] as const) {
      files.push(await writeTinyModel(padding, scoring));
    }
    [first = '', better = '', worse = ''] = files.map(({ path }) => path);
    await bench.settle(rollout(name, first));
  });
  afterAll(async () => {
    await bench.cleanUp();
    for (const file of files) await file.remove();
  });

  it('says in the plan what will measure it', async () => {
    const made = await bench.planOf(rollout(name, better));
    const pipeline = made.changes.find(({ kind }) => kind === 'SearchPipeline');
    expect(pipeline?.notes).toEqual([`made only when Verification/${name} holds with it`]);
  });

  it('of a better model: no search fails, each is answered by one of the two, and the old one rests', async () => {
    const before = await servingModel(bench, name);
    const seen = await whileSearching(bench, name, () => bench.provision(rollout(name, better)));
    expect(seen.errors).toEqual([]);
    // Unreranked, the first hit is another one.
    expect(new Set(seen.firsts)).toEqual(new Set(['best']));
    expect(seen.firsts.length).toBeGreaterThan(10);
    const after = await servingModel(bench, name);
    expect(after).not.toBe(before);
    expect(await deployed(bench, name)).toEqual([after]);
    expect((await models(bench, name)).sort()).toEqual([before, after].sort());
    await bench.settle(rollout(name, better));
  });

  it('of a worse model is stopped: production is what it was, and the candidate is gone', async () => {
    const before = await production(bench, name);
    const serving = await servingModel(bench, name);
    const had = await models(bench, name);
    let report: Awaited<ReturnType<Bench['tryProvision']>>['report'] | undefined;
    const seen = await whileSearching(bench, name, async () => {
      ({ report } = await bench.tryProvision(rollout(name, worse)));
    });
    expect(seen.errors).toEqual([]);
    expect(new Set(seen.firsts)).toEqual(new Set(['best']));
    expect(report?.release?.verdict).toBe('fail');
    expect(report?.outcomes.map(({ address, action, result }) => [address, action, result])).toEqual([
      [`Model/${name}`, 'replace', 'done'],
      [`SearchPipeline/${name}`, 'update', 'failed'],
      [`Model/${name}`, 'delete', 'done'],
    ]);
    expect(await production(bench, name)).toEqual(before);
    expect(await deployed(bench, name)).toEqual([serving]);
    expect(await models(bench, name)).toEqual(had);
    // What was remembered is what is there.
    expect(summaryOf(await bench.planOf(rollout(name, better)))).toEqual([]);
  });

  it('measures nothing where searches see nothing of the change', async () => {
    const described = rollout(name, better).replace('"ModelGroup","metadata"', '"ModelGroup","metadata"');
    const { report } = await bench.tryProvision(
      described.replace(`"spec":{"name":"${name}"}`, `"spec":{"name":"${name}","description":"x"}`),
    );
    expect(report.release).toBeUndefined();
    expect(report.outcomes.every(({ result }) => result === 'done')).toBe(true);
  });

  it('of a pipeline alone is measured as well', async () => {
    const blind = rollout(name, better).replace(
      '"document_fields":["text"]',
      '"document_fields":["nothing"]',
    );
    const before = await production(bench, name);
    const writes = await bench.writesOf(async () => {
      const { report } = await bench.tryProvision(blind);
      expect(report.release?.verdict).toBe('fail');
      const [query] = report.release?.reports[0]?.queries ?? [];
      expect(query?.proof?.reasons.map(({ code }) => code)).toContain('empty_document_field');
    });
    expect(writes.filter((write) => !isStateWrite(write) && !write.includes('_search'))).toEqual([]);
    expect(await production(bench, name)).toEqual(before);
  });

  it('with too little data is stopped, too', async () => {
    const gates = [{ measure: 'ndcg@10', lift_at_least: 0 }];
    const unsure = (file: string): string =>
      rollout(name, file, {
        more: {
          gates,
          queries: [
            { query_text: 'which?', body: { query: { match_all: {} }, size: 4 }, judgments: { x: 1 } },
          ],
        },
      });
    const { report } = await bench.tryProvision(unsure(first));
    expect(report.release?.verdict).toBe('inconclusive');
    expect(await deployed(bench, name)).toHaveLength(1);
  });
});
