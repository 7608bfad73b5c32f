import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uniqueName } from '../support/node.ts';
import {
  type Bench,
  isStateWrite,
  manifest,
  openBench,
  refusalsOf,
  SERVERS,
  summaryOf,
} from '../support/provision.ts';

describe.each(SERVERS)('SearchPipeline on %s', (_title, server) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(server, 'prov-pipeline');
  });
  afterAll(() => bench.cleanUp());

  const pipeline = (name: string, spec: object): string => manifest('SearchPipeline', name, spec);
  const live = async (name: string): Promise<unknown> => {
    const body = (await bench.raw('GET', `/_search/pipeline/${name}`)) as Record<string, unknown>;
    return body[name];
  };
  const BY_STARS = {
    description: 'Stars first',
    version: 3,
    request_processors: [{ neural_query_enricher: { tag: 'ask', default_model_id: 'a' } }],
    response_processors: [
      { rerank: { by_field: { target_field: 'stars', keep_previous_score: true } } },
      { hybrid_score_explanation: { ignore_failure: true } },
    ],
  };

  it('is created as the manifest says, and then there is nothing to do', async () => {
    const name = uniqueName('prov-p');
    const yaml = pipeline(name, BY_STARS);
    expect(summaryOf(await bench.planOf(yaml))).toEqual([`SearchPipeline/${name} create: create`]);
    await bench.settle(yaml);
    expect(await live(name)).toEqual(BY_STARS);
  });

  it('with an empty spec is a pipeline that does nothing', async () => {
    const name = uniqueName('prov-p');
    await bench.settle(pipeline(name, {}));
    expect(await live(name)).toEqual({});
  });

  it('follows its manifest in everything, removals and order among them', async () => {
    const name = uniqueName('prov-p');
    await bench.settle(pipeline(name, BY_STARS));
    const [rerank, explain] = BY_STARS.response_processors;
    const next = {
      description: 'Names first',
      request_processors: [{ neural_query_enricher: { default_model_id: 'b' } }],
      response_processors: [explain, rerank, { hybrid_score_explanation: {} }],
    };
    const change = await bench.onlyChange(pipeline(name, next));
    expect(change).toMatchObject({ action: 'update', id: name });
    expect(change.fields).toContainEqual(
      expect.objectContaining({
        pointer: '/description',
        before: 'Stars first',
        after: 'Names first',
      }),
    );
    expect(change.fields).toContainEqual(expect.objectContaining({ pointer: '/version', before: 3 }));
    expect(change.fields).toContainEqual(
      expect.objectContaining({
        pointer: '/request_processors/0/neural_query_enricher/tag',
        before: 'ask',
      }),
    );
    await bench.settle(pipeline(name, next));
    expect(await live(name)).toEqual(next);
  });

  it('does not mind in which order keys are written', async () => {
    const name = uniqueName('prov-p');
    await bench.settle(pipeline(name, BY_STARS));
    const turned = Object.fromEntries(Object.entries(BY_STARS).reverse());
    expect(summaryOf(await bench.planOf(pipeline(name, turned)))).toEqual([]);
  });

  it('that was changed behind its back is shown with before and after, and healed', async () => {
    const name = uniqueName('prov-p');
    await bench.settle(pipeline(name, BY_STARS));
    await bench.raw('PUT', `/_search/pipeline/${name}`, {
      ...BY_STARS,
      description: 'Theirs',
      phase_results_processors: [{ 'normalization-processor': {} }],
    });
    expect((await bench.onlyChange(pipeline(name, BY_STARS))).fields).toMatchObject([
      { pointer: '/description', before: 'Theirs', after: 'Stars first' },
      { pointer: '/phase_results_processors', before: [{ 'normalization-processor': {} }] },
    ]);
    await bench.settle(pipeline(name, BY_STARS));
    expect(await live(name)).toEqual(BY_STARS);
  });

  it('that was deleted behind its back is created again', async () => {
    const name = uniqueName('prov-p');
    await bench.settle(pipeline(name, BY_STARS));
    await bench.raw('DELETE', `/_search/pipeline/${name}`);
    expect(summaryOf(await bench.planOf(pipeline(name, BY_STARS)))).toEqual([
      `SearchPipeline/${name} create: create`,
    ]);
    await bench.settle(pipeline(name, BY_STARS));
  });

  it('is adopted when the state is lost, with a write to the state alone', async () => {
    const name = uniqueName('prov-p');
    await bench.settle(pipeline(name, BY_STARS));
    await bench.loseState();
    expect(await bench.onlyChange(pipeline(name, BY_STARS))).toMatchObject({ action: 'adopt', id: name });
    const writes = await bench.writesOf(() => bench.provision(pipeline(name, BY_STARS)));
    expect(writes.length).toBeGreaterThan(0);
    expect(writes.filter((write) => !isStateWrite(write))).toEqual([]);
    await bench.settle(pipeline(name, BY_STARS));
  });

  it('that the server refuses is told with its place, and what does not depend on it is made', async () => {
    const name = uniqueName('prov-p');
    const bad = { request_processors: [{ neural_query_enricher: {} }] };
    const { report } = await bench.tryProvision(
      pipeline(`${name}-bad`, bad) +
        pipeline(`${name}-good`, BY_STARS) +
        manifest('Index', `${name}-i`, {
          settings: { 'search.default_pipeline': { $ref: `SearchPipeline/${name}-bad` } },
        }),
    );
    const outcomes = Object.fromEntries(report.outcomes.map((outcome) => [outcome.address, outcome]));
    expect(outcomes[`SearchPipeline/${name}-bad`]).toMatchObject({
      result: 'failed',
      error: {
        address: `SearchPipeline/${name}-bad`,
        message: expect.stringContaining('model Id or neural info map'),
      },
    });
    expect(outcomes[`SearchPipeline/${name}-good`]).toMatchObject({ result: 'done' });
    expect(outcomes[`Index/${name}-i`]).toMatchObject({ result: 'skipped' });
  });

  it('with a processor whose plugin is missing is refused at its place', async () => {
    const name = uniqueName('prov-p');
    const yaml = pipeline(name, {
      response_processors: [{ personalized_search_ranking: { campaign_arn: 'x' } }],
    });
    expect(refusalsOf(await bench.planOf(yaml))).toMatchObject([
      { code: 'RCTL_PLUGIN_MISSING', pointer: '/spec/response_processors/0/personalized_search_ranking' },
    ]);
  });
});
