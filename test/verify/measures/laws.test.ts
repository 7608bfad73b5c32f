import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headroom, oracleRanking, windowRecall } from '../../../src/verify/measures/headroom.ts';
import { hasRelevant, measureRanking } from '../../../src/verify/measures/trec.ts';
import type { Convention, Grades, Ranked } from '../../../src/verify/measures/types.ts';
import { grades, ordered, SERVER, TREC } from './fixture.ts';
import { measure } from './support.ts';

const NAMES = [
  'ndcg@5',
  'ndcg',
  'mrr@3',
  'mrr',
  'map@5',
  'map',
  'p@5',
  'p',
  'r@5',
  'r',
  'success@2',
  'bpref',
];
const documents = Array.from({ length: 14 }, (_, i) => `d${i}`);

const convention: fc.Arbitrary<Convention> = fc.record({
  gain: fc.constantFrom('linear', 'exponential'),
  relevantFrom: fc.constantFrom(1, 2),
  ties: fc.constantFrom('server', 'trec'),
  unjudged: fc.constantFrom('nonrelevant', 'condensed'),
});
const name = fc.constantFrom(...NAMES, 'judged@5', 'judged');
const judged: fc.Arbitrary<Grades> = fc
  .uniqueArray(fc.constantFrom(...documents, 'never-found'), { minLength: 1 })
  .chain((known) =>
    fc
      .array(fc.integer({ min: -1, max: 3 }), { minLength: known.length, maxLength: known.length })
      .map((each) => new Map(known.map((document, i) => [document, each[i] ?? 0]))),
  );
const hits: fc.Arbitrary<Ranked[]> = fc
  .shuffledSubarray(documents)
  .chain((found) =>
    fc
      .array(fc.constantFrom(3, 2, 1, 0.5, -1), { minLength: found.length, maxLength: found.length })
      .map((scores) => found.map((document, i) => ({ document, score: scores[i] ?? 0 }))),
  );

