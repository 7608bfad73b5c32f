import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQueries } from '../../../src/verify/inputs/queries.ts';
import { lines, scratch, told } from './support.ts';

const { write } = scratch();

async function read(name: string, content: string | Buffer) {
  const { value, problems } = await readQueries(await write(name, content), { shown: `shown/${name}` });
  return { rows: value, problems, told: told(problems) };
}

const PLAIN = { labels: {}, variables: {} };
const FIRST = { id: 'q1', queryText: 'red dress' };
const SECOND = { id: 'q2', queryText: 'say "hi", you' };
const TWO = [
  { ...FIRST, ...PLAIN, line: 1 },
  { ...SECOND, ...PLAIN, line: 2 },
];

describe('queries in each format', () => {
  it.each([
    ['a.tsv', 'q1\tred dress\nq2\tsay "hi", you\n'],
    ['a.txt', 'q1\tred dress\nq2\tsay "hi", you\n'],
    [
      'b.jsonl',
      '{"_id": "q1", "text": "red dress", "metadata": {}}\n{"query_id":"q2","query":"say \\"hi\\", you"}\n',
    ],
    ['b.other', '{"qid": "q1", "query_text": "red dress"}\n{"id":"q2","text":"say \\"hi\\", you"}\n'],
    ['c.yaml', '- {id: q1, text: red dress}\n- {id: q2, text: \'say "hi", you\'}\n'],
    ['c.other', '- {id: q1, text: red dress}\n- {id: q2, text: \'say "hi", you\'}\n'],
    ['d.json', '[{"id": "q1", "text": "red dress"},\n\t{"id": "q2", "text": "say \\"hi\\", you"}]'],
  ])('%s', async (name, content) => {
    expect(await read(name, content)).toMatchObject({ rows: TWO, told: [] });
    expect(await read(`${name}.gz`, content)).toMatchObject({ rows: TWO, told: [] });
    expect(await read(name, `\ufeff${content.replaceAll('\n', '\r\n')}`)).toMatchObject({
      rows: TWO,
      told: [],
    });
  });

  it.each([
    ['h.tsv', 'query_id\ttext\tlabel.group\tsize\nq1\tred dress\thead\t4\n\nq2\tsay "hi", you\t\t7\n', 4],
    ['h.csv', 'text,qid,labels.group,size\nred dress,q1,head,4\n"say ""hi"", you",q2,,7\n', 3],
  ])('a header names the columns: %s', async (name, content, line) => {
    expect((await read(name, content)).rows).toEqual([
      { ...FIRST, labels: { group: 'head' }, variables: { size: '4' }, line: 2 },
      { ...SECOND, labels: {}, variables: { size: '7' }, line },
    ]);
  });

  it.each([
    [
      'v.jsonl',
      '{"id":"q1","text":"red dress","labels":{"group":"head","year":2024},"size":4,"filter":{"term":{"a":["b"]}}}',
    ],
    [
      'v.yaml',
      'id: q1\n  text: red dress\n  labels: {group: head}\n  label.year: 2024\n  size: 4\n  filter: {term: {a: [b]}}\n'.replace(
        /^/,
        '- ',
      ),
    ],
  ])('labels, and everything else as variables: %s', async (name, content) => {
    expect(await read(name, content)).toMatchObject({
      told: [],
      rows: [
        {
          ...FIRST,
          labels: { group: 'head', year: '2024' },
          variables: { size: 4, filter: { term: { a: ['b'] } } },
          line: 1,
        },
      ],
    });
  });

  it("takes of BEIR's metadata what can be a label", async () => {
    const content = '{"_id":"1","text":"x","metadata":{"group":"tail","13734012":[{"label":"SUPPORT"}]}}';
    expect((await read('beir.jsonl', content)).rows).toEqual([
      { id: '1', queryText: 'x', labels: { group: 'tail' }, variables: {}, line: 1 },
    ]);
  });

  it('keeps an id of YAML as it is written', async () => {
    const { rows } = await read(
      'ids.yaml',
      '- {id: 007, text: 2024}\n- {id: 1.0, text: x}\n- {id: 1e3, text: y}\n',
    );
    expect(rows.map(({ id, queryText }) => [id, queryText])).toEqual([
      ['007', '2024'],
      ['1.0', 'x'],
      ['1e3', 'y'],
    ]);
  });

  it('has the line of each query, in YAML and in rows with line ends in cells', async () => {
    const yaml = await read('lines.yaml', '# mine\n- id: a\n  text: x\n\n-\n  id: b\n  text: y\n');
    expect(yaml.rows.map(({ line }) => line)).toEqual([2, 6]);
    const csv = await read('lines.csv', '\nid,text\na,"x\ny"\n\nb,z\n');
    expect(csv.rows.map(({ line }) => line)).toEqual([3, 6]);
    expect(csv.rows[0]?.queryText).toBe('x\ny');
  });

  it('does not let a name of a column reach the prototype', async () => {
    const { rows } = await read(
      'proto.jsonl',
      '{"id":"a","text":"x","__proto__":{"size":9},"labels":{"__proto__":"y"}}',
    );
    expect(Object.keys(rows[0]?.variables ?? {})).toEqual(['__proto__']);
    expect(rows[0]?.variables.size).toBeUndefined();
    expect(Object.keys(rows[0]?.labels ?? {})).toEqual(['__proto__']);
  });
});

