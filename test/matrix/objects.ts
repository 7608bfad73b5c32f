import { manifest } from '../support/provision.ts';
import type { Cell, KindMatrix, Part } from './cell.ts';

const settings = (more: Part): Part => ({ settings: more });
const field = (name: string, more: object): Part => ({ mappings: { properties: { [name]: more } } });
const fixed = (what: string, to: Part, from?: Part, path = 'settings'): Cell => ({
  field: path,
  what,
  ...(from === undefined ? {} : { from }),
  to,
  becomes: 'needs rollout',
});
const dynamic = (what: string, one: Part, two: Part): Cell => ({
  field: 'settings',
  what,
  from: settings(one),
  to: settings(two),
  becomes: 'in place',
  gone: 'in place',
});

export const INDEX: KindMatrix = {
  kind: 'Index',
  about:
    'Named by `metadata.name`. What needs a rollout is refused without `lifecycle.rollout: reindex`, and with it [a copy takes the name over](index-rollout.md). A setting that leaves the manifest goes back to its default; a field that leaves it stays in the mapping.',
  spec: () => ({
    settings: { number_of_shards: 1, number_of_replicas: 0 },
    mappings: {
      properties: { t: { type: 'text' }, k: { type: 'keyword' }, n: { type: 'integer' } },
    },
  }),
  cells: ({ name }) => [
    dynamic('`refresh_interval`', { refresh_interval: '5s' }, { refresh_interval: '10s' }),
    dynamic('`max_result_window`', { max_result_window: 20000 }, { max_result_window: 30000 }),
    dynamic(
      '`search.default_pipeline`',
      { 'search.default_pipeline': '_none' },
      { 'search.default_pipeline': name },
    ),
    dynamic('`blocks.write`', { blocks: { write: false } }, { blocks: { write: true } }),
    {
      field: 'settings',
      what: '`number_of_replicas`',
      to: settings({ number_of_replicas: 1 }),
      becomes: 'in place',
    },
    fixed('`number_of_shards`', settings({ number_of_shards: 2 })),
    fixed('`codec`', settings({ codec: 'best_compression' }), settings({ codec: 'default' })),
    fixed(
      '`analysis`',
      settings({ analysis: { analyzer: { a: { type: 'custom', tokenizer: 'standard' } } } }),
      settings({ analysis: { analyzer: { a: { type: 'custom', tokenizer: 'whitespace' } } } }),
    ),
    fixed('`sort.field`', settings({ 'sort.field': 'k', 'sort.order': 'asc' })),
    {
      field: 'mappings.properties',
      what: 'a new field',
      to: field('x', { type: 'keyword' }),
      becomes: 'in place',
      gone: 'nothing',
    },
    {
      field: 'mappings.properties',
      what: '`ignore_above`, and others that the server updates',
      from: field('k', { ignore_above: 100 }),
      to: field('k', { ignore_above: 200 }),
      becomes: 'in place',
      gone: 'in place',
    },
    fixed('`type`', field('n', { type: 'long' }), undefined, 'mappings.properties'),
    fixed('`analyzer`', field('t', { analyzer: 'english' }), undefined, 'mappings.properties'),
    fixed(
      '`index`, `doc_values`, `store`',
      field('k', { doc_values: false }),
      undefined,
      'mappings.properties',
    ),
    {
      field: 'mappings.dynamic',
      from: { mappings: { dynamic: false } },
      to: { mappings: { dynamic: 'strict' } },
      becomes: 'in place',
      gone: 'in place',
    },
    {
      field: 'mappings._meta',
      from: { mappings: { _meta: { a: 1 } } },
      to: { mappings: { _meta: { a: 2 } } },
      becomes: 'in place',
      gone: 'in place',
      remark: 'Key by key: those of others stay.',
    },
    fixed('', { mappings: { _source: { excludes: ['t'] } } }, undefined, 'mappings._source'),
    {
      field: 'mappings.dynamic_templates',
      from: { mappings: { dynamic_templates: [{ a: { match: 'a*', mapping: { type: 'keyword' } } }] } },
      to: { mappings: { dynamic_templates: [{ a: { match: 'b*', mapping: { type: 'keyword' } } }] } },
      becomes: 'in place',
      gone: 'in place',
    },
    {
      field: 'aliases',
      from: { aliases: { [`${name}-x`]: { routing: '1' } } },
      to: { aliases: { [`${name}-x`]: { routing: '2' } } },
      becomes: 'in place',
      gone: 'in place',
      remark: 'Those that others have made stay.',
    },
  ],
};

