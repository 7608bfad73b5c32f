import fc from 'fast-check';
import type { JsonObject } from '../../src/core/json.ts';
import type { Server } from '../support/provision.ts';

/** Bodies of the three APIs as users may write them: every value in each of the ways in which the server takes it. */

type Spec = fc.Arbitrary<Record<string, unknown>>;

/** Any of the keys, or none. */
function some(model: Record<string, fc.Arbitrary<unknown>>): Spec {
  return fc.record(model, { requiredKeys: [] });
}

/** Also the other way to write it: `1` and `"1"`, `true` and `"true"`. */
function orText(value: fc.Arbitrary<number | boolean>): fc.Arbitrary<unknown> {
  return fc.oneof(value, value.map(String));
}

const flag = fc.boolean();
const word = fc.stringMatching(/^[a-z]{1,8}$/);

const ANALYSIS: fc.Arbitrary<[string, unknown][]> = fc.constantFrom<[string, unknown][]>(
  [],
  [
    ['analysis.analyzer.words.type', 'custom'],
    ['analysis.analyzer.words.tokenizer', 'standard'],
    ['analysis.analyzer.words.filter', ['lowercase', 'few']],
    ['analysis.filter.few.type', 'stop'],
    ['analysis.filter.few.stopwords', ['a', 'the']],
    ['analysis.filter.few.ignore_case', true],
  ],
  [
    ['analysis.tokenizer.pieces.type', 'ngram'],
    ['analysis.tokenizer.pieces.min_gram', 2],
    ['analysis.tokenizer.pieces.max_gram', '3'],
    ['analysis.analyzer.words.tokenizer', 'pieces'],
  ],
);

const FLAT_SETTINGS: fc.Arbitrary<[string, unknown][]> = fc
  .tuple(
    some({
      number_of_shards: orText(fc.integer({ min: 1, max: 2 })),
      number_of_replicas: orText(fc.constant(0)),
      refresh_interval: fc.constantFrom('1s', '500ms', '-1', -1, '1m', '60s'),
      max_result_window: orText(fc.integer({ min: 100, max: 10_000 })),
      hidden: orText(flag),
      codec: fc.constantFrom('default', 'best_compression'),
      knn: orText(fc.constant(true)),
      'search.idle.after': fc.constantFrom('30s', '2m'),
      'mapping.total_fields.limit': orText(fc.integer({ min: 200, max: 2000 })),
      'mapping.coerce': orText(flag),
      'query.default_field': fc.oneof(fc.constant('*'), fc.uniqueArray(word, { minLength: 1, maxLength: 3 })),
      'search.slowlog.threshold.query.warn': fc.constantFrom('10s', '-1', '1500ms'),
      'translog.durability': fc.constantFrom('async', 'request', 'ASYNC'),
      'similarity.soft.type': fc.constant('BM25'),
      'similarity.soft.b': fc.constantFrom(0.5, '0.5', 0),
      'merge.policy.max_merged_segment': fc.constantFrom('2gb', '2048mb'),
    }),
    ANALYSIS,
  )
  .map(([plain, analysis]) => {
    const entries: [string, unknown][] = [...Object.entries(plain), ...analysis];
    // A similarity needs its type.
    return entries.some(([key]) => key === 'similarity.soft.type')
      ? entries
      : entries.filter(([key]) => key !== 'similarity.soft.b');
  });

function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  target[key] ??= {};
  put(target[key] as Record<string, unknown>, rest, value);
}

/** Dotted, nested, or partly both; below `index`, behind `index.`, or without. */
const settings: Spec = fc
  .tuple(FLAT_SETTINGS, fc.infiniteStream(fc.nat({ max: 5 })))
  .map(([entries, ways]) => {
    const shaped: Record<string, unknown> = {};
    for (const [key, value] of entries) {
      const segments = key.split('.');
      const way = ways.next().value ?? 0;
      const half = [segments.slice(0, 1).join('.'), segments.slice(1).join('.')].filter(
        (part) => part !== '',
      );
      const path = [[key], segments, [`index.${key}`], ['index', key], ['index', ...segments], half][way] ?? [
        key,
      ];
      put(shaped, path, value);
    }
    return shaped;
  });