/** A thousand million texts, by aliases of aliases. */
const BOMB = lines(
  '- &a0 {id: a, text: x}',
  ...Array.from({ length: 9 }, (_, i) => `- &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`),
);

describe('what is wrong with queries', () => {
  it.each<[string, string, string[]]>([
    [
      'bad.tsv',
      'q1\tx\nq2\nq3\t \nq1\ty\n\tz\nq4\ta\tb\n',
      [
        'error 2 RCTL_INPUT_COLUMNS: The row has 1 column, not 2: `q2`.',
        'error 3 RCTL_INPUT_TEXT: The query has an empty text: `{"id":"q3","text":""}`.',
        'error 4 RCTL_INPUT_DUPLICATE: The id `q1` stands in line 1 already.',
        'error 5 RCTL_INPUT_ID: The query has an empty id: `{"id":"","text":"z"}`.',
        'error 6 RCTL_INPUT_COLUMNS: The row has 3 columns, not 2: `q4\\ta\\tb`.',
      ],
    ],
    [
      'header.tsv',
      'id\tquestion\nq1\tx\n',
      ['error 1 RCTL_INPUT_COLUMNS: The header names no text: `id, question`.'],
    ],
    [
      'header.csv',
      'query,size\nred,4\n',
      ['error 1 RCTL_INPUT_COLUMNS: The header names no id: `query, size`.'],
    ],
    [
      'twice.csv',
      'id,text,a,a\n',
      ['error 1 RCTL_INPUT_COLUMNS: The header names `a` twice: `id, text, a, a`.'],
    ],
    [
      'comma.csv',
      'id,text\nq1,red, dress\n',
      ['error 2 RCTL_INPUT_COLUMNS: The row has 3 columns, not 2: `q1,red,dress`.'],
    ],
    [
      'bad.jsonl',
      '{"id": "a"}\n{"text": "x"}\n["a", "x"]\n{"id": "a", "text": "x", "labels": ["b"]}\n{"id": "a", "text": "x", "labels": {"b": {}}}\n{"id": true, "text": "x"}\n{"id": "a", "text":\n',
      [
        'error 1 RCTL_INPUT_TEXT: The query has no text: `{"id":"a"}`.',
        'error 2 RCTL_INPUT_ID: The query has no id: `{"text":"x"}`.',
        'error 3 RCTL_INPUT_SYNTAX: The line is not a JSON object: `["a", "x"]`.',
        'error 4 RCTL_INPUT_LABELS: The labels are not names with texts: `{"id":"a","text":"x","labels":["b"]}`.',
        'error 5 RCTL_INPUT_LABELS: The label `b` is not a text: `{"id":"a","text":"x","labels":{"b":{}}}`.',
        'error 6 RCTL_INPUT_ID: The id `true` is not a text.',
        'error 7 RCTL_INPUT_SYNTAX: The line is not JSON: `{"id": "a", "text":`.',
      ],
    ],
    [
      'bad.yaml',
      '- id: a\n- id: b\n  text: x\n- just text\n- id: b\n  text: [x]\n',
      [
        'error 1 RCTL_INPUT_TEXT: The query has no text: `{"id":"a"}`.',
        'error 4 RCTL_INPUT_SYNTAX: This query is not an object: `"just text"`.',
        'error 5 RCTL_INPUT_TEXT: The text `["x"]` is not a text.',
      ],
    ],
    ['map.yaml', 'queries:\n  - id: a\n', ['error 1 RCTL_INPUT_SYNTAX: The file is not a list of queries.']],
    ['empty.yaml', '# nothing\n', ['error 1 RCTL_INPUT_EMPTY: There is no query in the file.']],
    ['header-alone.tsv', 'id\ttext\n', ['error 1 RCTL_INPUT_EMPTY: There is no query in the file.']],
    ['none.jsonl', '\n', ['error 1 RCTL_INPUT_EMPTY: The file is empty.']],
  ])('%s', async (name, content, expected) => {
    const { told: found, problems } = await read(name, content);
    expect(found).toEqual(expected);
    expect(problems.every(({ file, remedy }) => file === `shown/${name}` && remedy.length > 10)).toBe(true);
  });

  it('YAML with wrong syntax, at its line', async () => {
    const { problems } = await read('syntax.yaml', '- id: a\n  text: x\n- id: "b\n');
    expect(problems.every(({ code, severity }) => code === 'RCTL_INPUT_SYNTAX' && severity === 'error')).toBe(
      true,
    );
    expect(problems[0]?.line).toBeGreaterThanOrEqual(3);
    expect((await read('bomb.yaml', BOMB)).problems[0]?.code).toBe('RCTL_INPUT_SYNTAX');
    const alias = await read('alias.yaml', '- id: a\n  text: *nowhere\n');
    expect(alias.problems[0]).toMatchObject({ code: 'RCTL_INPUT_SYNTAX', line: 2 });
  });

  it('keeps what is right', async () => {
    const { rows } = await read('some.tsv', 'q1\tx\nq2\nq3\ty\n');
    expect(rows.map(({ id, line }) => [id, line])).toEqual([
      ['q1', 1],
      ['q3', 3],
    ]);
  });
});