const template = (more: Part): Part => ({ template: more });
const shown = (name: string, more: object): Part => template({ aliases: { [`${name}-x`]: more } });
const changing = (path: string, from: Part, to: Part, more: Partial<Cell> = {}): Cell => ({
  field: path,
  from,
  to,
  becomes: 'in place',
  gone: 'in place',
  ...more,
});
const SEEN: readonly [string, object, object][] = [
  ['filter', { filter: { term: { k: 'a' } } }, { filter: { term: { k: 'b' } } }],
  ['routing', { routing: '1' }, { routing: '2' }],
  ['index_routing', { index_routing: '1' }, { index_routing: '2' }],
  ['search_routing', { search_routing: '1' }, { search_routing: '1,2' }],
  ['is_write_index', { is_write_index: false }, { is_write_index: true }],
  ['is_hidden', { is_hidden: false }, { is_hidden: true }],
];

export const INDEX_TEMPLATE: KindMatrix = {
  kind: 'IndexTemplate',
  about:
    'Named by `metadata.name`. Replaced as a whole by one request; indices that it made before stay as they are.',
  spec: ({ name }) => ({ index_patterns: [`${name}-*`] }),
  cells: ({ name }) => [
    {
      field: 'index_patterns',
      to: { index_patterns: [`${name}-*`, `${name}.*`] },
      becomes: 'in place',
    },
    changing(
      'template.settings',
      template({ settings: { refresh_interval: '5s' } }),
      template({ settings: { refresh_interval: '10s' } }),
    ),
    changing(
      'template.mappings',
      template({ mappings: { properties: { n: { type: 'integer' } } } }),
      template({ mappings: { properties: { n: { type: 'long' } } } }),
    ),
    ...SEEN.map(([key, one, two]) =>
      changing(`template.aliases.*.${key}`, shown(name, one), shown(name, two)),
    ),
    changing(
      'composed_of',
      { composed_of: [] },
      { composed_of: [] },
      {
        elsewhere: 'test/provision/index-template.test.ts',
      },
    ),
    changing(
      'priority',
      { priority: 1 },
      { priority: 2 },
      {
        remark: 'Two whose patterns overlap may not have the same.',
      },
    ),
    changing('version', { version: 1 }, { version: 2 }),
    changing('_meta', { _meta: { a: 1 } }, { _meta: { a: 2 } }),
    changing(
      'data_stream.timestamp_field.name',
      { data_stream: { timestamp_field: { name: 'at' } } },
      { data_stream: { timestamp_field: { name: 'on' } } },
      { remark: 'Refused by the server while a data stream needs it.' },
    ),
    ...['name', 'version', 'params'].map(
      (key): Cell => ({
        field: `context.${key}`,
        becomes: 'in place',
        gone: 'in place',
        elsewhere: '',
        remark: 'Not tried: needs templates of the server’s own.',
      }),
    ),
  ],
};

export const ALIAS: KindMatrix = {
  kind: 'Alias',
  about:
    'Named by `metadata.name`. The whole alias: whatever it is in the cluster beyond the manifest goes. All of it in one request.',
  beside: ({ shared }) =>
    ['', '-b']
      .map((end) => manifest('Index', `${shared}${end}`, settings({ number_of_replicas: 0 })))
      .join(''),
  spec: ({ shared }) => ({ indices: [{ $ref: `Index/${shared}` }] }),
  cells: ({ shared }) => {
    const both = [{ $ref: `Index/${shared}` }, { $ref: `Index/${shared}-b` }];
    return [
      { field: 'indices', to: { indices: [both[1]] }, becomes: 'in place' },
      changing(
        'write_index',
        { write_index: both[0] },
        { write_index: both[1] },
        { beside: { indices: both } },
      ),
      ...SEEN.map(([key, one, two]) => changing(key, { ...one }, { ...two })),
    ];
  },
};