const COMMON = { index: flag, store: flag, doc_values: flag };
const NUMBER = { ...COMMON, coerce: orText(flag), ignore_malformed: flag };

function field(type: string, parameters: Record<string, fc.Arbitrary<unknown>>): Spec {
  return some(parameters).map((body) => ({ type, ...body }));
}

const text = field('text', {
  index: fc.constant(true),
  store: flag,
  norms: flag,
  analyzer: fc.constantFrom('standard', 'english', 'default', 'whitespace'),
  index_options: fc.constantFrom('positions', 'docs', 'freqs', 'offsets'),
  fielddata: flag,
  eager_global_ordinals: flag,
  similarity: fc.constantFrom('BM25', 'boolean'),
  term_vector: fc.constantFrom('no', 'yes', 'with_positions_offsets'),
  copy_to: fc.constantFrom('elsewhere', ['elsewhere'], ['elsewhere', 'nowhere']),
});
const spaced = field('text', {
  position_increment_gap: fc.constantFrom(100, 50),
  search_analyzer: fc.constant('english'),
});
const keyword = field('keyword', {
  ...COMMON,
  norms: flag,
  ignore_above: fc.oneof(fc.integer({ min: 1, max: 8000 }), fc.constant(2_147_483_647)),
  null_value: word,
  normalizer: fc.constant('lowercase'),
  split_queries_on_whitespace: flag,
  eager_global_ordinals: flag,
  index_options: fc.constantFrom('docs', 'freqs'),
  similarity: fc.constantFrom('BM25', 'boolean'),
});
const whole = fc
  .constantFrom('integer', 'long', 'short', 'byte')
  .chain((type) => field(type, { ...NUMBER, null_value: orText(fc.integer({ min: 0, max: 100 })) }));
const fraction = fc
  .constantFrom('float', 'double', 'half_float')
  .chain((type) => field(type, { ...NUMBER, null_value: fc.constantFrom(0.5, 1, '2.5') }));
const date = field('date', {
  ...COMMON,
  ignore_malformed: flag,
  format: fc.constantFrom('yyyy-MM-dd', 'strict_date_optional_time||epoch_millis', 'epoch_second'),
  locale: fc.constantFrom('', 'en', 'de'),
});
const truth = field('boolean', { ...COMMON, null_value: orText(flag) });
const ip = field('ip', { ...COMMON, null_value: fc.constant('10.0.0.1') });
const point = field('geo_point', { ignore_malformed: flag, doc_values: flag });
const scaled = field('scaled_float', { ...NUMBER, scaling_factor: fc.constant(100) }).map((body) => ({
  scaling_factor: 100,
  ...body,
}));
const flat = fc.constant({ type: 'flat_object' });
const multi = fc.tuple(fc.oneof(text, keyword), some({ raw: keyword, again: text })).map(([body, fields]) => {
  const { copy_to: _no, ...again } = (fields.again ?? {}) as Record<string, unknown>;
  return { ...body, fields: fields.again === undefined ? fields : { ...fields, again } };
});
const vector = fc
  .record(
    {
      dimension: orText(fc.integer({ min: 2, max: 16 })),
      data_type: fc.constant('float'),
      method: fc.constantFrom(
        { name: 'hnsw', engine: 'lucene', space_type: 'l2' },
        { name: 'hnsw', engine: 'lucene', space_type: 'l2', parameters: { m: 8, ef_construction: 64 } },
        { name: 'hnsw', engine: 'faiss', space_type: 'innerproduct', parameters: {} },
        { name: 'hnsw', engine: 'faiss' },
      ),
    },
    { requiredKeys: ['dimension'] },
  )
  .map((body) => ({ type: 'knn_vector', ...body }));