describe('laws', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((each) => each === each.trim() && each !== '' && !/\p{Cc}/u.test(each));
  const queries = fc.uniqueArray(fc.record({ id: text, text }), {
    selector: ({ id }) => id,
    minLength: 1,
    maxLength: 10,
  });
  const cell = (value: string) => `"${value.replaceAll('"', '""')}"`;

  it.each<[string, (all: readonly { id: string; text: string }[]) => string]>([
    ['law.tsv', (all) => `id\ttext\n${lines(...all.map(({ id, text: t }) => `${id}\t${t}`))}`],
    ['law.csv', (all) => `id,text\n${lines(...all.map(({ id, text: t }) => `${cell(id)},${cell(t)}`))}`],
    ['law.jsonl', (all) => lines(...all.map((each) => JSON.stringify(each)))],
    ['law.json', (all) => JSON.stringify(all, null, 1)],
  ])('what is written is read: %s', async (name, content) => {
    await fc.assert(
      fc.asyncProperty(queries, async (all) => {
        const { rows, told: found } = await read(name, content(all));
        expect(found).toEqual([]);
        expect(rows.map(({ id, queryText }) => ({ id, text: queryText }))).toEqual(all);
      }),
      { numRuns: 60 },
    );
  });

  it('never throws, whatever the bytes', async () => {
    const piece = fc.constantFrom(
      'id',
      'text',
      'labels',
      '\t',
      ',',
      '"',
      '{',
      '}',
      '[',
      ']',
      ':',
      ' ',
      '\n',
      '\r\n',
      'q1',
      '- ',
      '&a',
      '*a',
      '#',
      '!!',
      '|',
      'é',
    );
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 40 }).map((all) => Buffer.from(all.join(''))),
      fc.uint8Array({ maxLength: 60 }).map((all) => Buffer.from(all)),
    );
    const names = fc.constantFrom('x.tsv', 'x.csv', 'x.jsonl', 'x.yaml', 'x.json', 'x', 'x.gz');
    await fc.assert(
      fc.asyncProperty(bytes, names, async (content, name) => {
        const { rows, problems } = await read(name, content);
        expect(rows.length + problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  });

  it.each<[string, (i: number) => string, string]>([
    ['big.tsv', (i) => `${i}\twhat is the number ${i}`, ''],
    [
      'big-header.tsv',
      (i) => `${i}\twhat is the number ${i}\t${i % 2 ? 'head' : ''}`,
      'id\ttext\tlabel.group\n',
    ],
    ['big.jsonl', (i) => `{"_id":"${i}","text":"what is the number ${i}","metadata":{}}`, ''],
    ['big.csv', (i) => `${i},"what, is the number ${i}"`, 'id,text\n'],
  ])('half a million queries in seconds: %s', async (name, line, header) => {
    const path = await write(
      name,
      header + Array.from({ length: 500_000 }, (_, i) => `${line(i)}\n`).join(''),
    );
    const start = performance.now();
    const { value, problems } = await readQueries(path, { shown: name });
    const took = performance.now() - start;
    expect(problems).toEqual([]);
    expect(value).toHaveLength(500_000);
    expect(took).toBeLessThan(10_000);
    process.stderr.write(process.env.RERANKCTL_TEST_TIMES ? `${name}: ${Math.round(took)} ms\n` : '');
  });
});
