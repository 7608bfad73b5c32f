import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerError } from '../../src/core/errors.ts';
import { listAt, textAt } from '../../src/core/json.ts';
import { modelFailure, reasonOf } from '../../src/kinds/model/failures.ts';
import { whatServerSaid } from '../../src/opensearch/answer.ts';
import type { Cluster, Request } from '../../src/opensearch/cluster.ts';
import { connect } from '../../src/opensearch/connect.ts';
import { poll } from '../../src/opensearch/poll.ts';
import { findRule, type Saying, wordsOf } from '../../src/opensearch/refusals/rule.ts';
import { failureOf } from '../opensearch/failing.ts';
import { deleteModel } from '../support/model.ts';
import { uniqueName } from '../support/node.ts';
import { SERVERS } from '../support/provision.ts';
import { LISTS, RULES } from '../support/refusals.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { storedZip } from '../support/zip.ts';
import { ELSEWHERE, UNPROVOKED } from './unprovoked.ts';

const ML = '/_plugins/_ml';
const GROUPS = `${ML}/model_groups/_register`;
const MODELS = `${ML}/models/_register`;
const CONNECTORS = `${ML}/connectors/_create`;

const seen = new Set<string>();

/** The words of a message: names, numbers and addresses differ from case to case. */
function wordsIn(said: string): string[] {
  return said.replaceAll(/\[[^[\]]*\]|\/\S+/g, ' ').match(/\b[A-Za-z_']{3,}\b/g) ?? [];
}

/** Most words of the sample are in the message, in which names may be others. */
function isSaidIn(said: string, sample: string): boolean {
  const there = new Set(wordsIn(said));
  const words = wordsIn(sample);
  return words.filter((word) => there.has(word)).length >= 0.6 * words.length;
}

/** The rule that fits, which must have the code and, among its samples, these very words. */
function expectTold(list: string, saying: Saying, code: string): void {
  const rules = LISTS.find(([name]) => name === list)?.[1] ?? [];
  const rule = findRule(saying, rules);
  expect(rule?.code, JSON.stringify(saying)).toBe(code);
  if (rule === undefined) return;
  const samples = rule.samples.map(({ said }) => said);
  expect(
    samples.some((sample) => isSaidIn(saying.reason, sample)),
    `${saying.reason} / ${samples}`,
  ).toBe(true);
  expect(wordsOf(rule, saying, { request: 'x', name: 'x' }).message.length).toBeGreaterThan(10);
  seen.add(keyOf(rule));
}

function keyOf({ code, said, type }: { code: string; said?: RegExp; type?: string }): string {
  return `${code} ${said?.source ?? type ?? ''}`;
}

/** A service behind connectors that answers `/NAME` with what was laid down under that name. */
async function startService(): Promise<{
  url: string;
  lay(name: string, status: number, body: string): void;
  close(): void;
}> {
  const answers = new Map<string, readonly [number, string]>();
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => {
      const [status, body] = answers.get(request.url ?? '') ?? [404, ''];
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lay: (name, status, body) => answers.set(`/${name}`, [status, body]),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const QUESTION = { query_text: 'a', text_docs: ['b', 'c'] };
const EXT = { ext: { rerank: { query_context: { query_text: 'a' } } } };
const RESULTS = (...scores: string[]): string =>
  `{"results":[${scores.map((score, index) => `{"index":${index},"relevance_score":${score}}`).join()}]}`;
/** What the remedy of RCTL_REMOTE_SCORE says. */
const ANY_NUMBER = `
  def tensors = new ArrayList();
  for (def each : params.results) { tensors.add(''); }
  for (def each : params.results) {
    tensors.set(((Number) each.index).intValue(),
      '{"name":"similarity","data_type":"FLOAT32","shape":[1],"data":['
      + ((Number) each.relevance_score).doubleValue() + ']}');
  }
  return '[' + String.join(',', tensors) + ']';`;

const CONFIG = { model_type: 'bert', embedding_dimension: 1, framework_type: 'huggingface_transformers' };
const rerank = (spec: object): object => ({ response_processors: [{ rerank: spec }] });
const BY_MODEL = { ml_opensearch: { model_id: 'nope' }, context: { document_fields: ['t'] } };

describe.each(SERVERS)('what %s says, provoked', (_title, server) => {
  const name = uniqueName('said');
  const is36 = server.version === '3.6.0';
  let cluster: Cluster;
  let service: Awaited<ReturnType<typeof startService>>;
  let tiny: ModelFile;
  let group: string;
  const models: string[] = [];
  const connectors: string[] = [];

  beforeAll(async () => {
    service = await startService();
    tiny = await writeTinyModel();
    cluster = connect({
      ...server.login,
      url: server.url,
      insecure: server.secured || undefined,
      // The heap of a node that many test files use can be full for a moment: that is not what is provoked here.
      retryForMs: 3_000,
    });
    group = await made('model_group_id', GROUPS, { name });
    await raw('PUT', `/${name}`, {
      settings: { number_of_replicas: 0, number_of_shards: 1 },
      mappings: { properties: { t: { type: 'text' }, n: { type: 'float' }, s: { type: 'keyword' } } },
      aliases: { [`${name}-alias`]: {} },
    });
    await raw('PUT', `/${name}-strict`, {
      settings: { number_of_replicas: 0, number_of_shards: 1 },
      mappings: {
        dynamic: 'strict',
        properties: {
          n: { type: 'integer' },
          o: { properties: { a: { type: 'text' } } },
          k: { type: 'keyword' },
        },
      },
    });
    for (const [id, document] of [
      [1, { t: 'a', n: 1, s: 'x' }],
      [2, { t: 'b' }],
    ] as const) {
      await raw('PUT', `/${name}/_doc/${id}?refresh=true`, document);
    }
    for (const [suffix, spec] of [
      ['', BY_MODEL],
      ['-n', { by_field: { target_field: 'n' } }],
      ['-s', { by_field: { target_field: 's' } }],
    ] as const) {
      await raw('PUT', `/_search/pipeline/${name}${suffix}`, rerank(spec));
    }
  });
  afterAll(async () => {
    for (const id of models) await deleteModel(cluster, id);
    for (const id of connectors) {
      const path = `${ML}/connectors/${id}`;
      await poll({
        what: `connector ${id} to be free`,
        read: async () => (await cluster.request({ method: 'DELETE', path, accept: [404, 409] })).status,
        done: (status) => status !== 409,
        describe: String,
        deadlineMs: 10_000,
      });
    }
    for (const path of [
      ...['', '-n', '-s'].map((suffix) => `/_search/pipeline/${name}${suffix}`),
      `/_data_stream/${name}-stream`,
      `/_index_template/${name}`,
      `/${name},${name}-strict`,
      `${ML}/model_groups/${group}`,
    ]) {
      await cluster.request({ method: 'DELETE', path, accept: [400, 404, 409] });
    }
    await cluster.close();
    await tiny.remove();
    service.close();
  });

  async function raw(method: Request['method'], path: string, body?: object): Promise<unknown> {
    const [pathname = '', query = ''] = path.split('?');
    const request = { method, path: pathname, query: Object.fromEntries(new URLSearchParams(query)) };
    return (await cluster.request(body === undefined ? request : { ...request, body })).body;
  }

  async function made(key: string, path: string, body: object): Promise<string> {
    return textAt(await raw('POST', path, body), key) ?? '';
  }

  async function refused(method: Request['method'], path: string, body?: object): Promise<ServerError> {
    const failure = await failureOf(raw(method, path, body));
    if (failure instanceof ServerError) return failure;
    throw failure;
  }

  type Case = [
    what: string,
    code: string,
    method: Request['method'],
    path: string,
    body?: object | undefined,
  ];

  function told(list: string, cases: readonly (Case | undefined)[]): void {
    const given = cases.flatMap((each) =>
      each === undefined ? [] : [{ what: each[0], code: each[1], asked: each }],
    );
    it.each(given)('$what', async ({ code, asked: [, , method, path, body] }) => {
      const failure = await refused(method, path, body);
      expectTold(list, failure, code);
      if (list === LISTS[0]?.[0]) expect(failure.code).toBe(code);
    });
  }

  const model = (more: object = {}): object => ({
    name,
    function_name: 'TEXT_SIMILARITY',
    model_format: 'TORCH_SCRIPT',
    url: 'http://127.0.0.1:9/x.zip',
    model_content_hash_value: 'a'.repeat(64),
    model_config: CONFIG,
    ...more,
  });
  const connector = (action: object = {}, more: object = {}): object => ({
    name,
    version: 1,
    protocol: 'http',
    credential: { key: 'unused' },
    parameters: { model: 'm' },
    actions: [
      {
        action_type: 'predict',
        method: 'POST',
        url: `${service.url}/ok`,
        request_body: '{ "documents": ${parameters.documents}, "query": "${parameters.query}" }',
        pre_process_function: 'connector.pre_process.cohere.rerank',
        post_process_function: 'connector.post_process.cohere.rerank',
        ...action,
      },
    ],
    ...more,
  });

  describe('to model groups', () => {
    const shared = (what: string, code: string, more: object): Case => {
      return [what, code, 'POST', GROUPS, { name: `${name}-x`, ...more }];
    };
    const roles = 'RCTL_BACKEND_ROLES';
    const restricted = { access_mode: 'restricted' };
    const access = is36
      ? [shared('no access control', 'RCTL_ACCESS_CONTROL_OFF', { access_mode: 'public' })]
      : [
          shared('roles of a public one', roles, { access_mode: 'public', backend_roles: ['a'] }),
          shared('no roles', roles, restricted),
          shared('all roles of an admin', roles, { ...restricted, add_all_backend_roles: true }),
        ];
    told('ModelGroup', [
      ['no name', 'RCTL_MODEL_GROUP_FIELD', 'POST', GROUPS, {}],
      ['a name that is taken', 'RCTL_MODEL_GROUP_NAME_TAKEN', 'POST', GROUPS, { name }],
      ['one that is not there', 'RCTL_MODEL_GROUP_GONE', 'PUT', `${ML}/model_groups/nope`, { name: 'x' }],
      is36 ? ['signs', 'RCTL_ML_NAME', 'POST', GROUPS, { name: 'a#;' }] : undefined,
      ...access,
    ]);
  });

  describe('to registrations', () => {
    told('Model', [
      ['no name', 'RCTL_MODEL_FIELD', 'POST', MODELS, model({ name: undefined })],
      ['no format', 'RCTL_MODEL_FIELD', 'POST', MODELS, model({ model_format: undefined })],
      ['no config', 'RCTL_MODEL_CONFIG_INCOMPLETE', 'POST', MODELS, model({ model_config: undefined })],
      ['an empty config', 'RCTL_MODEL_CONFIG_INCOMPLETE', 'POST', MODELS, model({ model_config: {} })],
      is36
        ? undefined
        : [
            'half a config',
            'RCTL_MODEL_CONFIG_INCOMPLETE',
            'POST',
            MODELS,
            model({ model_config: { model_type: 'bert' } }),
          ],
      [
        'another framework',
        'RCTL_MODEL_FIELD',
        'POST',
        MODELS,
        model({ model_config: { ...CONFIG, framework_type: 'zork' } }),
      ],
      ['another function', 'RCTL_MODEL_FIELD', 'POST', MODELS, model({ function_name: 'zork' })],
      ['another format', 'RCTL_MODEL_FIELD', 'POST', MODELS, model({ model_format: 'zork' })],
      [
        'a limit',
        'RCTL_MODEL_FIELD',
        'POST',
        MODELS,
        model({ rate_limiter: { limit: 'x', unit: 'SECONDS' } }),
      ],
      ['gopher', 'RCTL_ML_URL_NOT_TRUSTED', 'POST', MODELS, model({ url: 'gopher://x/y' })],
      ['no connector', 'RCTL_MODEL_FIELD', 'POST', MODELS, { name, function_name: 'remote' }],
      [
        'no such connector',
        'RCTL_CONNECTOR_GONE',
        'POST',
        MODELS,
        { name, function_name: 'remote', connector_id: 'nope' },
      ],
      [
        'no hash',
        'RCTL_MODEL_FIELD',
        'POST',
        `${MODELS}_meta`,
        model({ model_content_hash_value: undefined, total_chunks: 1 }),
      ],
      [
        'no such group',
        'RCTL_MODEL_GROUP_GONE',
        'POST',
        `${MODELS}_meta`,
        model({ model_group_id: 'nope', total_chunks: 1 }),
      ],
    ]);
  });

  describe('to connectors', () => {
    // The service is not started when the table is made: none of these is ever asked.
    const nowhere = (action: object = {}, more: object = {}): object => ({
      ...more,
      name,
      version: 1,
      protocol: 'http',
      credential: { key: 'unused' },
      actions: [{ action_type: 'predict', method: 'POST', url: 'http://127.0.0.1:9/x', ...action }],
      ...more,
    });
    told('Connector', [
      ['no name', 'RCTL_CONNECTOR_FIELD', 'POST', CONNECTORS, nowhere({}, { name: undefined })],
      ['no credential', 'RCTL_CONNECTOR_FIELD', 'POST', CONNECTORS, nowhere({}, { credential: {} })],
      ['another protocol', 'RCTL_CONNECTOR_FIELD', 'POST', CONNECTORS, nowhere({}, { protocol: 'zork' })],
      ['no actions', 'RCTL_CONNECTOR_ACTION', 'POST', CONNECTORS, nowhere({}, { actions: undefined })],
      ['no url', 'RCTL_CONNECTOR_ACTION', 'POST', CONNECTORS, nowhere({ url: undefined })],
      ['another action', 'RCTL_CONNECTOR_ACTION', 'POST', CONNECTORS, nowhere({ action_type: 'zork' })],
      ['unsigned', 'RCTL_CONNECTOR_AWS', 'POST', CONNECTORS, nowhere({}, { protocol: 'aws_sigv4' })],
      [
        'untrusted',
        'RCTL_CONNECTOR_NOT_TRUSTED',
        'POST',
        CONNECTORS,
        nowhere({ url: 'http://${parameters.host}/x' }),
      ],
      ['one that is not there', 'RCTL_CONNECTOR_GONE', 'GET', `${ML}/connectors/nope`],
      ['access', 'RCTL_ACCESS_CONTROL_OFF', 'POST', CONNECTORS, nowhere({}, { access_mode: 'public' })],
    ]);
  });

  describe('to search pipelines', () => {
    const put = (what: string, code: string, body: object): Case => [
      what,
      code,
      'PUT',
      `/_search/pipeline/${name}-x`,
      body,
    ];
    const field = 'RCTL_PROCESSOR_FIELD';
    told('SearchPipeline', [
      put('another processor', 'RCTL_PROCESSOR_UNKNOWN', { response_processors: [{ zork: {} }] }),
      put('no type', field, rerank({})),
      put('two types', field, rerank({ ...BY_MODEL, by_field: { target_field: 'n' } })),
      put('no context', field, rerank({ ml_opensearch: { model_id: 'x' } })),
      put('no list', field, rerank({ ...BY_MODEL, context: { document_fields: 't' } })),
      put('an empty list', field, rerank({ ...BY_MODEL, context: { document_fields: [] } })),
      put(
        'a long list',
        field,
        rerank({ ...BY_MODEL, context: { document_fields: Array.from({ length: 51 }, String) } }),
      ),
      put('another context', field, rerank({ ...BY_MODEL, context: { zork: 1 } })),
      put('another parameter', field, rerank({ ...BY_MODEL, zork: 1 })),
      put(
        'a text for a switch',
        field,
        rerank({ by_field: { target_field: 'n', remove_target_field: 'yes' } }),
      ),
      put('_meta', 'RCTL_PIPELINE_FIELD', { _meta: {} }),
      put('no model_input', field, {
        response_processors: [
          {
            ml_inference: {
              model_id: 'x',
              function_name: 'zork',
              input_map: [{ a: 'b' }],
              output_map: [{ c: 'd' }],
            },
          },
        ],
      }),
    ]);
  });

  describe('to searches', () => {
    const search = (what: string, code: string, body: object, pipeline = name): Case => [
      what,
      code,
      'POST',
      `/${name}/_search?search_pipeline=${pipeline}`,
      body,
    ];
    const context = (query_context: unknown): object => ({ ext: { rerank: { query_context } } });
    told('whatever is asked', [
      search('no ext', 'RCTL_RERANK_QUERY_TEXT', {}),
      search('no context', 'RCTL_RERANK_QUERY_TEXT', { ext: { rerank: {} } }),
      search('no text', 'RCTL_RERANK_QUERY_TEXT', context({})),
      search('two texts', 'RCTL_RERANK_QUERY_TEXT', context({ query_text: 'a', query_text_path: 'b' })),
      search('no map', 'RCTL_RERANK_QUERY_TEXT', context('x')),
      search('a path to nothing', 'RCTL_RERANK_QUERY_TEXT', context({ query_text_path: 'query.x' })),
      search('no model', 'RCTL_MODEL_GONE', EXT),
      search('no hits', 'RCTL_RERANK_SIZE', { ...EXT, size: 0 }),
      search(
        'no hits by field',
        'RCTL_RERANK_SIZE',
        { size: 0, query: { exists: { field: 'n' } } },
        `${name}-n`,
      ),
      search('no total', 'RCTL_RERANK_TOTAL_HITS', { ...EXT, track_total_hits: false }),
      search('no field', 'RCTL_RERANK_FIELD', {}, `${name}-n`),
      search('no number', 'RCTL_RERANK_FIELD', { query: { exists: { field: 's' } } }, `${name}-s`),
      search(
        'no source',
        'RCTL_RERANK_FIELD',
        { query: { exists: { field: 'n' } }, _source: false },
        `${name}-n`,
      ),
      search('no pipeline', 'RCTL_PIPELINE_MISSING', {}, `${name}-nope`),
      search('a trace of nothing', 'RCTL_PIPELINE_MISSING', {}, '_none&verbose_pipeline=true'),
      search('too many', 'RCTL_SEARCH_WINDOW', { size: 10_001 }, '_none'),
    ]);

    it('the escapes that the remedies name are escapes', async () => {
      for (const body of [{}, { size: 0 }, { track_total_hits: false }]) {
        await raw('POST', `/${name}/_search?search_pipeline=_none`, body);
      }
      await raw('POST', `/${name}/_search?search_pipeline=${name}-n`, { query: { exists: { field: 'n' } } });
    });
  });

  describe('to anything', () => {
    told('whatever is asked', [
      ['no such API', 'RCTL_API_MISSING', 'GET', '/_plugins/_nope'],
      ['no such API of models', 'RCTL_API_MISSING', 'GET', `${ML}/nope/nope/nope`],
      ['another method', 'RCTL_API_MISMATCH', 'PUT', '/_cluster/health', {}],
      ['no such index', 'RCTL_INDEX_NOT_FOUND', 'GET', `/${name}-nope`],
      ['no such task', 'RCTL_TASK_GONE', 'GET', `${ML}/tasks/nope`],
      ['no such model', 'RCTL_MODEL_GONE', 'GET', `${ML}/models/nope`],
      ['too many shards', 'RCTL_SHARD_LIMIT', 'PUT', `/${name}-x`, { settings: { number_of_shards: 1024 } }],
      ['a conflict', 'RCTL_CONFLICT', 'PUT', `/${name}/_doc/1?if_seq_no=99&if_primary_term=1`, {}],
      ['the same twice', 'RCTL_CONFLICT', 'PUT', `/${name}/_create/1`, {}],
    ]);

    it('an index that is blocked or closed', async () => {
      const path = `/${name}-strict`;
      await raw('PUT', `${path}/_settings`, { 'index.blocks.write': true });
      expectTold('whatever is asked', await refused('POST', `${path}/_doc`, {}), 'RCTL_BLOCKED');
      await raw('PUT', `${path}/_settings`, { 'index.blocks.write': null });
      await raw('POST', `${path}/_close`);
      expectTold('whatever is asked', await refused('POST', `${path}/_search`, {}), 'RCTL_INDEX_UNAVAILABLE');
      const actions = [{ add: { index: `${name}-strict`, alias: `${name}-c`, filter: { match_all: {} } } }];
      expectTold('Alias', await refused('POST', '/_aliases', { actions }), 'RCTL_ALIAS_CLOSED_INDEX');
      await raw('POST', `${path}/_open`);
    });
  });

  describe('to indices', () => {
    const create = (what: string, code: string, body: object, index = `${name}-x`): Case => [
      what,
      code,
      'PUT',
      `/${encodeURIComponent(index)}`,
      body,
    ];
    const mapped = (what: string, code: string, a: object): Case =>
      create(what, code, { mappings: { properties: { a } } });
    const mapping = (what: string, t: object): Case => [
      what,
      'RCTL_INDEX_IMMUTABLE',
      'PUT',
      `/${name}/_mapping`,
      { properties: { t } },
    ];
    told('Index', [
      create('there already', 'RCTL_INDEX_EXISTS', {}, name),
      create('upper case', 'RCTL_INDEX_NAME', {}, `${name}X`),
      create('an alias', 'RCTL_NAME_IS_ALIAS', {}, `${name}-alias`),
      ['deleting an alias', 'RCTL_NAME_IS_ALIAS', 'DELETE', `/${name}-alias`],
      create('another setting', 'RCTL_SETTING_UNKNOWN', { settings: { zork: 1 } }),
      create('no number', 'RCTL_SETTING_VALUE', { settings: { number_of_shards: 'x' } }),
      mapped('another type', 'RCTL_MAPPING_INVALID', { type: 'zork' }),
      mapped('another parameter', 'RCTL_MAPPING_INVALID', { type: 'text', zork: 1 }),
      mapped('another analyzer', 'RCTL_MAPPING_INVALID', { type: 'text', analyzer: 'zork' }),
      mapped('no dimension', 'RCTL_MAPPING_INVALID', { type: 'knn_vector' }),
      create('fields in the wrong place', 'RCTL_MAPPING_INVALID', { mappings: { zork: 1 } }),
      create('no tokenizer', 'RCTL_MAPPING_INVALID', {
        settings: { analysis: { analyzer: { a: { type: 'custom', tokenizer: 'zork' } } } },
      }),
      create('many fields', 'RCTL_MAPPING_LIMIT', {
        settings: { 'index.mapping.total_fields.limit': 1 },
        mappings: { properties: { a: { type: 'text' }, b: { type: 'text' } } },
      }),
      create('an alias that is an index', 'RCTL_NAME_IS_INDEX', { aliases: { [name]: {} } }),
      create('a filter', 'RCTL_ALIAS_FILTER', { aliases: { [`${name}-q`]: { filter: { zork: {} } } } }),
      [
        'a fixed setting',
        'RCTL_INDEX_IMMUTABLE',
        'PUT',
        `/${name}/_settings`,
        { 'index.number_of_shards': 3 },
      ],
      mapping('another type for a field', { type: 'keyword' }),
      mapping('another analyzer for a field', { type: 'text', analyzer: 'whitespace' }),
      mapping('an object for a field', { properties: { a: { type: 'text' } } }),
    ]);
  });

  describe('to aliases, templates, ingest pipelines and settings', () => {
    const alias = (what: string, code: string, ...adds: object[]): Case => [
      what,
      code,
      'POST',
      '/_aliases',
      { actions: adds.map((add) => ({ add: { index: name, alias: `${name}-y`, ...add } })) },
    ];
    told('Alias', [
      alias('the name of an index', 'RCTL_NAME_IS_INDEX', { alias: name }),
      alias('a filter', 'RCTL_ALIAS_FILTER', { filter: { zork: {} } }),
      alias('two routings', 'RCTL_ALIAS_ROUTING', { routing: 'a,b' }),
      alias(
        'two writers',
        'RCTL_ALIAS_WRITE_INDEX',
        { is_write_index: true },
        { index: `${name}-strict`, is_write_index: true },
      ),
      alias('a sign', 'RCTL_ALIAS_NAME', { alias: `${name}#b` }),
    ]);
    const template = (what: string, code: string, more: object): Case => [
      what,
      code,
      'PUT',
      `/_index_template/${name}-x`,
      { index_patterns: [`${name}-stream*`], priority: 6, ...more },
    ];
    told('IndexTemplate', [
      template('no component', 'RCTL_COMPONENT_TEMPLATE_MISSING', { composed_of: ['zork'] }),
      template('a setting', 'RCTL_SETTING_UNKNOWN', { template: { settings: { zork: 1 } } }),
      template('a type', 'RCTL_MAPPING_INVALID', {
        template: { mappings: { properties: { a: { type: 'zork' } } } },
      }),
    ]);
    it('templates in each other’s way, and in use', async () => {
      const own = { index_patterns: [`${name}-stream*`], priority: 5 };
      await raw('PUT', `/_index_template/${name}`, { ...own, data_stream: {} });
      const path = `/_index_template/${name}`;
      expectTold('IndexTemplate', await refused('PUT', `${path}-x`, own), 'RCTL_TEMPLATE_CONFLICT');
      await raw('PUT', `/_data_stream/${name}-stream`);
      expectTold('IndexTemplate', await refused('DELETE', path), 'RCTL_TEMPLATE_IN_USE');
      expectTold('IndexTemplate', await refused('PUT', path, own), 'RCTL_TEMPLATE_IN_USE');
    });
    const ingest = (what: string, code: string, processor: object): Case => [
      what,
      code,
      'PUT',
      `/_ingest/pipeline/${name}`,
      { processors: [processor] },
    ];
    told('IngestPipeline', [
      ingest('another processor', 'RCTL_PROCESSOR_UNKNOWN', { zork: {} }),
      ingest('another parameter', 'RCTL_PROCESSOR_FIELD', { set: { field: 'a', value: 1, zork: 1 } }),
      ingest('no field', 'RCTL_PROCESSOR_FIELD', { set: {} }),
      ingest('no script', 'RCTL_PROCESSOR_FIELD', { script: { source: 'def x = ;' } }),
    ]);
    // All or nothing, and this is nothing: no setting of the node is changed.
    const setting = (what: string, code: string, key: string): Case => [
      what,
      code,
      'PUT',
      '/_cluster/settings',
      { persistent: { [key]: 'x' } },
    ];
    told('ClusterSettings', [
      setting('unknown', 'RCTL_SETTING_UNKNOWN', 'plugins.zork'),
      setting('of an index', 'RCTL_SETTING_UNKNOWN', 'index.number_of_shards'),
      setting('fixed', 'RCTL_SETTING_FIXED', 'cluster.name'),
      setting('no number', 'RCTL_SETTING_VALUE', 'cluster.max_shards_per_node'),
    ]);
  });

  it.each([
    ['a field too many', 'RCTL_SEED_REJECTED', { zork: 1 }],
    ['an ID inside', 'RCTL_SEED_REJECTED', { _id: 'a' }],
    ['no number', 'RCTL_SEED_REJECTED', { n: 'x' }],
    ['no object', 'RCTL_SEED_REJECTED', { o: 'x' }],
    ['no pipeline', 'RCTL_SEED_PIPELINE_MISSING', { n: 1 }, 'clean'],
  ])('to documents: %s', async (_what, code, document, pipeline?: string) => {
    const { body } = await cluster.request({
      method: 'POST',
      path: `/${name}-strict/_bulk`,
      query: pipeline === undefined ? {} : { pipeline },
      body: `{"index":{"_id":"9"}}\n${JSON.stringify(document)}\n`,
      contentType: 'application/x-ndjson',
    });
    const [item] = listAt(body, 'items');
    expectTold('documents of SeedData', whatServerSaid((item as { index: unknown }).index), code);
  });

  describe('through a connector', () => {
    /** Asks a new remote model through this connector. */
    async function ask(definition: object, more: object = {}): Promise<{ id: string; connector: string }> {
      const connector_id = await made('connector_id', CONNECTORS, definition);
      connectors.push(connector_id);
      const id = await made('model_id', MODELS, {
        name,
        function_name: 'remote',
        model_group_id: group,
        connector_id,
        ...more,
      });
      models.push(id);
      return { id, connector: connector_id };
    }
    const predict = (id: string): string => `${ML}/_predict/text_similarity/${id}`;

    let asked: Awaited<ReturnType<typeof ask>> | undefined;
    it.each([
      ['a refused key', 'RCTL_REMOTE_REFUSED', 401, '{"message":"invalid api token"}'],
      ['too many requests', 'RCTL_REMOTE_REFUSED', 429, '{"message":"slow down"}'],
      ['another address', 'RCTL_REMOTE_REFUSED', 404, '{"message":"no model"}'],
      ['another API', 'RCTL_REMOTE_ANSWER', 200, '{"x":1}'],
      ['a page', 'RCTL_REMOTE_ANSWER', 200, '<html>'],
      ['nothing', 'RCTL_REMOTE_ANSWER', 200, ''],
      [
        'a passage too many',
        'RCTL_REMOTE_ANSWER',
        200,
        '{"results":[{"index":0,"relevance_score":0.5},{"index":7,"relevance_score":0.5}]}',
      ],
      ['whole numbers', 'RCTL_REMOTE_SCORE', 200, RESULTS('1', '0')],
      ['long numbers', 'RCTL_REMOTE_SCORE', 200, RESULTS('0.5', '0.12345678901234567')],
    ])('%s: %s', async (_what, code, status, body) => {
      asked ??= await ask(connector({ url: `${service.url}/all` }));
      service.lay('all', status, body);
      const failure = await refused('POST', predict(asked.id), QUESTION);
      expectTold('whatever is asked', failure, code);
      expect(failure.code).toBe(code);
      expect(modelFailure('probe', failure.reason).code).toBe(code);
    });

    // What 2.19.1 says is the same, but for one.
    const ACTIONS: [string, string, object][] = [
      ['a port without a service', 'RCTL_REMOTE_UNREACHABLE', { url: 'http://127.0.0.1:9/x' }],
      ['a parameter', 'RCTL_CONNECTOR_PARAMETER', { request_body: '{"a":"${parameters.zork}"}' }],
      [
        'a parameter of the URL',
        'RCTL_CONNECTOR_PARAMETER',
        { url: 'http://127.0.0.1:9/${parameters.zork}' },
      ],
      ['no such function', 'RCTL_CONNECTOR_FUNCTION', { pre_process_function: 'connector.pre_process.zork' }],
      ['no script', 'RCTL_CONNECTOR_FUNCTION', { pre_process_function: 'def x = ;' }],
      [
        'a script that fails',
        'RCTL_CONNECTOR_FUNCTION',
        { pre_process_function: 'return params.zork.length();' },
      ],
      ['no object', 'RCTL_CONNECTOR_FUNCTION', { pre_process_function: 'return "zork";' }],
      ['no function', 'RCTL_CONNECTOR_FUNCTION', { pre_process_function: undefined }],
      ['another action', 'RCTL_CONNECTOR_ACTION', { action_type: 'batch_predict' }],
    ];
    const differing = ACTIONS.filter(([what]) => is36 || what === 'a parameter of the URL');
    it.each(differing)('%s: %s', async (_what, code, action) => {
      const { id } = await ask(connector(action));
      expectTold('whatever is asked', await refused('POST', predict(id), QUESTION), code);
    });

    it('numbers that the server’s own function cannot read can be read by a script, as the remedy says', async () => {
      service.lay('any', 200, RESULTS('1', '0.12345678901234567'));
      const { id } = await ask(connector({ url: `${service.url}/any`, post_process_function: ANY_NUMBER }));
      const answer = await raw('POST', predict(id), QUESTION);
      const scores = listAt(answer, 'inference_results', 0, 'output').map((each) => listAt(each, 'data')[0]);
      expect(scores).toEqual([1, expect.closeTo(0.1234567890123, 9)]);
    });

    /** The nodes hear of an update after its answer. */
    async function refusedSoon(path: string, wanted = 403): Promise<ServerError> {
      const accept = [403, 429];
      const request = { method: 'POST', path, body: QUESTION, accept } as const;
      await expect
        .poll(async () => (await cluster.request(request)).status, { timeout: 20_000 })
        .toBe(wanted);
      return refused('POST', path, QUESTION);
    }

    it('a model that is in use, deployed, switched off, throttled or asked wrongly', async () => {
      service.lay('ok', 200, RESULTS('0.5', '0.25'));
      const { id, connector: used } = await ask(connector(), {
        deploy_setting: { is_auto_deploy_enabled: false },
      });
      expectTold(
        'whatever is asked',
        await refused('POST', predict(id), QUESTION),
        'RCTL_MODEL_NOT_DEPLOYED',
      );
      await raw('POST', `${ML}/models/${id}/_deploy`);
      await expect
        .poll(async () => textAt(await raw('GET', `${ML}/models/${id}`), 'model_state'), { timeout: 10_000 })
        .toBe('DEPLOYED');
      await raw('POST', predict(id), QUESTION);
      expectTold(
        'Connector',
        await refused('PUT', `${ML}/connectors/${used}`, { description: 'x' }),
        'RCTL_CONNECTOR_IN_USE',
      );
      expectTold('Connector', await refused('DELETE', `${ML}/connectors/${used}`), 'RCTL_CONNECTOR_IN_USE');
      expectTold('Model', await refused('DELETE', `${ML}/models/${id}`), 'RCTL_MODEL_BUSY');
      expectTold(
        'ModelGroup',
        await refused('DELETE', `${ML}/model_groups/${group}`),
        'RCTL_MODEL_GROUP_IN_USE',
      );
      expectTold(
        'Model',
        await refused('POST', `${ML}/models/${id}/_deploy`, { node_ids: ['x'] }),
        'RCTL_ML_DEPLOYMENT_PLAN',
      );
      const wrong = await refused('POST', `${ML}/models/${id}/_predict`, {
        parameters: { documents: 'zork"', query: 'q' },
      });
      expectTold('whatever is asked', wrong, 'RCTL_CONNECTOR_PARAMETER');
      if (is36)
        expectTold(
          'Model',
          await refused('PUT', `${ML}/models/${id}`, { connector: { description: 'x' } }),
          'RCTL_MODEL_FIXED',
        );
      await raw('PUT', `${ML}/models/${id}`, { is_enabled: false });
      expectTold('whatever is asked', await refusedSoon(predict(id)), 'RCTL_MODEL_DISABLED');
      const throttled = { is_enabled: true, rate_limiter: { limit: '1', unit: 'DAYS' } };
      await raw('PUT', `${ML}/models/${id}`, throttled);
      expectTold('whatever is asked', await refusedSoon(predict(id), 429), 'RCTL_MODEL_THROTTLED');
    });
  });

  describe('to uploads', () => {
    async function announce(content: Buffer, more: object = {}): Promise<string> {
      const hash = createHash('sha256').update(content).digest('hex');
      const sizes = {
        model_content_hash_value: hash,
        model_content_size_in_bytes: content.length,
        total_chunks: 1,
      };
      const id = await made('model_id', `${MODELS}_meta`, {
        ...model({ url: undefined }),
        ...sizes,
        model_group_id: group,
        ...more,
      });
      models.push(id);
      return id;
    }
    async function send(id: string, content: Buffer, chunk = 0): Promise<unknown> {
      const path = `${ML}/models/${id}/upload_chunk/${chunk}`;
      return cluster.request({ method: 'POST', path, body: content, contentType: 'application/json' });
    }
    async function upload(content: Buffer, more: object = {}, last = 0): Promise<string> {
      const id = await announce(content, more);
      await send(id, content, last);
      const state = async (): Promise<unknown> =>
        textAt(await raw('GET', `${ML}/models/${id}`), 'model_state');
      await expect.poll(state, { timeout: 10_000 }).toBe('REGISTERED');
      return id;
    }
    async function deployed(id: string): Promise<string | undefined> {
      const task = await made('task_id', `${ML}/models/${id}/_deploy`, {});
      const { error } = await poll({
        what: 'the deployment',
        read: async () => {
          const body = await raw('GET', `${ML}/tasks/${task}`);
          return { state: textAt(body, 'state') ?? '', error: textAt(body, 'error') };
        },
        done: ({ state }) => /COMPLETED|FAILED/.test(state),
        describe: ({ state }) => state,
        deadlineMs: 60_000,
      });
      return error;
    }

    it('a model that is not deployed, is fixed, and gets wrong parts', async () => {
      const id = await upload(tiny.content);
      expectTold(
        'whatever is asked',
        await refused('POST', `${ML}/_predict/text_similarity/${id}`, QUESTION),
        'RCTL_MODEL_NOT_DEPLOYED',
      );
      expectTold(
        'Model',
        await refused('PUT', `${ML}/models/${id}`, { description: 'x' }),
        'RCTL_MODEL_FIXED',
      );
      for (const [content, chunk] of [
        [Buffer.from('abc'), 5],
        [Buffer.alloc(10_000_001, 'a'), 0],
      ] as const) {
        expectTold('Model', (await failureOf(send(id, content, chunk))) as ServerError, 'RCTL_MODEL_UPLOAD');
      }
    });

    // The slow ones on one server: the words are the same on both (2.19.1, 3.6.0).
    it.runIf(is36).each([
      [
        'other content',
        'RCTL_MODEL_HASH_MISMATCH',
        Buffer.from('x'),
        { model_content_hash_value: 'b'.repeat(64) },
      ],
      ['no zip', 'RCTL_MODEL_NOT_A_ZIP', Buffer.from('x'), {}],
      [
        'no TorchScript',
        'RCTL_MODEL_FILE_BROKEN',
        storedZip({ 'tokenizer.json': '{}', 'model.pt': 'x' }),
        {},
      ],
      [
        'no ONNX',
        'RCTL_MODEL_FILE_BROKEN',
        storedZip({ 'tokenizer.json': '{}', 'a.onnx': 'x' }),
        { model_format: 'ONNX' },
      ],
      [
        'two models',
        'RCTL_MODEL_ZIP_LAYOUT',
        storedZip({ 'tokenizer.json': '{}', 'a.pt': 'x', 'b.pt': 'y' }),
        {},
      ],
    ])('%s: %s', async (_what, code, content, more) => {
      const error = await deployed(await upload(content, more));
      expectTold('Model', { reason: reasonOf(error) }, code);
      expect(modelFailure('deployment', error).code).toBe(code);
    });

    it.runIf(is36)('parts that are missing, and a model of another signature', async () => {
      const incomplete = await deployed(await upload(tiny.content, { total_chunks: 2 }, 1));
      expectTold('Model', { reason: reasonOf(incomplete) }, 'RCTL_MODEL_INCOMPLETE');
    });
  });

  describe.runIf(is36)('to downloads', () => {
    it.each([
      ['no such group', 'RCTL_MODEL_GROUP_GONE', { model_group_id: 'nope' }],
      ['no such file', 'RCTL_MODEL_URL_NOT_FOUND', { url: 'file:///nope/x.zip' }],
      ['no such page', 'RCTL_MODEL_URL_NOT_FOUND', { url: `${server.url}/nope/x.zip` }],
      ['https to http', 'RCTL_MODEL_DOWNLOAD_TLS', { url: `${server.url.replace('http:', 'https:')}/x.zip` }],
      ...(SERVERS.filter(([, { secured }]) => secured).flatMap(([, { url }]) => [
        ['a private CA', 'RCTL_MODEL_DOWNLOAD_TLS', { url: `${url}/x.zip` }],
        ['http to https', 'RCTL_MODEL_HOST_UNREACHABLE', { url: `${url.replace('https:', 'http:')}/x.zip` }],
      ]) as [string, string, object][]),
    ])('%s: %s', async (_what, code, more) => {
      const task = await made('task_id', MODELS, { ...model(), model_group_id: group, ...more });
      const { error } = await poll({
        what: 'the registration',
        read: async () => {
          const body = await raw('GET', `${ML}/tasks/${task}`);
          return { state: textAt(body, 'state') ?? '', error: textAt(body, 'error') };
        },
        done: ({ state }) => /COMPLETED|FAILED/.test(state),
        describe: ({ state }) => state,
        deadlineMs: 60_000,
      });
      expectTold('Model', { reason: error ?? '' }, code);
      expect(modelFailure('registration', error).code).toBe(code);
    });
  });
});

it('every rule was provoked, here or elsewhere, or it is said why not', () => {
  const named = [...ELSEWHERE, ...UNPROVOKED].map(([key]) => key);
  const keys = RULES.map(keyOf);
  const isNamed = (key: string): boolean => named.some((each) => key.startsWith(each));
  expect(keys.filter((key) => !seen.has(key) && !isNamed(key))).toEqual([]);
  // What is listed there is a rule, and none that was provoked here after all.
  expect(named.filter((each) => !keys.some((key) => key.startsWith(each)))).toEqual([]);
  expect([...seen].filter(isNamed)).toEqual([]);
});