const dynamic = fc.constantFrom(true, false, 'true', 'false', 'strict');
const leaf = fc.oneof(text, spaced, keyword, whole, fraction, date, truth, ip, point, scaled, flat, multi);
const leaves = fc.dictionary(word, leaf, { minKeys: 1, maxKeys: 3 });
const inner = fc.oneof(
  { weight: 3, arbitrary: leaf },
  {
    weight: 1,
    arbitrary: fc.record(
      { type: fc.constant('object'), dynamic, enabled: fc.constant(true), properties: leaves },
      { requiredKeys: ['properties'] },
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom({ type: 'object' }, { type: 'object', enabled: false }) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        type: fc.constant('nested'),
        dynamic,
        include_in_parent: flag,
        include_in_root: flag,
        properties: leaves,
      },
      { requiredKeys: ['type'] },
    ),
  },
);
// Never a field and an object at once: no other name has capitals.
const dotted = fc.constantFrom('Deep.a', 'Deep.b', 'Deep.er.c');
const properties = fc
  .tuple(fc.dictionary(fc.oneof(word, dotted), inner, { maxKeys: 5 }), fc.option(vector, { freq: 2 }))
  .map(([fields, embedding]) => ({ ...fields, ...(embedding === null ? {} : { embedding }) }));

/** A whole number beyond 2^53 is refused by the reader of manifests: it could not be kept. */
const freeJson = fc
  .jsonValue({ maxDepth: 2, noUnicodeString: true })
  .filter((value) => value !== null && !/\d{16}/.test(JSON.stringify(value)));

const mappings = some({
  dynamic,
  properties,
  _meta: fc.dictionary(word, freeJson, { maxKeys: 3 }),
  _source: fc.constantFrom(
    { enabled: true },
    { excludes: ['secret'] },
    { includes: ['a*'], excludes: ['b'] },
  ),
  _routing: fc.constantFrom({ required: true }, { required: false }),
  date_detection: flag,
  numeric_detection: flag,
  dynamic_date_formats: fc.constant(['yyyy/MM/dd']),
  dynamic_templates: fc.constantFrom(
    [{ words: { match_mapping_type: 'string', mapping: { type: 'keyword', ignore_above: 99 } } }],
    [
      { longs: { match: 'long_*', unmatch: '*_text', mapping: { type: 'long' } } },
      { deep: { path_match: 'a.*', mapping: { type: 'text', index: true } } },
    ],
  ),
});

const FILTERS = [
  { term: { a: 'x' } },
  { term: { a: { value: 'x' } } },
  { match_all: {} },
  { bool: { must: [{ terms: { a: ['x', 'y'] } }], must_not: { exists: { field: 'b' } } } },
  { range: { n: { gte: 1, lt: 2.5 } } },
];

const alias = some({
  filter: fc.constantFrom(...FILTERS),
  routing: fc.constant('1'),
  is_write_index: flag,
  is_hidden: flag,
}).map((body) => body);
const split = some({ index_routing: fc.constant('1'), search_routing: fc.constantFrom('1', '1,2') });

/** Aliases are names of the cluster: the caller makes them unique. */
export const indexSpec: fc.Arbitrary<{ spec: Record<string, unknown>; aliases: Record<string, unknown> }> =
  fc.record({
    spec: fc.record({ settings, mappings }, { requiredKeys: [] }).map((spec) => withWhatItNeeds(spec)),
    aliases: fc.dictionary(word, fc.oneof(alias, split), { maxKeys: 2 }),
  });

/** A vector needs `index.knn`; with `_source` cut down, or with routing, nothing else is needed. */
function withWhatItNeeds(spec: { settings?: Record<string, unknown>; mappings?: Record<string, unknown> }) {
  const fields = (spec.mappings?.properties ?? {}) as JsonObject;
  if (fields.embedding === undefined) return spec;
  const { knn: _a, 'index.knn': _b, index, ...settings } = spec.settings ?? {};
  const { knn: _c, ...below } = (index ?? {}) as Record<string, unknown>;
  return { ...spec, settings: { ...settings, index: { ...below, knn: true } } };
}

const letters = fc.constantFrom(
  ...'abcxyzABCXYZ0189 .,!?():@-_/\'"äöüßéñçøłžČאבגدمع日本語中文한국어ΑβγДжЯ٣५'.normalize('NFC'),
);

/** The characters that 3.1 and later allow in names and descriptions. */
const sentence = (maxLength: number) =>
  fc.string({ unit: letters, minLength: 1, maxLength }).filter((said) => said.trim() !== '');

export const groupSpec: fc.Arbitrary<{ name: string; description?: string }> = fc.record(
  { name: sentence(40), description: fc.oneof(sentence(120), fc.constant('')) },
  { requiredKeys: ['name'] },
) as fc.Arbitrary<{ name: string; description?: string }>;

