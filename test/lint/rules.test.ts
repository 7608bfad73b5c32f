import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { LintLevel } from '../../src/core/lint.ts';
import { LINT_RULES, lint } from '../../src/engine/lint.ts';
import type { LiveGround } from '../../src/kinds/lint.ts';
import { loadManifests } from '../../src/manifest/load.ts';

async function found(
  yaml: string,
  { levels = {}, live }: { levels?: Record<string, LintLevel>; live?: LiveGround } = {},
): Promise<string[]> {
  const stdin = async (): Promise<string> => yaml;
  const loaded = await loadManifests(['-'], { cwd: '/x', env: {}, vars: {}, stdin });
  expect(loaded.diagnostics).toEqual([]);
  return lint(loaded.resources, new Map(Object.entries(levels)), live).map(
    ({ severity, code, location }) =>
      `${location?.line}:${location?.column} ${severity} ${code.replace('RCTL_LINT_', '')}`,
  );
}

const head = (kind: string, name = 'x'): string =>
  `---\napiVersion: rerankctl/v1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;
const pipeline = (processor: string): string =>
  `${head('SearchPipeline', 'p')}spec:\n  response_processors:\n${processor}`;
const rerank = (fields: string, more = ''): string =>
  pipeline(
    `    - rerank:\n        ml_opensearch: { model_id: abc }\n        context: { document_fields: [${fields}] }\n${more}`,
  );
const BY_FIELD = pipeline(
  '    - rerank:\n        by_field: { target_field: stars, remove_target_field: true }\n',
);
const index = (properties: string, settings = ''): string =>
  `${head('Index', 'i')}spec:\n  mappings: { properties: { ${properties} } }\n${settings}`;
const DEFAULT = '  settings:\n    index.search.default_pipeline: { $ref: SearchPipeline/p }\n';
const verified = (body = '', more = ''): string =>
  `${head('Verification', 'v')}spec:\n  index: i\n  search_pipeline: { $ref: SearchPipeline/p }\n  queries:\n    - query_text: q\n      body: { query: { match_all: {} }${body} }\n${more}`;
const liveWith = (version: string, part: Partial<LiveGround> = {}): LiveGround => ({
  version,
  pipelines: {},
  mappings: {},
  ...part,
});
const model = (kind: 'remote' | 'local'): string =>
  kind === 'remote'
    ? `${head('Model', 'm')}spec: { name: m, function_name: remote, connector_id: c, model_group_id: g }\n`
    : `${head('Model', 'm')}spec: { name: m, function_name: TEXT_SIMILARITY, model_format: TORCH_SCRIPT, model_group_id: g, version: "1", url: "http://x/y.zip", model_content_hash_value: "${'a'.repeat(64)}", model_config: { model_type: bert, embedding_dimension: 1, framework_type: huggingface_transformers } }\n`;
const BOTH = (second: string): string =>
  pipeline(
    `    - rerank:\n        ml_opensearch: { model_id: { $ref: Model/m } }\n        context: { document_fields: [t] }\n${second}`,
  );
const INFERENCE =
  '    - ml_inference:\n        model_id: { $ref: Model/m }\n        input_map: [{ text: facts, text_pair: q }]\n';
const ONE = '    - ml_inference: { model_id: a, one_to_one: true }\n';
const slow = (bound: number, size: number): string =>
  verified(`, size: ${size}`, `  gates:\n    - { latency: p95, at_most_ms: ${bound} }\n`);

describe('a manifest without a trap', () => {
  it.each<[string, string]>([
    ['one field that is mapped', rerank('t') + index('t: { type: text }') + verified()],
    ['a path into an object', rerank('o.t') + index('o: { properties: { t: { type: text } } }') + verified()],
    ['a mapped name that is a path', rerank('o.t') + index('o.t: { type: text }') + verified()],
    [
      'a field below what is not mapped',
      rerank('o.t') + index('o: { type: object, enabled: false }') + verified(),
    ],
    ['an index whose mapping says nothing', rerank('t') + `${head('Index', 'i')}spec: {}\n` + verified()],
    [
      'a field that seeded documents have',
      `${rerank('t') + index('u: { type: text }') + verified() + head('SeedData', 'd')}spec: { index: i, documents: [{ t: a }] }\n`,
    ],
    [
      'a field that ml_inference makes',
      pipeline('    - ml_inference: { model_id: a }\n    - rerank: { by_field: { target_field: score } }\n') +
        index('t: { type: text }') +
        verified(),
    ],
    [
      'a default pipeline that does not rerank',
      pipeline('    - truncate_hits: { target_size: 5 }\n') + index('t: { type: text }', DEFAULT),
    ],
    ['ignore_failure: false', rerank('t', '        ignore_failure: false\n')],
    [
      'ml_inference whose order a rerank makes',
      pipeline(`${ONE}    - rerank: { by_field: { target_field: s } }\n`),
    ],
    ['ml_inference for all hits at once', pipeline('    - ml_inference: { model_id: a }\n')],
    ['a model of one processor', model('remote') + BOTH('')],
    ['a local model in both forms', model('local') + BOTH(INFERENCE)],
    ['a budget that is large enough', model('local') + BOTH('') + slow(5000, 100)],
    ['a small budget for a remote model', model('remote') + BOTH('') + slow(50, 100)],
  ])('%s', async (_title, yaml) => expect(await found(yaml)).toEqual([]));
});

describe('a trap is told with its place', () => {
  it.each<[string, string, string[]]>([
    [
      'rerank as the default',
      rerank('t') + index('t: { type: text }', DEFAULT),
      ['17:36 warning RERANK_DEFAULT_PIPELINE'],
    ],
    [
      'by_field as the default',
      BY_FIELD + index('stars: { type: float }', DEFAULT),
      ['16:36 warning RERANK_DEFAULT_PIPELINE'],
    ],
    [
      'ignore_failure',
      rerank('t', '        ignore_failure: true\n'),
      ['10:25 warning RERANK_IGNORE_FAILURE'],
    ],
    ['two fields', rerank('t, u'), ['9:37 note RERANK_JOINED_FIELDS']],
    [
      'a field that is not there',
      rerank('title') + index('t: { type: text }') + verified(),
      ['9:38 warning RERANK_UNKNOWN_FIELD'],
    ],
    [
      'a sub-field',
      rerank('t.raw') + index('t: { type: text, fields: { raw: { type: keyword } } }') + verified(),
      ['9:38 warning RERANK_UNKNOWN_FIELD'],
    ],
    [
      'a field to sort by that is not there',
      BY_FIELD + index('t: { type: text }') + verified(),
      ['8:35 warning RERANK_UNKNOWN_FIELD'],
    ],
    [
      'a remote model with two forms of input',
      model('remote') + BOTH(INFERENCE),
      ['16:19 warning RERANK_SHARED_MODEL'],
    ],
    [
      'a remote model with another form of input before the search',
      model('remote') + BOTH('').replace('spec:\n', `spec:\n  request_processors:\n${INFERENCE}`),
      ['17:36 warning RERANK_SHARED_MODEL'],
    ],
    ['hits in the order of the answers', pipeline(ONE), ['7:48 warning INFERENCE_ORDER']],
    [
      'a budget that cannot hold',
      model('local') + BOTH('') + slow(50, 100),
      ['26:35 warning RERANK_LATENCY_BUDGET'],
    ],
  ])('%s', async (_title, yaml, expected) => expect(await found(yaml)).toEqual(expected));

  it('also where oversample makes the window larger', async () => {
    const wide = BOTH('').replace(
      'spec:\n',
      'spec:\n  request_processors:\n    - oversample: { sample_factor: 20 }\n',
    );
    expect(await found(model('local') + wide + slow(500, 10))).toHaveLength(1);
    expect(await found(model('local') + BOTH('') + slow(500, 10))).toEqual([]);
    // 600 tokens are cut at 512: 25.6 ms each.
    const seeded = (length: number): string =>
      `${head('SeedData', 'd')}spec: { index: i, documents: [{ t: ${'a'.repeat(length)} }] }\n`;
    expect(await found(model('local') + BOTH('') + slow(250, 10) + seeded(2400))).toHaveLength(1);
    expect(await found(model('local') + BOTH('') + slow(260, 10) + seeded(2400))).toEqual([]);
    expect(await found(model('local') + BOTH('') + slow(60, 10) + seeded(200))).toEqual([]);
  });

  it('says what _update_by_query does to documents', async () => {
    const stdin = async (): Promise<string> => BY_FIELD + index('stars: { type: float }', DEFAULT);
    const { resources } = await loadManifests(['-'], { cwd: '/x', env: {}, vars: {}, stdin });
    expect(lint(resources, new Map())[0]?.message).toContain('loses stars for good');
  });
});

describe('what only the cluster tells', () => {
  it('is that it does not follow dotted paths', async () => {
    const yaml = rerank('o.t');
    expect(await found(yaml, { live: liveWith('2.19.1') })).toEqual(['9:38 warning RERANK_DOTTED_FIELD']);
    expect(await found(yaml, { live: liveWith('3.6.0') })).toEqual([]);
  });

  it('is the mapping of an index that no manifest declares', async () => {
    const yaml = rerank('title') + verified();
    const mapped = (field: string) => ({ mappings: { i: { properties: { [field]: { type: 'text' } } } } });
    expect(await found(yaml, { live: liveWith('3.6.0', mapped('t')) })).toEqual([
      '9:38 warning RERANK_UNKNOWN_FIELD',
    ]);
    expect(await found(yaml, { live: liveWith('3.6.0', mapped('title')) })).toEqual([]);
  });

  it('is what a default pipeline does that no manifest declares', async () => {
    const yaml = `${head('Index', 'i')}spec: { settings: { search.default_pipeline: theirs } }\n`;
    const theirs = { response_processors: [{ rerank: { ml_opensearch: { model_id: 'a' } } }] };
    expect(await found(yaml)).toEqual([]);
    expect(await found(yaml, { live: liveWith('3.6.0', { pipelines: { theirs } }) })).toEqual([
      '5:46 warning RERANK_DEFAULT_PIPELINE',
    ]);
  });
});

describe('the level of a rule', () => {
  const yaml = rerank('t, u', '        ignore_failure: true\n');

  it('is what the user says', async () => {
    expect(
      await found(yaml, { levels: { 'rerank-joined-fields': 'off', 'rerank-ignore-failure': 'error' } }),
    ).toEqual(['10:25 error RERANK_IGNORE_FAILURE']);
  });

  it('is off on a line that says so', async () => {
    const excepted = yaml.replace(
      'ignore_failure: true',
      'ignore_failure: true # rerankctl-lint-disable rerank-ignore-failure: the shop must answer',
    );
    expect(await found(excepted)).toEqual(['9:37 note RERANK_JOINED_FIELDS']);
    const another = excepted.replace('disable rerank-ignore-failure', 'disable rerank-joined-fields');
    expect(await found(another)).toHaveLength(2);
  });
});

it('every rule has a name of its own', () => {
  expect(new Set(LINT_RULES).size).toBe(LINT_RULES.length);
});

const MANIFESTS = fileURLToPath(new URL('../../manifests', import.meta.url));

it.each(readdirSync(MANIFESTS))('manifests/%s is clean', async (folder) => {
  const any = new Proxy(
    {},
    {
      get: () => 'http://x.example/a',
      has: () => true,
      getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: 'http://x.example/a' }),
    },
  );
  const { resources, diagnostics } = await loadManifests([`${MANIFESTS}/${folder}`], {
    cwd: MANIFESTS,
    env: any,
    vars: any,
  });
  expect([diagnostics, resources.length > 0]).toEqual([[], true]);
  expect(lint(resources, new Map())).toEqual([]);
});
