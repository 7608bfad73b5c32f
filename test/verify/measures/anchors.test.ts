import { describe, expect, it } from 'vitest';
import type { Convention } from '../../../src/verify/measures/types.ts';
// Full precision, by ir_measures 0.4.3 with pytrec_eval-terrier 0.5.11 from the data of fixture.ts. By convention, run,
// measure and query. `exponential` are gains of 1, 3 and 7 for the grades 1, 2 and 3; `condensed` is judged_only.
import file from './expected.json' with { type: 'json' };
import { A, B, QRELS, SERVER, TREC } from './fixture.ts';
import { meanOf, valuesIn } from './support.ts';

const RUNS = { A, B } as const;

const expected: Readonly<Record<string, Record<string, Record<string, Record<string, number>>>>> =
  file.measures;

const CONVENTIONS: Readonly<Record<keyof typeof file.measures, Convention>> = {
  plain: TREC,
  relevantFrom2: { ...TREC, relevantFrom: 2 },
  exponential: { ...TREC, gain: 'exponential' },
  condensed: { ...TREC, unjudged: 'condensed' },
};

const CASES = Object.entries(expected).flatMap(([convention, runs]) =>
  Object.entries(runs).flatMap(([run, measures]) =>
    Object.entries(measures).map(([measure, values]) => ({ convention, run, measure, values })),
  ),
);

describe('agreement with ir_measures', () => {
  it.each(CASES)('$convention $run $measure', ({ convention, run, measure, values }) => {
    const by = CONVENTIONS[convention as keyof typeof file.measures];
    // Among equal scores ir_measures counts judged documents in ascending order of their IDs, as this run lists them.
    const ties = measure.startsWith('judged') ? 'server' : by.ties;
    const found = valuesIn(measure, { ...by, ties }, RUNS[run as keyof typeof RUNS], QRELS);
    expect(Object.keys(found)).toEqual(Object.keys(values));
    for (const [query, value] of Object.entries(values)) {
      expect(Math.abs((found[query] ?? Number.NaN) - value), `${query} of ${found[query]}`).toBeLessThan(
        1e-9,
      );
    }
  });
});

describe('the printed figures', () => {
  it.each([
    ['A', [0.52464, 0.393723, 0.567162, 0.477103, 0.417122, 0.471778, 0, 0.685348], 0.442109],
    ['B', [0.838496, 0.60527, 0.863902, 0.861044, 0.897221, 0.858196, 0, 0.666825], 0.698869],
  ] as const)('nDCG@10 of %s, query by query', (run, values, mean) => {
    const found = valuesIn('ndcg@10', SERVER, RUNS[run], QRELS);
    expect(Object.values(found).map((value) => Number(value.toFixed(6)))).toEqual(values);
    expect(meanOf(found)).toBeCloseTo(mean, 6);
  });

  it.each([
    ['A', [0.239875, 0.380349, 0.4375, 0.375, 0.341667, 0.125, 0.95]],
    ['B', [0.683403, 0.639139, 0.8125, 0.65, 0.604167, 0.75, 0.95]],
  ] as const)('means of %s', (run, means) => {
    const names = ['ndcg@5', 'map@10', 'mrr@10', 'p@5', 'r@5', 'success@1', 'judged@5'];
    const found = names.map((name) => Number(meanOf(valuesIn(name, SERVER, RUNS[run], QRELS)).toFixed(6)));
    expect(found).toEqual(means);
  });

  it('exponential gain is another figure', () => {
    const found = valuesIn('ndcg@5', { ...SERVER, gain: 'exponential' }, B, QRELS);
    expect(meanOf(found)).toBeCloseTo(0.693143, 6);
  });

  it('precision of four hits, all relevant, is 0.8 of five', () => {
    expect(valuesIn('p@5', SERVER, B, QRELS).q8).toBe(0.8);
  });
});
