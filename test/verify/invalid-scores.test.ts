import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/verify/verify.ts';
import { rollout } from '../rollout/story.ts';
import { uniqueName } from '../support/node.ts';
import { type Bench, idsOf, openBench, SERVERS } from '../support/provision.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { verificationOf } from './support.ts';

describe.each(SERVERS)('a model that gives no number for some passages, on %s', (_title, server) => {
  const name = uniqueName('nan');
  let bench: Bench;
  let model: ModelFile;

  beforeAll(async () => {
    bench = await openBench(server, 'nan');
    model = await writeTinyModel(0, 'nan');
    await bench.provision(rollout(name, model.path));
  });
  afterAll(async () => {
    await bench.cleanUp();
    await model.remove();
  });

  it('is found out: the server ranks such a hit first, and says nothing', async () => {
    const query = { query_text: 'which?', body: { query: { match_all: {} }, size: 4 } };
    const spec = {
      index: name,
      search_pipeline: name,
      queries: [query],
    };
    const [report] = await verify(bench.cluster, [{ resource: verificationOf(spec), spec }]);
    const [found] = report?.queries ?? [];
    expect(found?.reranked?.hits.map(({ score }) => score === null)).toEqual([true, true, false, false]);
    expect(found?.verdict).toBe('fail');
    expect(found?.proof?.reasons.map(({ code }) => code)).toEqual(['scores_invalid']);
    expect(found?.proof?.reasons[0]?.message).toContain('2 of 4 hits');
  });

  it('is found out by a canary', async () => {
    expect(await idsOf(bench.cluster, 'models', name)).toHaveLength(1);
    const spec = {
      index: name,
      search_pipeline: name,
      queries: [{ query_text: 'which?', body: { query: { term: { text: 'poor' } } } }],
      canaries: [{ query_text: 'which?', passages: ['poor', 'best'] }],
    };
    const [report] = await verify(bench.cluster, [{ resource: verificationOf(spec), spec }]);
    expect(report?.canaries[0]).toMatchObject({ pass: false, problem: 'passage 2 got no score' });
    expect(report?.verdict).toBe('fail');
  });
});
