import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dig, type JsonObject, listAt } from '../../src/core/json.ts';
import { verify } from '../../src/verify/verify.ts';
import { uniqueName } from '../support/node.ts';
import { type Provider, startProvider } from '../support/provider.ts';
import { type Bench, load, manifest, openBench, SERVERS, summaryOf } from '../support/provision.ts';
import { connectorOf, connectorSpec, remoteModelOf } from '../support/remote.ts';

const KEY = 'local-key-forms';
const QUERY = 'alpha beta gamma';
const DOCUMENTS = [
  { _id: 'a', text: 'alpha', stars: 3, flat: 1 },
  { _id: 'b', text: 'alpha beta', stars: 2.5, flat: 1 },
  { _id: 'c', text: 'alpha beta gamma', stars: 9, flat: 1 },
];

describe.each(SERVERS)('a search pipeline on %s', (_title, server) => {
  const name = uniqueName('forms');
  const pair = `${name}-pair`;
  let bench: Bench;
  let provider: Provider;
  let ground: string;

  beforeAll(async () => {
    provider = await startProvider();
    provider.keys.set(KEY, undefined);
    bench = await openBench(server, 'forms', { PROVIDER_KEY: KEY });
    // The form of ml_inference: one pair of texts, no function that makes the request of a question.
    const [action] = connectorSpec(pair, provider.url).actions as Record<string, unknown>[];
    const { pre_process_function: _pre, post_process_function: _post, ...plain } = action ?? {};
    const asPair = {
      ...plain,
      url: `${provider.url}/endpoints/pair/invocations`,
      request_body: '{ "inputs": { "text": "${parameters.text}", "text_pair": "${parameters.text_pair}" } }',
    };
    ground = [
      connectorOf(name, provider),
      remoteModelOf(name),
      connectorOf(pair, provider, { parameters: {}, actions: [asPair] }),
      remoteModelOf(pair),
      manifest('Index', name, {
        settings: { number_of_shards: 1, number_of_replicas: 0 },
        mappings: {
          properties: { text: { type: 'text' }, stars: { type: 'float' }, flat: { type: 'float' } },
        },
      }),
      manifest('SeedData', name, { index: { $ref: `Index/${name}` }, id_field: '_id', documents: DOCUMENTS }),
    ].join('');
    await bench.settle(ground);
  }, 60_000);
  afterAll(async () => {
    await bench.cleanUp();
    await provider.close();
  });

  const model = { $ref: `Model/${name}` };
  const byModel = { rerank: { ml_opensearch: { model_id: model }, context: { document_fields: ['text'] } } };
  const byField = (field: string, more: object = {}) => ({
    rerank: { by_field: { target_field: field, ...more } },
  });
  const inference = (more: object = {}) => ({
    ml_inference: {
      model_id: { $ref: `Model/${pair}` },
      input_map: [{ text: 'text', text_pair: '$._request.query.match.text.query' }],
      output_map: [{ rank_score: '$.score' }],
      one_to_one: true,
      ...more,
    },
  });
  const normalised = (weights: number[]) => ({
    'normalization-processor': {
      normalization: { technique: 'min_max' },
      combination: { technique: 'arithmetic_mean', parameters: { weights } },
    },
  });
  /** The processors of requests that its zip has not are left out on 2.19.1. */
  const has = (version: string): boolean => server.version >= version;
  const FORMS: [string, object, object][] = [
    [
      'rerank by a model',
      { version: 1, response_processors: [byModel] },
      {
        version: 2,
        response_processors: [{ rerank: { ...byModel.rerank, tag: 'x', ignore_failure: false } }],
      },
    ],
    [
      'rerank by a field',
      { response_processors: [byField('stars')] },
      {
        response_processors: [byField('stars', { keep_previous_score: true, remove_target_field: false })],
      },
    ],
    [
      'ml_inference and a rerank by its score',
      { response_processors: [inference(), byField('rank_score')] },
      {
        response_processors: [
          inference({ max_prediction_tasks: 5, model_config: {}, full_response_path: false }),
          byField('rank_score', { remove_target_field: true }),
        ],
      },
    ],
    [
      'ml_inference of a request, and a rerank by a model',
      {
        request_processors: [
          {
            ml_inference: {
              model_id: model,
              input_map: [{ query_text: 'query.match.text.query' }],
              output_map: [{ 'query.match.text.query': 'result' }],
              ignore_missing: true,
            },
          },
        ],
        response_processors: [byModel],
      },
      { response_processors: [byModel] },
    ],
    [
      'references deep inside',
      { request_processors: [{ neural_query_enricher: { neural_field_default_id: { text: model } } }] },
      {
        request_processors: [
          { neural_query_enricher: { neural_field_default_id: { text: model, other: model } } },
        ],
      },
    ],
    [
      'scores that are normalised, and a rerank by a model',
      { phase_results_processors: [normalised([0.3, 0.7])], response_processors: [byModel] },
      { phase_results_processors: [normalised([0.25, 0.75])], response_processors: [byModel] },
    ],
    ...(has('3.6.0')
      ? ([
          [
            'ranks that are combined',
            {
              phase_results_processors: [
                { 'score-ranker-processor': { combination: { technique: 'rrf', rank_constant: 60 } } },
              ],
            },
            {
              phase_results_processors: [
                { 'score-ranker-processor': { combination: { technique: 'rrf', rank_constant: 30 } } },
              ],
              response_processors: [byModel],
            },
          ],
          [
            'a filter, a larger window, a script, and a rerank by a model',
            {
              request_processors: [
                { filter_query: { query: { range: { stars: { gte: 1 } } } } },
                { oversample: { sample_factor: 2.5 } },
                { script: { lang: 'painless', source: 'ctx._source.size = 2' } },
              ],
              response_processors: [byModel, { truncate_hits: {} }],
            },
            {
              request_processors: [
                { filter_query: { query: { range: { stars: { gte: 2.0 } } } } },
                { oversample: { sample_factor: 3 } },
              ],
              response_processors: [byModel, { truncate_hits: { target_size: 2 } }],
            },
          ],
        ] as [string, object, object][])
      : []),
  ];

  it.each(FORMS)(
    'with %s is as its manifest says, and follows it',
    async (_form, spec, next) => {
      const own = uniqueName('forms-p');
      await bench.settle(ground + manifest('SearchPipeline', own, spec));
      const changed = ground + manifest('SearchPipeline', own, next);
      expect(summaryOf(await bench.planOf(changed))).toEqual([`SearchPipeline/${own} update: update`]);
      await bench.settle(changed);
    },
    30_000,
  );

  const searched = async (spec: object, body: object): Promise<unknown[]> => {
    const own = uniqueName('forms-p');
    await bench.provision(ground + manifest('SearchPipeline', own, spec));
    return listAt(await bench.raw('POST', `/${name}/_search?search_pipeline=${own}`, body), 'hits', 'hits');
  };
  const ids = (hits: readonly unknown[]): unknown[] => hits.map((hit) => dig(hit, '_id'));
  const match = { query: { match: { text: QUERY } } };
  const asked = { ext: { rerank: { query_context: { query_text: QUERY } } } };

  it('sorts by a field, keeps the score from before, and takes the field away', async () => {
    const options = { keep_previous_score: true, remove_target_field: true };
    const hits = await searched(
      { response_processors: [byField('stars', options)] },
      { query: { match_all: {} } },
    );
    expect(hits.map((hit) => [dig(hit, '_id'), dig(hit, '_score')])).toEqual([
      ['c', 9],
      ['a', 3],
      ['b', 2.5],
    ]);
    expect(dig(hits[0], '_source')).toEqual({ text: 'alpha beta gamma', flat: 1, previous_score: 1 });
  });

  it('asks ml_inference for each hit, and sorts by its answers', async () => {
    const spec = { response_processors: [inference(), byField('rank_score')] };
    expect(ids(await searched(spec, match))).toEqual(['c', 'b', 'a']);
    expect(provider.asked.at(-1)).toMatchObject({ query: QUERY, status: 200 });
  });

  it('reranks a hybrid search whose scores it has normalised', async () => {
    const hybrid = { queries: [{ match: { text: 'alpha' } }, { range: { stars: { lte: 3 } } }] };
    const spec = { phase_results_processors: [normalised([0.5, 0.5])] };
    expect(ids(await searched(spec, { query: { hybrid } }))[2]).toBe('c');
    const both = { ...spec, response_processors: [byModel] };
    expect(ids(await searched(both, { query: { hybrid }, ...asked }))).toEqual(['c', 'b', 'a']);
  });

  it('by a field is no default of an index: documents lose what it takes away', async () => {
    const own = uniqueName('forms-p');
    const options = { keep_previous_score: true, remove_target_field: true };
    const settings = { number_of_replicas: 0, 'search.default_pipeline': { $ref: `SearchPipeline/${own}` } };
    const yaml = [
      manifest('SearchPipeline', own, { response_processors: [byField('stars', options)] }),
      manifest('Index', own, { settings, mappings: { properties: { stars: { type: 'float' } } } }),
      manifest('SeedData', own, {
        index: { $ref: `Index/${own}` },
        documents: [{ _id: '1', stars: 3 }],
        id_field: '_id',
      }),
    ].join('');
    await bench.settle(yaml);
    await expect(bench.raw('GET', `/${own}/_count`)).rejects.toThrow(/reranking by a field fails/);
    await bench.raw('POST', `/${own}/_update_by_query?refresh=true`);
    const stored = await bench.raw('GET', `/${own}/_doc/1`);
    expect(dig(stored, '_source')).not.toHaveProperty('stars');
    expect(dig(stored, '_source')).toHaveProperty('previous_score');
  });

  it('cannot ask one remote model in both forms, which a lint rule tells', async () => {
    const crossed = { rerank: { ...byModel.rerank, ml_opensearch: { model_id: { $ref: `Model/${pair}` } } } };
    await expect(searched({ response_processors: [crossed] }, { ...match, ...asked })).rejects.toThrow(
      /pre_process_function not defined/,
    );
  });

  it.each([
    ['rerank by a field', [byField('stars')], 'pass', []],
    ['ml_inference and by_field', [inference(), byField('rank_score')], 'pass', []],
    ['a field that holds the score there was already', [byField('flat')], 'fail', ['scores_identical']],
    ['ml_inference that nothing uses', [inference()], 'fail', ['processor_absent']],
    ['a field that nobody has', [byField('nope')], 'fail', ['processor_failed']],
  ])('is verified: %s', async (_case, response_processors, verdict, reasons) => {
    const own = uniqueName('forms-p');
    const pipelines = ground + manifest('SearchPipeline', own, { response_processors });
    await bench.provision(pipelines);
    const flat = JSON.stringify(response_processors).includes('flat');
    const verification = manifest('Verification', own, {
      index: name,
      search_pipeline: own,
      queries: [{ query_text: QUERY, body: flat ? { query: { match_all: {} } } : match }],
    });
    const [resource] = await load(verification);
    if (resource === undefined) throw new Error('no verification');
    const spec = resource.spec as JsonObject;
    const [report] = await verify(bench.cluster, [{ resource, spec }]);
    expect(report?.queries[0]?.proof?.reasons.map((reason) => reason.code)).toEqual(reasons);
    expect(report?.verdict).toBe(verdict);
  });
});
