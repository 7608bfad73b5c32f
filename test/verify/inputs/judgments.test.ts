import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JudgmentFormat, readJudgments } from '../../../src/verify/inputs/judgments.ts';
import { lines, plain, scratch, told } from './support.ts';

const { write } = scratch();

async function read(name: string, content: string | Buffer, format?: JudgmentFormat) {
  const { value, problems } = await readJudgments(await write(name, content), {
    shown: `shown/${name}`,
    format,
  });
  return { judgments: plain(value.judgments), keyedBy: value.keyedBy, problems, told: told(problems) };
}

const EXPECTED = { q1: { d1: 2, d2: 0 }, q2: { d1: -1 } };
const BY_TEXT = { 'red dress': { d1: 2, d2: 0.5 }, 'say "hi", you': { d1: 1 } };

const TREC = 'q1 0 d1 2\nq1\t0   d2 0\n  q2 Q0 d1 -1 \n';
const BEIR = 'query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td1\t-1\n';
const JSONL = lines(
  '{"query_id": "q1", "doc_id": "d1", "grade": 2}',
  '{"query-id": "q1", "corpus-id": "d2", "score": "0.0"}',
  '{"qid": "q2", "docid": "d1", "relevance": -1, "note": "not this"}',
);
const QUEPID =
  'query,docid,rating\nred dress,d1,2\nred dress,d2,0.5\n"say ""hi"", you",d1,1\nnobody rated this\n';
const RATINGS = [
  {
    query: 'red dress',
    ratings: [
      { docId: 'd1', rating: '2.000' },
      { docId: 'd2', rating: 0.5 },
    ],
  },
  { query: 'say "hi", you', ratings: [{ rating: '1.0', docId: 'd1' }], failures: [{ docId: 'd9' }] },
];
const IMPORT = { name: 'mine', type: 'IMPORT_JUDGMENT', judgmentRatings: RATINGS };

describe('judgments in each format', () => {
  it.each([
    ['a.qrels', TREC],
    ['a.txt', TREC],
    ['no-extension', TREC],
    // MS MARCO's qrels: TREC, in spite of the name.
    ['qrels.dev.tsv', TREC.replaceAll(/[ \t]+/g, '\t').replaceAll(/^\t|\t$/gm, '')],
    ['b.tsv', BEIR],
    ['b-headless.tsv', BEIR.replace(/.*\n/, '')],
    ['b.other', BEIR],
    ['c.jsonl', JSONL],
    ['c.ndjson', JSONL],
    ['c.other', JSONL],
    ['d.csv', 'docid,who,qid,grade\nd1,me,q1,2\nd2,me,q1,0\nd1,me,q2,-1\n'],
    ['d.other', 'qid,docid,grade\nq1,d1,2\nq1,d2,0\nq2,d1,-1\n'],
  ])('%s, by ID', async (name, content) => {
    const wanted = { judgments: EXPECTED, keyedBy: 'id', told: [] };
    expect(await read(name, content)).toMatchObject(wanted);
    expect(await read(`${name}.gz`, content)).toMatchObject(wanted);
    expect(await read(name, content.replaceAll('\n', '\r\n'))).toMatchObject(wanted);
    expect(await read(name, `\ufeff${content}`)).toMatchObject(wanted);
    expect(await read(name, `\n \n${content.replaceAll('\n', '\n\n')}`)).toMatchObject(wanted);
    expect(await read(name, content.trimEnd())).toMatchObject(wanted);
  });

  it.each([
    ['e.csv', QUEPID],
    [
      'f.jsonl',
      '{"query":" red dress ","docId":"d1","rating":2}\n{"query":"red dress","docId":"d2","rating":0.5}\n{"query":"say \\"hi\\", you","docId":"d1","rating":1}',
    ],
    ['g.json', JSON.stringify(IMPORT)],
    ['g-pretty.json', JSON.stringify(IMPORT, null, '\t')],
    ['g.other', JSON.stringify(IMPORT)],
    ['h.json', JSON.stringify({ _id: 'x', _source: IMPORT })],
    [
      'i.json',
      JSON.stringify({ took: 1, hits: { total: { value: 1 }, hits: [{ _id: 'x', _source: IMPORT }] } }),
    ],
  ])('%s, by text', async (name, content) => {
    expect(await read(name, content)).toMatchObject({ judgments: BY_TEXT, keyedBy: 'text', told: [] });
    expect(await read(`${name}.gz`, content)).toMatchObject({ judgments: BY_TEXT, told: [] });
  });

  it('takes the format that is named before the one of the name', async () => {
    expect(await read('x.csv', TREC, 'trec')).toMatchObject({ judgments: EXPECTED, told: [] });
  });

  it('skips comments in TREC files alone', async () => {
    expect(await read('comment.qrels', `# who judged this\n${TREC}`)).toMatchObject({
      judgments: EXPECTED,
      told: [],
    });
    expect((await read('comment.jsonl', `# mine\n${JSONL}`)).told).toEqual([
      'error 1 RCTL_INPUT_SYNTAX: The line is not JSON: `# mine`.',
    ]);
    expect((await read('comment.tsv', `${BEIR}# mine\n`)).told).toEqual([
      'error 5 RCTL_INPUT_COLUMNS: The row has 1 column, not 3: `# mine`.',
    ]);
  });

  it('reads IDs that are numbers in JSON, but none that have lost digits', async () => {
    expect(await read('n.jsonl', '{"query_id": 7, "doc_id": 12, "grade": 1}')).toMatchObject({
      judgments: { 7: { 12: 1 } },
      told: [],
    });
    expect(
      (await read('n.jsonl', '{"query_id": 7, "doc_id": 12345678901234567890, "grade": 1}')).told,
    ).toEqual(['error 1 RCTL_INPUT_ID: The document `12345678901234567000` is not a text.']);
  });
});

