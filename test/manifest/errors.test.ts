import { describe, expect, it } from 'vitest';
import { group, loadFiles, loadText, model, placed } from './support.ts';

const INDEX = 'apiVersion: rerankctl/v1\nkind: Index\nmetadata: { name: i }\n';
const SEED = 'apiVersion: rerankctl/v1\nkind: SeedData\nmetadata: { name: s }\nspec:\n  index: i\n';
const PIPELINE = 'apiVersion: rerankctl/v1\nkind: SearchPipeline\nmetadata: { name: p }\nspec:\n';
const VERIFY = `apiVersion: rerankctl/v1
kind: Verification
metadata: { name: v }
spec:
  index: i
  search_pipeline: p
  queries:
    - query_text: q
      body: {}
`;
const BOMB = `${['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefghi'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`)].join('\n')}\n`;

/** Every text with all that is wrong in it: where, which code, and a part of what is said. */
const BAD: readonly [what: string, text: string, expected: string[], says?: string | RegExp][] = [
  ['a tab for indentation', 'apiVersion: rerankctl/v1\nspec:\n\tname: x\n', ['3:1 RCTL_YAML_TAB'], 'spaces'],
  ['a tab after spaces', `${group('g')}  labels:\n  \tteam: x\n`, ['7:3 RCTL_YAML_TAB'], 'spaces'],
  ['a duplicate key', group('g', '  name: again\n'), ['6:3 RCTL_YAML_DUPLICATE_KEY'], 'line 5'],
  ['a quote that is not closed', group('g', '  description: "open\n'), ['7:1 RCTL_YAML_SYNTAX'], 'missing'],
  ['a bracket that is not closed', group('g', '  backend_roles: [a, b\n'), ['7:1 RCTL_YAML_SYNTAX']],
  ['a second colon', group('g', '  description: one: two\n'), ['6:16 RCTL_YAML_SYNTAX'], 'quotes'],
  ['an odd indentation', group('g', ' description: x\n'), ['6:1 RCTL_YAML_SYNTAX']],
  ['a bomb of anchors', BOMB, ['6:8 RCTL_ALIAS_BOMB'], 'multiply'],
  ['an anchor in itself', 'a: &a { b: *a }\n', ['1:12 RCTL_YAML_ALIAS_CYCLE']],
  ['an alias of nothing', group('g', '  description: *nothing\n'), ['6:16 RCTL_YAML_SYNTAX']],
  ['a tag', group('g', '  description: !secret x\n'), ['6:24 RCTL_YAML_TAG']],
  ['a key that is a list', group('g', '  ? [a]\n  : b\n'), ['6:5 RCTL_YAML_SYNTAX'], 'key'],
  [
    'a number beyond 2^53',
    `${INDEX}spec: { settings: { x: 12345678901234567890 } }\n`,
    ['4:24 RCTL_YAML_NUMBER'],
  ],
  ['infinity', `${INDEX}spec: { settings: { x: .inf } }\n`, ['4:24 RCTL_YAML_NUMBER']],

  ['no manifest', 'services:\n  web: {}\n', ['1:1 RCTL_NOT_A_MANIFEST'], 'apiVersion: rerankctl/v1'],
  ['a list', '- a\n', ['1:1 RCTL_NOT_A_MANIFEST']],
  ['a text', 'hello\n', ['1:1 RCTL_NOT_A_MANIFEST']],
  ['another apiVersion', group('g').replace('/v1', '/v2'), ['1:13 RCTL_API_VERSION'], 'rerankctl/v1'],
  ['no apiVersion', group('g').replace(/.*\n/, ''), ['1:1 RCTL_NOT_A_MANIFEST']],
  [
    'an unknown kind',
    group('g').replace('ModelGroup', 'ModelGruop'),
    ['2:7 RCTL_UNKNOWN_KIND'],
    '`ModelGroup`?',
  ],
  ['no kind', group('g').replace('kind: ModelGroup\n', ''), ['1:1 RCTL_MISSING_FIELD'], '`kind`'],
  ['no metadata', group('g').replace(/metadata.*\n/, ''), ['1:1 RCTL_MISSING_FIELD'], '`metadata`'],
  ['no name', group('g').replace('name: g ', ''), ['3:11 RCTL_MISSING_FIELD'], '`name`'],
  ['a name with a space', group('a b'), ['3:19 RCTL_INVALID_VALUE'], 'spaces'],
  ['a name that is a number', group('7'), ['3:19 RCTL_WRONG_TYPE'], '"7"'],
  ['no spec', group('g').replace(/spec[\s\S]*/, ''), ['1:1 RCTL_MISSING_FIELD'], '`spec`'],
  ['an empty spec', group('g').replace(/spec[\s\S]*/, 'spec:\n'), ['4:1 RCTL_MISSING_FIELD'], '`name`'],
  ['a stray field at the top', group('g', 'sepc: {}\n'), ['6:1 RCTL_UNKNOWN_FIELD'], '`spec`?'],
  [
    'a stray field in metadata',
    group('g').replace('name: g', 'name: g, lable: x'),
    ['3:22 RCTL_UNKNOWN_FIELD'],
    '`labels`?',
  ],

  ['an unknown field', group('g', '  acess_mode: public\n'), ['6:3 RCTL_UNKNOWN_FIELD'], '`access_mode`?'],
  ['an unknown field, like none', group('g', '  zork: 1\n'), ['6:3 RCTL_UNKNOWN_FIELD'], '`backend_roles`'],
  ['a field of metadata', group('g', '  depends_on: []\n'), ['6:3 RCTL_UNKNOWN_FIELD'], 'under `metadata`'],
  ['a value of an enum', group('g', '  access_mode: pubic\n'), ['6:16 RCTL_INVALID_VALUE'], '`public`?'],
  [
    'a text for a boolean',
    group('g', '  add_all_backend_roles: yes\n'),
    ['6:26 RCTL_WRONG_TYPE'],
    'true or false',
  ],
  ['a text for a list', group('g', '  backend_roles: admin\n'), ['6:18 RCTL_WRONG_TYPE'], '[admin]'],
  ['a number for a text', group('g', '  description: 1.0\n'), ['6:16 RCTL_WRONG_TYPE'], '"1.0"'],
  ['a boolean for a text', group('g', '  description: true\n'), ['6:16 RCTL_WRONG_TYPE'], '"true"'],
  ['no value', group('g', '  description:\n'), ['6:3 RCTL_WRONG_TYPE'], 'no value'],
  [
    'an item of a list',
    group('g', '  backend_roles:\n    - a\n    - 5\n'),
    ['8:7 RCTL_WRONG_TYPE'],
    'backend_roles[1]',
  ],
  ['a missing field', model('m'), ['4:1 RCTL_MISSING_FIELD'], '$ref: ModelGroup/'],
  [
    'a short hash',
    model('m', '  model_group_id: x\n  model_content_hash_value: ABC\n'),
    ['8:29 RCTL_INVALID_VALUE'],
    'SHA-256',
  ],
  [
    'a file and a url',
    model('m', '  model_group_id: x\n  model_config: {}\n  url: http://x\n  file: x.zip\n'),
    ['10:3 RCTL_INVALID_VALUE'],
    'exclude',
  ],
  [
    'no format',
    model('m', '  model_group_id: x\n').replace(/ {2}model_format.*\n/, ''),
    ['4:1 RCTL_MISSING_FIELD'],
    '`model_format`',
  ],
  [
    'a size below one',
    model('m', '  model_group_id: x\n  model_config: { embedding_dimension: 0 }\n'),
    ['8:40 RCTL_INVALID_VALUE'],
    'at least 1',
  ],
  [
    'a size in quotes',
    model('m', '  model_group_id: x\n  model_config: { embedding_dimension: "1" }\n'),
    ['8:40 RCTL_WRONG_TYPE'],
    'without quotes',
  ],
  [
    'documents and files',
    `${SEED}  documents: []\n  files: [a.ndjson]\n`,
    ['7:3 RCTL_INVALID_VALUE'],
    'either',
  ],
  ['no documents and no files', SEED, ['4:1 RCTL_MISSING_FIELD'], 'either'],
  [
    'two processors in one',
    `${PIPELINE}  request_processors:\n    - filter_query: {}\n      oversample: {}\n`,
    ['6:7 RCTL_INVALID_VALUE'],
    'exactly one key',
  ],
  [
    'a stray key in ml_opensearch',
    `${PIPELINE}  response_processors:\n    - rerank:\n        ml_opensearch: { model_id: x, top_n: 5 }\n        context: { document_fields: [a] }\n`,
    ['7:39 RCTL_UNKNOWN_FIELD'],
    'rerank.ml_opensearch',
  ],
  [
    'context in the wrong place',
    `${PIPELINE}  response_processors:\n    - rerank:\n        ml_opensearch:\n          model_id: x\n          context: { document_fields: [a] }\n`,
    ['6:7 RCTL_MISSING_FIELD', '9:11 RCTL_UNKNOWN_FIELD'],
    'one level up',
  ],
  [
    'no way to rerank',
    `${PIPELINE}  response_processors:\n    - rerank: { context: { document_fields: [a] } }\n`,
    ['6:15 RCTL_MISSING_FIELD'],
    'either',
  ],
  [
    'two ways to rerank',
    `${PIPELINE}  response_processors:\n    - rerank: { by_field: { target_field: a }, ml_opensearch: { model_id: x }, context: { document_fields: [a] } }\n`,
    ['6:48 RCTL_INVALID_VALUE'],
    'either',
  ],
  [
    'no fields to read',
    `${PIPELINE}  response_processors:\n    - rerank: { ml_opensearch: { model_id: x }, context: { document_fields: [] } }\n`,
    ['6:77 RCTL_INVALID_VALUE'],
    'at least 1 item',
  ],
  [
    'a matcher that is none',
    `${VERIFY}      expect: { first: { title: { contain: x } } }\n`,
    ['10:35 RCTL_UNKNOWN_FIELD'],
    '`contains`?',
  ],
  [
    'a matcher that is a list',
    `${VERIFY}      expect: { first: { title: [x] } }\n`,
    ['10:33 RCTL_WRONG_TYPE'],
  ],
  [
    'no queries',
    VERIFY.replace(/queries[\s\S]*/, 'queries: []\n'),
    ['7:12 RCTL_INVALID_VALUE'],
    'at least 1 item',
  ],

  [
    'an unknown directive',
    group('g', '  description: { $reff: A/b }\n'),
    ['6:16 RCTL_UNKNOWN_DIRECTIVE'],
    '`$ref`?',
  ],
  ['a directive with company', group('g', '  description: { $env: A, x: 1 }\n'), ['6:16 RCTL_WRONG_TYPE']],
  [
    'an address that is none',
    model('m', '  model_group_id: { $ref: cross-encoders }\n'),
    ['7:19 RCTL_REF_INVALID'],
    'Model/ms-marco',
  ],
  [
    'an unset variable of the environment',
    group('g', '  description: { $env: NOT_SET }\n'),
    ['6:16 RCTL_ENV_MISSING'],
    'NOT_SET',
  ],
  [
    'a file that is not there',
    group('g', '  description: { $file: none.txt }\n'),
    ['6:16 RCTL_FILE_MISSING'],
    'relative',
  ],
  [
    'a variable without a value',
    group('g', '  description: { $var: nope }\n'),
    ['6:16 RCTL_VAR_MISSING'],
    '--var nope=',
  ],
  [
    'an operand that is no text',
    group('g', '  description: { $env: { name: X } }\n'),
    ['6:16 RCTL_DIRECTIVE_OPERAND'],
    '$env: COHERE_KEY',
  ],
  [
    'a reference in a join',
    group('g', '  description: { $join: [a, { $ref: Index/x }] }\n'),
    ['6:29 RCTL_JOIN_REF'],
    'whole value',
  ],

  [
    'a reference to nothing',
    `${group('cross')}---\n${model('m', '  model_group_id: { $ref: ModelGroup/corss }\n')}`,
    ['13:27 RCTL_REF_UNKNOWN'],
    '`ModelGroup/cross`?',
  ],
  ['a reference to itself', model('m', '  model_group_id: { $ref: Model/m }\n'), ['7:27 RCTL_REF_SELF']],
  [
    'a reference of the wrong kind',
    `${INDEX}---\n${model('m', '  model_group_id: { $ref: Index/i }\n')}`,
    ['11:27 RCTL_REF_KIND'],
    'ModelGroup',
  ],
  [
    'a reference without an ID',
    `${SEED}  documents: []\n---\n${group('g', '  description: { $ref: SeedData/s }\n')}`,
    ['13:24 RCTL_REF_NO_ID'],
    'depends_on: [SeedData/s]',
  ],
  [
    'a dependency on nothing',
    group('g').replace('name: g', 'name: g, depends_on: [Index/x]'),
    ['3:35 RCTL_REF_UNKNOWN'],
    '-f',
  ],
  ['an address given twice', `${group('g')}---\n${group('g')}`, ['9:19 RCTL_DUPLICATE_ADDRESS'], ':3'],
  [
    'a circle',
    `${group('b').replace('name: b', 'name: b, depends_on: [ModelGroup/c]')}---\n${group('a').replace('name: a', 'name: a, depends_on: [ModelGroup/b]')}---\n${group('c').replace('name: c', 'name: c, depends_on: [ModelGroup/a]')}`,
    ['9:35 RCTL_REF_CYCLE'],
    'ModelGroup/a → ModelGroup/b → ModelGroup/c → ModelGroup/a',
  ],
];

describe('each mistake has its place, its code and its remedy', () => {
  it.each(BAD)('%s', async (_what, text, expected, says) => {
    const { diagnostics, resources } = await loadText(text);
    expect(diagnostics.map(placed)).toEqual(expected);
    const words = diagnostics.map(({ message, remedy }) => `${message} ${remedy}`).join('\n');
    if (says !== undefined) expect(words).toContain(says);
    for (const { snippet, location } of diagnostics)
      expect(snippet).toBe(text.split('\n')[(location?.line ?? 0) - 1]);
    expect(resources.length).toBeLessThan(text.split('kind:').length);
  });

  it('has them with Windows line ends too', async () => {
    const { diagnostics } = await loadText(group('g', '  acess_mode: public\n').replaceAll('\n', '\r\n'));
    expect(diagnostics.map(placed)).toEqual(['6:3 RCTL_UNKNOWN_FIELD']);
    expect(diagnostics[0]?.snippet).toBe('  acess_mode: public');
  });

  it('reports all of them in one run, of all files', async () => {
    const { diagnostics, resources } = await loadFiles({
      'a/broken.yaml': `${group('broken', '\tdescription: x\n')}---\n${group('fine')}---\n${group('odd', '  zork: 1\n  access_mode: 5\n')}`,
      'b/models.yaml': ['broken', 'fine', 'odd', 'absent']
        .map((name) => model(`m-${name}`, `  model_group_id: { $ref: ModelGroup/${name} }\n`))
        .join('---\n'),
      'c.json':
        '{"apiVersion": "rerankctl/v1",\n "kind": "ModelGroup", "metadata": {"name": "j"}, "spec": {"nam": "x"}}',
    });
    // The references to `broken` and `odd` are not to blame for what is wrong there.
    expect(diagnostics.map(placed)).toEqual([
      'a/broken.yaml:6:1 RCTL_YAML_TAB',
      'a/broken.yaml:19:3 RCTL_UNKNOWN_FIELD',
      'a/broken.yaml:20:16 RCTL_INVALID_VALUE',
      'b/models.yaml:31:27 RCTL_REF_UNKNOWN',
      'c.json:2:60 RCTL_UNKNOWN_FIELD',
    ]);
    expect(resources.map(({ address }) => address)).toContain('ModelGroup/fine');
  });

  it('never shows a secret', async () => {
    const env = { SECRET: 'hunter2-hunter2' };
    const { diagnostics } = await loadText(
      `${group('g', '  access_mode: { $env: SECRET }\n  add_all_backend_roles: { $join: [x, { $env: SECRET }] }\n  nope: { $env: SECRET }\n')}`,
      { env },
    );
    expect(diagnostics.map(placed)).toEqual([
      '6:16 RCTL_INVALID_VALUE',
      '7:26 RCTL_WRONG_TYPE',
      '8:3 RCTL_UNKNOWN_FIELD',
    ]);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });
});
