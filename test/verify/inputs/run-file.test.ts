import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRun, runLines } from '../../../src/verify/inputs/run-file.ts';
import type { Ranked, Run } from '../../../src/verify/measures/types.ts';
import { lines, scratch, told } from './support.ts';

const { write } = scratch();

async function read(name: string, content: string | Buffer) {
  const { value, problems } = await readRun(await write(name, content), { shown: `shown/${name}` });
  return { run: value, problems, told: told(problems) };
}

function order(run: Run, query: string): string[] | undefined {
  return run.get(query)?.map(({ document }) => document);
}

function hits(...all: (readonly [string, number | null])[]): Ranked[] {
  return all.map(([document, score]) => ({ document, score }));
}

describe('reading run files', () => {
  const content = 'q1 Q0 d1 1 2.5 bm25\nq1\tQ0  d2\t2 -1e-1 bm25 \n# a comment\nq2 Q0 d1 1 7 bm25\n';

  it.each([
    ['a.trec', content],
    ['a.run.gz', content],
    ['crlf.trec', `\ufeff\n${content.replaceAll('\n', '\r\n')}`],
    ['no-end.trec', content.trimEnd()],
  ])('%s', async (name, text) => {
    const { run, told: found } = await read(name, text);
    expect(found).toEqual([]);
    expect([...run]).toEqual([
      ['q1', hits(['d1', 2.5], ['d2', -0.1])],
      ['q2', hits(['d1', 7])],
    ]);
  });

  it('sorts by score, ties by document ID, descending, as trec_eval does', async () => {
    // The published case of ir_measures: d3 stands behind d1, and has the higher score.
    const { run } = await read(
      'order.trec',
      lines('q Q0 d0 1 .8 x', 'q Q0 d2 2 .7 x', 'q Q0 d1 3 .3 x', 'q Q0 d3 4 .4 x', 'q Q0 d4 5 .1 x'),
    );
    expect(order(run, 'q')).toEqual(['d0', 'd2', 'd3', 'd1', 'd4']);
    const ties = await read(
      'ties.trec',
      lines(...['b', 'd', 'a', 'c'].map((id, i) => `q Q0 ${id} ${i + 1} 6.5 x`)),
    );
    expect(order(ties.run, 'q')).toEqual(['d', 'c', 'b', 'a']);
    // By bytes, not by UTF-16: an emoji is behind the last character of the basic plane.
    const bytes = await read('bytes.trec', lines('q Q0 \uffee 1 1 x', 'q Q0 😀 2 1 x'));
    expect(order(bytes.run, 'q')).toEqual(['😀', '\uffee']);
  });

  it('warns once where ranks and scores disagree', async () => {
    const { run, told: found } = await read(
      'ranks.trec',
      lines('q1 Q0 a 1 1 x', 'q1 Q0 b 2 2 x', 'q2 Q0 a 1 1 x', 'q2 Q0 b 2 2 x'),
    );
    expect(found).toEqual([
      'warning 1 RCTL_INPUT_RANK: The ranks of query `q1` are not in the order of its scores.',
    ]);
    expect(order(run, 'q1')).toEqual(['b', 'a']);
    expect((await read('zero.trec', lines('q Q0 a 0 2 x', 'q Q0 b 1 1 x'))).told).toEqual([]);
    expect((await read('shuffled.trec', lines('q Q0 b 2 1 x', 'q Q0 a 1 2 x'))).told).toEqual([]);
    expect((await read('tied.trec', lines('q Q0 a 1 1 x', 'q Q0 b 2 1 x'))).told).toHaveLength(1);
  });

  it.each<[string, string, string[]]>([
    [
      'bad.trec',
      lines(
        'q Q0 d 1 1',
        'q Q0 a doc 1 1 x',
        'q Q0 d 1 NaN x',
        'q Q0 e 1 high x',
        'q Q0 f 1 inf x',
        'q Q0 g 1 1e999 x',
        'q Q0 h 1 1 x',
      ),
      [
        'error 1 RCTL_INPUT_COLUMNS: The line has 5 columns, not 6: `q Q0 d 1 1`.',
        'error 2 RCTL_INPUT_COLUMNS: The line has 7 columns, not 6: `q Q0 a doc 1 1 x`.',
        'error 3 RCTL_INPUT_SCORE: The score `NaN` is not a number.',
        'error 4 RCTL_INPUT_SCORE: The score `high` is not a number.',
        'error 5 RCTL_INPUT_SCORE: The score `inf` is not a number.',
        'error 6 RCTL_INPUT_SCORE: The score `1e999` is not a number.',
      ],
    ],
    [
      'twice.trec',
      lines('q Q0 d 1 3 x', 'p Q0 d 1 3 x', 'q Q0 e 2 2 x', 'q Q0 d 3 1 x'),
      ['error 4 RCTL_INPUT_DUPLICATE: Query `q` has document `d` in line 1 already.'],
    ],
    ['empty.trec', '', ['error 1 RCTL_INPUT_EMPTY: The file is empty.']],
    ['comment.trec', '# x\n', ['error 1 RCTL_INPUT_EMPTY: There is no ranking in the file.']],
  ])('what is wrong: %s', async (name, text, expected) => {
    expect((await read(name, text)).told).toEqual(expected);
  });

  it('a file that is not there', async () => {
    const { problems } = await readRun('/nowhere/at/all.trec', { shown: 'all.trec' });
    expect(told(problems)).toEqual(['error 1 RCTL_INPUT_UNREADABLE: There is no such file.']);
  });
});