describe('what is wrong with judgments', () => {
  it.each<[string, string, string[]]>([
    [
      'bad.qrels',
      'q1 0 d1\nq1 0 d1 1 2\nq1 0 d2 1.5\nq1 0 d3 NaN\nq1 0 d4 1\n',
      [
        'error 1 RCTL_INPUT_COLUMNS: The line has 3 columns, not 4: `q1 0 d1`.',
        'error 2 RCTL_INPUT_COLUMNS: The line has 5 columns, not 4: `q1 0 d1 1 2`.',
        'error 3 RCTL_INPUT_GRADE: The grade `1.5` is not a whole number.',
        'error 4 RCTL_INPUT_GRADE: The grade `NaN` is not a whole number.',
      ],
    ],
    [
      'bad.tsv',
      'query-id\tcorpus-id\tscore\nq1\td1\nq1\td1\t1\t1\n\td1\t1\nq1\t \t1\nq1\td1\tgood\nq1\td1\t\n',
      [
        'error 2 RCTL_INPUT_COLUMNS: The row has 2 columns, not 3: `q1\\td1`.',
        'error 3 RCTL_INPUT_COLUMNS: The row has 4 columns, not 3: `q1\\td1\\t1\\t1`.',
        'error 4 RCTL_INPUT_ID: The query is empty.',
        'error 5 RCTL_INPUT_ID: The document is empty.',
        'error 6 RCTL_INPUT_GRADE: The grade `good` is not a number.',
        'error 7 RCTL_INPUT_GRADE: The grade `` is not a number.',
      ],
    ],
    [
      'bad.jsonl',
      '{"query_id": "q1", "doc_id": "d1", "grade": 1}\n{"query_id": "q1"}\nnull\n{"query_id": "", "doc_id": null, "grade": null}\n{"query": "x", "doc_id": "d1", "grade": 1}\n{"query_id": "q1", "doc_id": "d2", "grade": "NaN"}\n',
      [
        'error 2 RCTL_INPUT_COLUMNS: The object has no document and no grade: `{"query_id":"q1"}`.',
        'error 3 RCTL_INPUT_SYNTAX: The line is not a JSON object: `null`.',
        'error 4 RCTL_INPUT_ID: The query is empty.',
        'error 4 RCTL_INPUT_ID: The document is empty.',
        'error 4 RCTL_INPUT_GRADE: The grade `null` is not a number.',
        'error 5 RCTL_INPUT_COLUMNS: This line names its query by text, the first one by id: `{"query":"x","doc_id":"d1","grade":1}`.',
        'error 6 RCTL_INPUT_GRADE: The grade `NaN` is not a number.',
      ],
    ],
    [
      'bad.csv',
      'query,docid,rating\n"two\nlines",d1,1\nred, dress,d1,1\nred dress,d1,Infinity\nred dress,,1\n',
      [
        'error 4 RCTL_INPUT_COLUMNS: The row has 4 columns, not 3: `red,dress,d1,1`.',
        'error 5 RCTL_INPUT_GRADE: The grade `Infinity` is not a number.',
        'error 6 RCTL_INPUT_ID: The document is empty.',
      ],
    ],
    [
      'quote.csv',
      'query,docid,rating\nred,d1,1\n"open,d1,1\nred,d2,1\n',
      ['error 3 RCTL_INPUT_SYNTAX: A quote is opened here and never closed.'],
    ],
    [
      'inch.csv',
      'query,docid,rating\nred,d1,1\n5" nail,d1,1\n',
      ['error 3 RCTL_INPUT_SYNTAX: There is a quote in a cell that does not start with one.'],
    ],
    [
      'close.csv',
      'query,docid,rating\n"red"x,d1,1\n',
      ['error 2 RCTL_INPUT_SYNTAX: After the closing quote of a cell comes something else than a comma.'],
    ],
    [
      'headless.csv',
      'red dress,d1,1\n',
      [
        'error 1 RCTL_INPUT_COLUMNS: The header names no query and no document and no grade: `red dress, d1, 1`.',
      ],
    ],
    [
      'twice.csv',
      'query,docid,rating,rating\n',
      ['error 1 RCTL_INPUT_COLUMNS: The header names `rating` twice: `query, docid, rating, rating`.'],
    ],
    [
      'bad.json',
      '{"judgmentRatings": [\n{"query": "a", "ratings": [\n{"docId": "d1", "rating": "high"},\n{"rating": 1},\n7]},\n{"query": "b"}]}',
      [
        'error 3 RCTL_INPUT_GRADE: The grade `high` is not a number.',
        'error 4 RCTL_INPUT_ID: The document is empty.',
        'error 5 RCTL_INPUT_COLUMNS: This rating is not an object: `7`.',
        'error 6 RCTL_INPUT_COLUMNS: This query has no list of ratings: `{"query":"b"}`.',
      ],
    ],
    [
      'broken.json',
      '{"judgmentRatings": [\n{"query": }]}',
      ['error 2 RCTL_INPUT_SYNTAX: This is not JSON, from here on: `}]}`.'],
    ],
    [
      'cut.json',
      '{"judgmentRatings": [\n{"query": "a"',
      ['error 2 RCTL_INPUT_SYNTAX: This is not JSON, from here on: `the end`.'],
    ],
    [
      'other.json',
      '{"q1": {"d1": 1}}',
      ['error 1 RCTL_INPUT_COLUMNS: There are no judgmentRatings in it: `{"q1":{"d1":1}}`.'],
    ],
    ['list.json', '{"judgmentRatings": {}}', ['error 1 RCTL_INPUT_COLUMNS: judgmentRatings is not a list.']],
  ])('%s', async (name, content, expected) => {
    const { told: found, problems } = await read(name, content);
    expect(found).toEqual(expected);
    expect(problems.every(({ file, remedy }) => file === `shown/${name}` && remedy.length > 10)).toBe(true);
  });

  it('keeps what is right', async () => {
    const { judgments } = await read('some.qrels', 'q1 0 d1 1\nq1 0\nq2 0 d1 x\nq1 0 d2 2\n');
    expect(judgments).toEqual({ q1: { d1: 1, d2: 2 } });
  });

  it.each([
    ['twice.qrels', 'q1 0 d0 1\nq2 0 d1 1\n\nq1 0 d1 2\nq1 0 d1 2\nq1 0 d1 0\n'],
    ['twice.tsv', 'q1\td0\t1\nq2\td1\t1\n\nq1\td1\t2\nq1\td1\t2.0\nq1\td1\t0\n'],
  ])('a document that is judged twice: %s', async (name, content) => {
    const found = await read(name, content);
    expect(found.told).toEqual([
      'warning 5 RCTL_INPUT_DUPLICATE: This judgment stands in line 4 already: query `q1`, document `d1`.',
      'error 6 RCTL_INPUT_DUPLICATE: This document is graded 0 here and 2 in line 4: query `q1`, document `d1`.',
    ]);
    expect(found.judgments.q1).toEqual({ d0: 1, d1: 2 });
  });

  it('a document that is rated twice in the Workbench', async () => {
    const content =
      '{"judgmentRatings": [{"query": "a", "ratings": [\n{"docId": "d", "rating": 1},\n{"docId": "d", "rating": 0}]}]}';
    expect((await read('twice.json', content)).told).toEqual([
      'error 3 RCTL_INPUT_DUPLICATE: This document is graded 0 here and 1 in line 2: query `a`, document `d`.',
    ]);
  });

  it.each([
    ['empty.qrels', '', 'error 1 RCTL_INPUT_EMPTY: The file is empty.'],
    ['blank.jsonl', ' \n\r\n\n', 'error 1 RCTL_INPUT_EMPTY: The file is empty.'],
    [
      'header.tsv',
      'query-id\tcorpus-id\tscore\n',
      'error 1 RCTL_INPUT_EMPTY: There is no judgment in the file.',
    ],
    ['comments.qrels', '# nothing\n', 'error 1 RCTL_INPUT_EMPTY: There is no judgment in the file.'],
    [
      'latin1.qrels',
      Buffer.from('q1 0 d1 1\nq1 0 caf\xe9 1\n', 'latin1'),
      'error 2 RCTL_INPUT_ENCODING: The line is not UTF-8.',
    ],
    [
      'utf16.qrels',
      Buffer.from('\ufeffq1 0 d1 1\n', 'utf16le'),
      'error 1 RCTL_INPUT_ENCODING: The file is UTF-16, not UTF-8.',
    ],
    [
      'binary.qrels',
      Buffer.from('q1 0 d1 1\nq1\0\n'),
      'error 2 RCTL_INPUT_ENCODING: The file is binary: there is a zero byte in it.',
    ],
    [
      'packed.qrels',
      gzipSync(TREC),
      'error 1 RCTL_INPUT_ENCODING: The file is gzip, and its name does not say so.',
    ],
    [
      'plain.qrels.gz',
      Buffer.from(TREC),
      'error 1 RCTL_INPUT_UNREADABLE: It cannot be unpacked: incorrect header check.',
    ],
    [
      'torn.qrels.gz',
      gzipSync(TREC).subarray(0, 20),
      'error 1 RCTL_INPUT_UNREADABLE: It cannot be unpacked: unexpected end of file.',
    ],
    ['empty.qrels.gz', gzipSync(''), 'error 1 RCTL_INPUT_EMPTY: The file is empty.'],
  ])('a file that is none: %s', async (name, content, expected) => {
    expect((await read(name, content)).told).toEqual([expected]);
  });

  it('a file that is not there, and a folder', async () => {
    const path = await write('here.qrels', TREC);
    const absent = await readJudgments(`${path}.not`, { shown: 'x' });
    expect(told(absent.problems)).toEqual(['error 1 RCTL_INPUT_UNREADABLE: There is no such file.']);
    const gone = await readJudgments(`${path}.gz`, { shown: 'x' });
    expect(told(gone.problems)).toEqual(['error 1 RCTL_INPUT_UNREADABLE: There is no such file.']);
    const folder = await readJudgments(path.replace('here.qrels', ''), { shown: 'x' });
    expect(told(folder.problems)).toEqual(['error 1 RCTL_INPUT_UNREADABLE: It is a folder, not a file.']);
  });

  it('shows twenty problems, errors before warnings, and counts the others', async () => {
    const warnings = 'q 0 same 1\n'.repeat(31);
    const some = await read('many.qrels', warnings + 'q 0 x high\n'.repeat(5));
    expect(some.problems).toHaveLength(21);
    expect(some.told.filter((each) => each.startsWith('error'))).toHaveLength(5);
    expect(some.told.at(-1)).toBe('warning 17 RCTL_INPUT_MORE: and 15 more.');
    const all = await read('more.qrels', warnings + 'q 0 x high\n'.repeat(25));
    expect(all.told.filter((each) => /^error .*GRADE/.test(each))).toHaveLength(20);
    expect(all.told.at(-1)).toBe('error 52 RCTL_INPUT_MORE: and 35 more.');
  });

  it('shows sixty characters of a text, and nothing that moves the cursor', async () => {
    const { problems } = await read('long.qrels', `\u001b[2J${'é'.repeat(500)}\n`);
    expect(problems[0]?.message).toBe(`The line has 1 column, not 4: \`\\x1b[2J${'é'.repeat(56)}…\`.`);
  });
});