describe('laws', () => {
  it('every figure is between 0 and 1', () => {
    fc.assert(
      fc.property(name, convention, hits, judged, (text, by, ranking, known) => {
        const value = measureRanking(measure(text), by, ranking, known);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
      }),
      { numRuns: 1000 },
    );
  });

  it('all judged documents in the ideal order have an nDCG of 1, at any depth', () => {
    fc.assert(
      fc.property(fc.constantFrom('ndcg@1', 'ndcg@5', 'ndcg'), convention, judged, (text, by, known) => {
        fc.pre([...known.values()].some((grade) => grade > 0));
        const ideal = oracleRanking(ordered(...known.keys()), known);
        expect(measureRanking(measure(text), by, ideal, known)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('no order of a window is better than the oracle, by any measure', () => {
    fc.assert(
      fc.property(name, convention, hits, judged, (text, by, ranking, known) => {
        const best = measureRanking(measure(text), by, oracleRanking(ranking, known), known);
        expect(best).toBeGreaterThanOrEqual(measureRanking(measure(text), by, ranking, known) - 1e-12);
      }),
      { numRuns: 1000 },
    );
  });

  it('with ties as in trec_eval the order of the answer does not count, only its scores', () => {
    fc.assert(
      fc.property(
        name,
        hits.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        judged,
        (text, [one, other], known) => {
          const [left, right] = [one, other].map((each) => measureRanking(measure(text), TREC, each, known));
          expect(left).toBe(right);
        },
      ),
    );
  });

  it('a document that comes twice counts at its first place', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), hits, judged, (text, ranking, known) => {
        const twice = [...ranking, ...ranking];
        const [one, two] = [ranking, twice].map((each) => measureRanking(measure(text), SERVER, each, known));
        expect(two).toBe(one);
      }),
    );
  });

  it('deeper recall is never less', () => {
    fc.assert(
      fc.property(hits, judged, (ranking, known) => {
        const at = ['r@1', 'r@3', 'r@10', 'r'].map((text) =>
          measureRanking(measure(text), SERVER, ranking, known),
        );
        expect(at).toEqual([...at].sort((left, right) => left - right));
      }),
    );
  });
});

describe('edges', () => {
  const known = grades(['a:2', 'b:0', 'c:1']);

  it('an answer without hits has 0 of everything', () => {
    for (const text of [...NAMES, 'judged@5', 'judged']) {
      expect(measureRanking(measure(text), SERVER, [], known), text).toBe(0);
    }
  });

  it('judged documents are a share of the hits that there are', () => {
    const at = (k: number) =>
      measureRanking(measure(`judged@${k}`), SERVER, ordered('a', 'x', 'b', 'y'), known);
    expect([at(1), at(2), at(3), at(4), at(10)]).toEqual([1, 1 / 2, 2 / 3, 1 / 2, 1 / 2]);
  });

  it('equal scores stand by the bytes of their IDs, descending', () => {
    // As UTF-16 the emoji would be before the last character of the basic plane, as bytes it is behind.
    const tied = ['\uffee', '😀', 'z'].map((document) => ({ document, score: 1 }));
    const placeOf = (document: string) =>
      1 / measureRanking(measure('mrr'), TREC, tied, new Map([[document, 1]]));
    expect(['😀', '\uffee', 'z'].map(placeOf)).toEqual([1, 2, 3]);
  });

  it('keeps the order of the server where a hit has no score', () => {
    const sorted = [
      { document: 'a', score: 1 },
      { document: 'c', score: null },
      { document: 'b', score: 2 },
    ];
    expect(measureRanking(measure('mrr'), TREC, sorted, known)).toBe(1);
  });

  it('huge grades with exponential gain are still a number', () => {
    const clicks = grades(['a:3000', 'b:2999', 'c:0']);
    const by = { ...SERVER, gain: 'exponential' } as const;
    expect(measureRanking(measure('ndcg'), by, ordered('a', 'b'), clicks)).toBe(1);
    const swapped = measureRanking(measure('ndcg'), by, ordered('b', 'a'), clicks);
    expect(swapped).toBeCloseTo((0.5 + 1 / Math.log2(3)) / (1 + 0.5 / Math.log2(3)), 12);
  });

  it('knows queries with nothing to find', () => {
    expect(hasRelevant(known, SERVER)).toBe(true);
    expect(hasRelevant(known, { relevantFrom: 3 })).toBe(false);
    expect(hasRelevant(new Map(), SERVER)).toBe(false);
  });
});

describe('headroom', () => {
  const known = grades(['a:3', 'b:0', 'c:1', 'away:2', 'bad:-1']);

  it('the best order is by grade, and unjudged documents come last', () => {
    const best = oracleRanking(ordered('bad', 'x', 'b', 'c', 'a'), known);
    expect(best.map(({ document }) => document)).toEqual(['a', 'c', 'b', 'bad', 'x']);
  });

  it('the window has its share of what is relevant', () => {
    expect(windowRecall(ordered('x', 'c', 'a', 'c'), known, SERVER)).toBeCloseTo(2 / 3, 15);
    expect(windowRecall(ordered('x', 'c', 'a'), known, { ...SERVER, relevantFrom: 2 })).toBe(0.5);
    expect(windowRecall(ordered('x'), grades(['x:0']), SERVER)).toBe(0);
  });

  it('tells how much of what is possible the reranker has brought', () => {
    const mrr = measure('mrr@10');
    const query = { window: ordered('b', 'x', 'a'), grades: known, unreranked: 1 / 3, reranked: 1 / 2 };
    const found = headroom(mrr, SERVER, [
      query,
      { ...query, window: ordered('b'), unreranked: 0, reranked: 0 },
    ]);
    expect(found).toMatchObject({ measure: 'mrr@10', oracle: 0.5 });
    expect(found.windowRecall).toBeCloseTo(1 / 6, 12);
    expect(found.used).toBeCloseTo((1 / 4 - 1 / 6) / (1 / 2 - 1 / 6), 12);
  });

  it('uses nothing of nothing', () => {
    const query = { window: ordered('a'), grades: grades(['a:1']), unreranked: 1, reranked: 1 };
    expect(headroom(measure('mrr'), SERVER, [query]).used).toBeNull();
  });
});