describe('writing run files', () => {
  it('has the scores of the server where they fall', () => {
    expect(runLines('bm25', new Map([['q', hits(['a', 9.6875], ['b', 0], ['c', -1.5])]]))).toBe(
      lines('q Q0 a 1 9.6875 bm25', 'q Q0 b 2 0 bm25', 'q Q0 c 3 -1.5 bm25'),
    );
  });

  it.each<[string, Ranked[]]>([
    ['tie', hits(['a', 2], ['b', 2], ['c', 1])],
    ['rise', hits(['a', 1], ['b', 2], ['c', 0])],
    ['are absent', hits(['a', null], ['b', null], ['c', null])],
    ['are partly absent', hits(['a', 2], ['b', null], ['c', 1])],
    ['are no numbers', hits(['a', Number.POSITIVE_INFINITY], ['b', Number.NaN], ['c', 1])],
    ['tie as 32-bit numbers', hits(['a', 1.00000002], ['b', 1.00000001], ['c', 0])],
  ])('counts down where scores %s', (_case, ranking) => {
    expect(runLines('t', new Map([['q', ranking]]))).toBe(
      lines('q Q0 a 1 3 t', 'q Q0 b 2 2 t', 'q Q0 c 3 1 t'),
    );
  });

  it('writes IDs as they are, but what would tear a line', async () => {
    const ids = [
      'http://x/a%20b?c=%C3',
      'red dress',
      'tab\there',
      '%u0020',
      '%u',
      '',
      'line\nend',
      '\u00a0',
      '%',
      '#1',
    ];
    const run = new Map(ids.map((id, i) => [id, hits([id, 2], [`other ${i}`, 1])]));
    const text = runLines('my arm', run);
    expect(text.split('\n').slice(0, 4)).toEqual([
      'http://x/a%20b?c=%C3 Q0 http://x/a%20b?c=%C3 1 2 my%u0020arm',
      'http://x/a%20b?c=%C3 Q0 other%u00200 2 1 my%u0020arm',
      'red%u0020dress Q0 red%u0020dress 1 2 my%u0020arm',
      'red%u0020dress Q0 other%u00201 2 1 my%u0020arm',
    ]);
    const found = await read('ids.trec', text);
    expect(found.told).toEqual([]);
    expect([...found.run]).toEqual([...run]);
  });

  it('writes nothing for nothing', () => {
    expect(runLines('t', new Map([['q', []]]))).toBe('');
  });
});

describe('laws', () => {
  const part = fc.constantFrom(
    '%',
    'u',
    '0',
    '2',
    '5',
    ' ',
    '\t',
    '#',
    '\n',
    '\r',
    '\u0085',
    '\u2028',
    '\ufeff',
    '%u0020',
    '%u0025',
    'd',
  );
  const id = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(part, { maxLength: 12 }).map((all) => all.join('')),
  );
  const score = fc.oneof(
    fc.constant(null),
    fc.constantFrom(0, 1, 2),
    fc.double({ noNaN: true }).map((value) => value + 0),
    fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  );
  const ranking = fc.uniqueArray(fc.record<Ranked>({ document: id, score }), {
    selector: ({ document }) => document,
    minLength: 1,
    maxLength: 12,
  });
  const runs = fc.uniqueArray(fc.tuple(id, ranking), {
    selector: ([query]) => query,
    minLength: 1,
    maxLength: 5,
  });

  it('what is written is read: the same queries, the same documents in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(runs, id, async (entries, tag) => {
        const run: Run = new Map(entries);
        const found = await read('law.trec', runLines(tag, run));
        expect(found.told).toEqual([]);
        expect([...found.run.keys()]).toEqual([...run.keys()]);
        for (const query of run.keys()) expect(order(found.run, query)).toEqual(order(run, query));
      }),
      { numRuns: 500 },
    );
  });

  it('scores that fall are kept to the last bit', async () => {
    const falling = fc
      .uniqueArray(
        fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
        { minLength: 1, maxLength: 12 },
      )
      .map((all) => all.sort((a, b) => b - a));
    await fc.assert(
      fc.asyncProperty(falling, async (scores) => {
        const run: Run = new Map([['q', scores.map((each, i) => ({ document: `d${i}`, score: each }))]]);
        expect([...(await read('scores.trec', runLines('t', run))).run]).toEqual([...run]);
      }),
    );
  });

  it('half a million lines in seconds', async () => {
    const text = Array.from({ length: 500_000 }, (_, i) => {
      return `${Math.floor(i / 1000)} Q0 doc${i} ${(i % 1000) + 1} ${1000 - (i % 1000)}.25 bm25\n`;
    }).join('');
    const path = await write('big.trec', text);
    const start = performance.now();
    const { value, problems } = await readRun(path, { shown: 'big.trec' });
    const took = performance.now() - start;
    expect(problems).toEqual([]);
    expect(value.size).toBe(500);
    expect(runLines('bm25', value)).toBe(text);
    expect(took).toBeLessThan(10_000);
    process.stderr.write(process.env.RERANKCTL_TEST_TIMES ? `big.trec: ${Math.round(took)} ms\n` : '');
  });
});