const NAMED = { tag: word, description: fc.string({ maxLength: 20 }), ignore_failure: flag };

function processor(name: string, body: Record<string, fc.Arbitrary<unknown>>, required: string[]): Spec {
  const model: Record<string, fc.Arbitrary<unknown>> = { ...body, ...NAMED };
  return fc.record(model, { requiredKeys: required }).map((made) => ({ [name]: made }));
}

const rerank = processor(
  'rerank',
  {
    by_field: fc.record(
      { target_field: word, remove_target_field: flag, keep_previous_score: flag },
      { requiredKeys: ['target_field'] },
    ),
  },
  ['by_field'],
);
const enrich = processor(
  'neural_query_enricher',
  { default_model_id: word, neural_field_default_id: fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 }) },
  ['default_model_id'],
);
const filterQuery = processor('filter_query', { query: fc.constantFrom(...FILTERS) }, ['query']);
const oversample = processor('oversample', { sample_factor: fc.constantFrom(1.5, 2) }, ['sample_factor']);
const rename = processor('rename_field', { field: word, target_field: word }, ['field', 'target_field']);
const truncate = processor('truncate_hits', { target_size: fc.integer({ min: 1, max: 9 }) }, ['target_size']);
const sort = processor('sort', { field: word, order: fc.constantFrom('asc', 'desc') }, ['field']);
const explain = processor('hybrid_score_explanation', {}, []);
const normalize = fc.constantFrom(
  { 'normalization-processor': {} },
  {
    'normalization-processor': {
      normalization: { technique: 'min_max' },
      combination: { technique: 'arithmetic_mean', parameters: { weights: [0.3, 0.7] } },
    },
  },
);

/** Keys in another order than they were generated in, at every level. */
function shuffled(value: unknown, next: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, next));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [next(), key, shuffled(item, next)] as const)
      .sort(([a], [b]) => a - b)
      .map(([, key, item]) => [key, item]),
  );
}

/** The module with the plain processors is not part of the minimal 2.19.1. */
export function pipelineSpec(server: Server): Spec {
  const requests = server.secured ? fc.oneof(enrich) : fc.oneof(enrich, filterQuery, oversample);
  const responses = server.secured
    ? fc.oneof(rerank, explain)
    : fc.oneof(rerank, explain, rename, truncate, sort);
  return fc
    .tuple(
      some({
        description: fc.string({ maxLength: 60, unit: 'grapheme' }),
        version: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        request_processors: fc.array(requests, { maxLength: 3 }),
        response_processors: fc.array(responses, { maxLength: 3 }),
        phase_results_processors: fc.array(normalize, { maxLength: 1 }),
      }),
      fc.infiniteStream(fc.nat()),
    )
    .map(([spec, order]) => shuffled(spec, () => order.next().value ?? 0) as Record<string, unknown>);
}

/** Local models that are registered only. Enums in either case; text embedding has more to configure. */
export const modelSpec: fc.Arbitrary<Record<string, unknown> & { name: string }> = fc
  .record({
    name: sentence(30),
    version: fc.constantFrom('1.0.0', 2, '7'),
    function_name: fc.constantFrom('TEXT_SIMILARITY', 'text_similarity', 'TEXT_EMBEDDING'),
    config: fc.record(
      {
        model_type: fc.constantFrom('bert', 'roberta'),
        embedding_dimension: fc.integer({ min: 1, max: 2000 }),
        framework_type: fc.constantFrom(
          'huggingface_transformers',
          'HUGGINGFACE_TRANSFORMERS',
          'sentence_transformers',
        ),
        all_config: fc.constantFrom('{"architectures":["A"]}', '{"a": 1.0, "b": [true]}'),
      },
      { requiredKeys: ['model_type', 'embedding_dimension', 'framework_type'] },
    ),
    more: some({
      pooling_mode: fc.constantFrom('mean', 'CLS'),
      normalize_result: flag,
      model_max_length: fc.integer({ min: 1, max: 512 }),
    }),
  })
  .map(({ config, more, ...spec }) => ({
    ...spec,
    model_format: 'TORCH_SCRIPT',
    model_config: spec.function_name === 'TEXT_EMBEDDING' ? { ...config, ...more } : config,
  }));