describe('laws', () => {
  const id = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => !/[\s\p{Cc}\p{Cs}]/u.test(text) && !text.startsWith('#'));
  const table = fc.dictionary(
    id,
    fc.dictionary(id, fc.integer({ min: -5, max: 9 }), { minKeys: 1, maxKeys: 8, noNullPrototype: true }),
    { minKeys: 1, maxKeys: 8, noNullPrototype: true },
  );
  const quotedCell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rowsOf = (judgments: Record<string, Record<string, number>>) =>
    Object.entries(judgments).flatMap(([query, grades]) =>
      Object.entries(grades).map(([document, grade]) => [query, document, grade] as const),
    );

  it.each<[string, (query: string, document: string, grade: number) => string, string]>([
    ['law.qrels', (query, document, grade) => `${query} 0 ${document} ${grade}`, ''],
    [
      'law.tsv',
      (query, document, grade) => `${query}\t${document}\t${grade}`,
      'query-id\tcorpus-id\tscore\n',
    ],
    ['law.jsonl', (query_id, doc_id, grade) => JSON.stringify({ query_id, doc_id, grade }), ''],
    [
      'law.csv',
      (query, document, grade) => `${quotedCell(query)},${quotedCell(document)},${grade}`,
      'qid,docid,rating\n',
    ],
  ])('what is written is read: %s', async (name, line, header) => {
    await fc.assert(
      fc.asyncProperty(table, async (judgments) => {
        const content =
          header +
          rowsOf(judgments)
            .map((row) => `${line(...row)}\n`)
            .join('');
        const found = await read(name, content);
        expect(found.told).toEqual([]);
        expect(found.judgments).toEqual(judgments);
      }),
      { numRuns: 60 },
    );
  });

  it('never throws, whatever the bytes', async () => {
    const formats = fc.constantFrom<JudgmentFormat>('trec', 'tsv', 'jsonl', 'csv', 'workbench');
    const piece = fc.constantFrom(
      'query-id',
      'docid',
      'rating',
      '\t',
      ',',
      '"',
      '{',
      '}',
      '[',
      ':',
      ' ',
      '\n',
      '\r\n',
      'q1',
      '1',
      '-',
      '\ufeff',
      'é',
      '#',
    );
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 40 }).map((all) => Buffer.from(all.join(''))),
      fc.uint8Array({ maxLength: 60 }).map((all) => Buffer.from(all)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, formats, async (content, format) => {
        const found = await read('any.bytes', content, format);
        // Something is read, or somebody is told why not.
        expect(Object.keys(found.judgments).length + found.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  });
});