const documents = (...texts: string[]): Part => ({ documents: texts.map((t, i) => ({ id: `${i}`, t })) });

export const SEED_DATA: KindMatrix = {
  kind: 'SeedData',
  about:
    'Documents are told apart by their `_id`, and compared one by one up to 10,000 of them, by their number beyond that. Only what differs is written.',
  noDrift: true,
  beside: ({ shared }) =>
    ['', '-b']
      .map((end) => manifest('Index', `${shared}${end}`, settings({ number_of_replicas: 0 })))
      .join(''),
  spec: ({ shared }) => ({ index: { $ref: `Index/${shared}` } }),
  cells: ({ name, shared, documents: [one, two] }) => [
    {
      field: 'index',
      beside: documents(name),
      to: { index: { $ref: `Index/${shared}-b` } },
      becomes: 'in place',
      remark: 'Seeded into the other index; what was seeded into the first one stays there.',
    },
    {
      field: 'documents',
      from: documents(`${name} one`, `${name} more`),
      to: documents(`${name} two`),
      beside: { id_field: 'id' },
      becomes: 'in place',
      remark: 'Documents that leave the manifest are deleted.',
    },
    {
      field: 'files',
      from: { files: [one] },
      to: { files: [two] },
      becomes: 'in place',
      remark: 'By their content, not by their names.',
    },
    {
      field: 'id_field',
      beside: { documents: [{ id: `${name}-a`, other: `${name}-b` }] },
      from: { id_field: 'id' },
      to: { id_field: 'other' },
      becomes: 'in place',
      gone: 'in place',
      remark: 'Written under the new IDs, deleted under the old.',
    },
  ],
};

const set = (value: string): object => ({ set: { field: 'a', value } });

export const INGEST_PIPELINE: KindMatrix = {
  kind: 'IngestPipeline',
  about: 'Named by `metadata.name`. Replaced as a whole by one request.',
  spec: () => ({ processors: [set('base')] }),
  cells: () => [
    changing('description', { description: 'one' }, { description: 'two' }),
    changing('version', { version: 1 }, { version: 2 }),
    { field: 'processors[].*', to: { processors: [set('other')] }, becomes: 'in place' },
    changing('on_failure[].*', { on_failure: [set('one')] }, { on_failure: [set('two')] }),
  ],
};

const response = (...processors: object[]): Part => ({ response_processors: processors });
const rerank = (more: object = {}, fields = ['t'], model_id = 'one'): Part =>
  response({ rerank: { ml_opensearch: { model_id }, context: { document_fields: fields }, ...more } });
const byField = (more: object): Part => response({ rerank: { by_field: { target_field: 'one', ...more } } });
const phase = (processor: string, more: object): Part => ({
  phase_results_processors: [{ [processor]: more }],
});
const normal = (technique: string, weights: number[], parameters?: object): Part =>
  phase('normalization-processor', {
    normalization: { technique, ...(parameters === undefined ? {} : { parameters }) },
    combination: { technique: 'arithmetic_mean', parameters: { weights } },
  });
const bounds = (side: string, score: number): Part =>
  normal('min_max', [0.5, 0.5], {
    [`${side}_bounds`]: [
      { mode: 'apply', [`${side === 'lower' ? 'min' : 'max'}_score`]: score },
      { mode: 'ignore' },
    ],
  });
const ranks = (more: object): Part =>
  phase('score-ranker-processor', { combination: { technique: 'rrf', ...more } });
const RERANK = 'response_processors[].rerank';
const NORMAL = 'phase_results_processors[].normalization-processor';
const RANKS = 'phase_results_processors[].score-ranker-processor.combination';

