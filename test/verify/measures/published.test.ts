import { describe, expect, it } from 'vitest';
import { measureRanking } from '../../../src/verify/measures/trec.ts';
import type { Convention, Grades, Ranked } from '../../../src/verify/measures/types.ts';
import { grades, ordered, SERVER, TREC } from './fixture.ts';
import { measure } from './support.ts';

/** What the test suites of other tools expect of them. */
function value(
  name: string,
  hits: readonly Ranked[],
  judged: Grades,
  chosen: Partial<Convention> = {},
): number {
  return measureRanking(measure(name), { ...TREC, ...chosen }, hits, judged);
}

/** `D0 .8` */
function scored(text: string): Ranked[] {
  return text.split(', ').map((each) => {
    const [document = '', score] = each.split(' ');
    return { document, score: Number(score) };
  });
}

describe('ir_measures, tests of its providers', () => {
  const judged = grades(['D0:0', 'D1:1', 'D2:1', 'D3:2', 'D4:0']);
  // D3 is listed after D1 and has the higher score.
  const hits = scored('D0 .8, D2 .7, D1 .3, D3 .4, D4 .1');

  it.each([
    ['ndcg', {}, 0.6584645692843067],
    ['ndcg@2', {}, 0.23981246656813146],
    ['ndcg', { gain: 'exponential' }, 0.6201040599710453],
    ['ndcg@2', { gain: 'exponential' }, 0.17376534287144002],
    ['map', {}, 0.6388888888888888],
    ['mrr', {}, 0.5],
    ['mrr', { relevantFrom: 2 }, 0.3333333333333333],
    ['p@5', {}, 0.6],
    ['p@5', { relevantFrom: 2 }, 0.2],
    ['r@5', {}, 1],
    ['r@2', {}, 0.3333333333333333],
    ['r@2', { relevantFrom: 2 }, 0],
  ] as const)('%s %j', (name, chosen, expected) => {
    expect(value(name, hits, judged, chosen)).toBeCloseTo(expected, 14);
  });

  it('the rank is in the scores: in the order of the list the figure is another', () => {
    expect(value('ndcg', hits, judged, { ties: 'server' })).not.toBeCloseTo(0.6584645692843067, 4);
  });
});

describe('ir_measures, a second query, exponential gain and negative grades', () => {
  const hits = scored('D1 .8, D3 .7, D4 .3, D2 .4');

  it('exponential', () => {
    const judged = grades(['D0:1', 'D3:2', 'D5:2']);
    expect(value('ndcg@20', hits, judged, { gain: 'exponential' })).toBeCloseTo(0.35099, 5);
    expect(value('ndcg@2', hits, judged, { gain: 'exponential' })).toBeCloseTo(0.38685, 5);
  });

  it('a negative grade is worth nothing', () => {
    const first = scored('D0 .8, D2 .7, D1 .3, D3 .4, D4 .1');
    const second = scored('D1 .8, D4 .7, D3 .3, D2 .4');
    const [left, right] = [
      grades(['D0:1', 'D1:-1', 'D2:0', 'D3:2', 'D4:0']),
      grades(['D0:1', 'D3:2', 'D4:-1', 'D5:0']),
    ];
    // Published as 0.76018, which is cut and not rounded.
    expect(value('ndcg', first, left)).toBeCloseTo(0.760188, 6);
    expect(value('ndcg@3', first, left)).toBeCloseTo(0.760188, 6);
    expect(value('ndcg', second, right)).toBeCloseTo(0.32739, 5);
    expect(value('ndcg@3', second, right)).toBe(0);
  });
});

describe('ir_measures, README', () => {
  it.each([
    ['map', 0.75, {}],
    ['ndcg', 0.8154648767857288, {}],
    ['ndcg@10', 0.8154648767857288, {}],
    ['mrr', 0.75, {}],
    ['p@10', 0.05, { relevantFrom: 2 }],
  ] as const)('%s is %d on average', (name, expected, chosen) => {
    const first = value(name, scored('D0 1.2, D1 1.0'), grades(['D0:0', 'D1:1']), chosen);
    const second = value(name, scored('D0 2.4, D3 3.6'), grades(['D0:0', 'D3:2']), chosen);
    expect((first + second) / 2).toBeCloseTo(expected, 14);
  });
});

describe('pytrec_eval, test_ndcg', () => {
  it.each([
    ['d1 1, d2 0, d3 1.5', 0.5],
    ['d1 1, d2 2, d3 1.5', 1],
    ['d1 4, d2 2, d3 1.5', 0.6309297535714575],
  ])('%s', (hits, expected) => {
    expect(value('ndcg', scored(hits), grades(['d1:0', 'd2:1', 'd3:0']))).toBeCloseTo(expected, 14);
  });
});

describe('search-relevance, EvaluationTests', () => {
  const documents = Array.from({ length: 20 }, (_, i) => `d${i + 1}`);
  const judged = new Map(documents.map((document, i) => [document, (i + 1) % 3]));
  const hits = ordered(...documents);
  const exponential = { ...SERVER, gain: 'exponential' } as const;

  it.each([
    ['p@20', 20, 0.7],
    ['map@20', 20, 0.76],
    ['ndcg@20', 20, 0.76],
    ['ndcg@5', 5, 0.51],
    ['ndcg@8', 5, 0.4],
  ])('%s of the first %d is %d, to two digits', (name, n, expected) => {
    expect(value(name, hits.slice(0, n), judged, exponential)).toBeCloseTo(expected, 2);
  });

  it.each([
    ['ndcg@20', 20, 'exponential', 0.7603307467],
    ['ndcg@5', 5, 'exponential', 0.506934194],
    ['ndcg@8', 5, 'exponential', 0.399308847],
    ['map@20', 20, 'exponential', 0.7589817662],
    ['ndcg@20', 20, 'linear', 0.806869365],
  ] as const)('%s of the first %d with %s gain is %d', (name, n, gain, expected) => {
    expect(value(name, hits.slice(0, n), judged, { gain })).toBeCloseTo(expected, 9);
  });
});