describe('large files', () => {
  it.each<[string, (i: number) => string, string]>([
    // As in MS MARCO: nearly every line is a query of its own.
    ['big.qrels', (i) => `${1000000 + i} 0 ${i * 7} 1`, ''],
    ['big.tsv', (i) => `q${i >> 1}\td${i}\t1`, 'query-id\tcorpus-id\tscore\n'],
    ['big.jsonl', (i) => `{"query_id":"q${i >> 4}","doc_id":"d${i}","grade":1}`, ''],
    ['big.csv', (i) => `"some query, ${i >> 4}",d${i},1`, 'query,docid,rating\n'],
  ])('half a million lines in seconds: %s', async (name, line, header) => {
    const all = header + Array.from({ length: 500_000 }, (_, i) => `${line(i)}\n`).join('');
    const path = await write(name, all);
    const start = performance.now();
    const { value, problems } = await readJudgments(path, { shown: name });
    const took = performance.now() - start;
    expect(problems).toEqual([]);
    expect([...value.judgments.values()].reduce((sum, { size }) => sum + size, 0)).toBe(500_000);
    // Far more than it takes alone: other tests run beside it.
    expect(took).toBeLessThan(10_000);
    process.stderr.write(process.env.RERANKCTL_TEST_TIMES ? `${name}: ${Math.round(took)} ms\n` : '');
  });

  it('half a million wrong lines do not take longer', async () => {
    const path = await write('wrong.qrels', 'q1 0 d1 1\n'.repeat(250_000) + 'q1 0 d1 2\n'.repeat(250_000));
    const start = performance.now();
    const { problems } = await readJudgments(path, { shown: 'wrong.qrels' });
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)?.message).toBe('and 499979 more.');
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