export const SEARCH_PIPELINE: KindMatrix = {
  kind: 'SearchPipeline',
  about:
    'Named by `metadata.name`. Replaced as a whole by one request, the last of an apply, after the [verifications](releases.md) that name it. `response_processors[].*` stands for all other processors.',
  spec: () => ({}),
  cells: () => [
    changing('description', { description: 'one' }, { description: 'two' }),
    changing('version', { version: 1 }, { version: 2 }),
    changing(
      'request_processors[].*',
      { request_processors: [{ neural_query_enricher: { default_model_id: 'one' } }] },
      { request_processors: [{ neural_query_enricher: { default_model_id: 'two' } }] },
    ),
    changing(
      'response_processors[].*',
      response({ ml_inference: { model_id: 'one', input_map: [{ a: 'b' }], output_map: [{ c: 'd' }] } }),
      response({ ml_inference: { model_id: 'two', input_map: [{ a: 'b' }], output_map: [{ c: 'd' }] } }),
    ),
    changing(`${RERANK}.ml_opensearch.model_id`, rerank(), rerank({}, ['t'], 'two')),
    changing(`${RERANK}.context.document_fields`, rerank(), rerank({}, ['t', 'u'])),
    changing(`${RERANK}.tag`, rerank({ tag: 'one' }), rerank({ tag: 'two' })),
    changing(`${RERANK}.description`, rerank({ description: 'one' }), rerank({ description: 'two' })),
    changing(`${RERANK}.ignore_failure`, rerank({ ignore_failure: false }), rerank({ ignore_failure: true })),
    changing(`${RERANK}.by_field.target_field`, byField({}), byField({ target_field: 'two' })),
    changing(
      `${RERANK}.by_field.remove_target_field`,
      byField({ remove_target_field: false }),
      byField({ remove_target_field: true }),
    ),
    changing(
      `${RERANK}.by_field.keep_previous_score`,
      byField({ keep_previous_score: false }),
      byField({ keep_previous_score: true }),
    ),
    changing(
      `${RERANK}.by_field.previous_score_field`,
      {},
      {},
      {
        elsewhere: 'test/provision/versions.test.ts',
        remark: 'From 3.8; refused before.',
      },
    ),
    changing('phase_results_processors[].*', normal('min_max', [0.5, 0.5]), ranks({}), { on: '3.6.0' }),
    changing(`${NORMAL}.normalization.technique`, normal('min_max', [0.5, 0.5]), normal('l2', [0.5, 0.5])),
    changing(`${NORMAL}.normalization.parameters.lower_bounds`, bounds('lower', 0.1), bounds('lower', 0.2), {
      on: '3.6.0',
      remark: 'From 3.0; refused before.',
    }),
    changing(`${NORMAL}.normalization.parameters.upper_bounds`, bounds('upper', 0.8), bounds('upper', 0.9), {
      on: '3.6.0',
      remark: 'From 3.2; refused before.',
    }),
    changing(`${NORMAL}.combination`, normal('min_max', [0.3, 0.7]), normal('min_max', [0.4, 0.6])),
    changing(`${RANKS}.technique`, ranks({}), ranks({ rank_constant: 60 }), {
      remark: 'rrf alone, from 2.19 on.',
    }),
    changing(`${RANKS}.rank_constant`, ranks({ rank_constant: 60 }), ranks({ rank_constant: 30 })),
    changing(
      `${RANKS}.parameters.weights`,
      ranks({ parameters: { weights: [0.3, 0.7] } }),
      ranks({ parameters: { weights: [0.4, 0.6] } }),
      { on: '3.6.0', remark: 'From 3.1; refused before.' },
    ),
  ],
};

export const CLUSTER_SETTINGS: KindMatrix = {
  kind: 'ClusterSettings',
  about: 'Setting by setting; all others are left alone.',
  // What was there when the state was lost is taken for what was there before.
  afresh: 'adopt',
  spec: ({ name }) => ({ persistent: { [`logger.${name}`]: 'info' } }),
  cells: ({ name }) => [
    changing(
      'persistent.*',
      { persistent: { [`cluster.routing.allocation.exclude.${name}`]: 'one' } },
      { persistent: { [`cluster.routing.allocation.exclude.${name}`]: 'two' } },
      {
        remark:
          'When it leaves the manifest, and by `destroy`, it becomes what it was before the first apply.',
      },
    ),
  ],
};
