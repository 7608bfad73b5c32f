import { describe, expect, test } from 'vitest';
import type { VerificationGate } from '../../src/generated/specs.ts';
import { gateRule, inWords } from '../../src/verify/gate-rule.ts';
import { judgeGates, type Measured } from '../../src/verify/gates.ts';
import type { QueryReport } from '../../src/verify/report.ts';
import { verificationOf } from './support.ts';

/** Queries with the figures of both arms. */
function queriesWith(figures: readonly (readonly [number, number])[], ms = 10): QueryReport[] {
  return figures.map(([unreranked, reranked], i) => ({
    id: `q${i + 1}`,
    queryText: '',
    labels: { half: i % 2 === 0 ? 'even' : 'odd' },
    verdict: 'pass',
    window: 10,
    unreranked: { tookMs: 1, elapsedMs: ms, hits: [] },
    reranked: { tookMs: 1, elapsedMs: ms * 20 + i, hits: [] },
    others: [],
    proof: null,
    expectations: [],
    measures: { 'ndcg@10': { unreranked, reranked } },
  }));
}

function judge(gate: VerificationGate, queries: readonly QueryReport[], more: Partial<Measured> = {}) {
  const rule = gateRule(gate, '/spec/gates/0');
  if ('message' in rule) throw new Error(rule.message);
  const experiment = {
    resource: verificationOf({}),
    gates: [rule],
    judgments: new Map([['q1', new Map([['d', 1]])]]),
    statistics: { confidence: 0.95, resamples: 2000, seed: 1 },
  } as unknown as Measured['experiment'];
  const [judged] = judgeGates({ experiment, queries, baseline: null, baselineDeltas: () => [], ...more });
  if (judged === undefined) throw new Error('no gate');
  return judged;
}

const compared = { file: 'b.json', state: 'compared', differences: [], measures: {} } as const;
const BETTER = Array.from({ length: 40 }, (_, i) => [0.4 + (i % 5) / 100, 0.6 + (i % 7) / 100] as const);

describe('a bound on the mean', () => {
  test('holds or not, by the mean alone', () => {
    expect(judge({ measure: 'ndcg@10', at_least: 0.6 }, queriesWith(BETTER))).toMatchObject({
      verdict: 'pass',
      rule: 'ndcg@10 of reranked >= 0.6',
      threshold: 0.6,
      n: 40,
      location: { file: 'v.yaml', line: 1 },
    });
    expect(judge({ measure: 'ndcg@10', at_least: 0.7 }, queriesWith(BETTER)).verdict).toBe('fail');
  });
  test('of one arm, and of queries with a label', () => {
    const gate = { measure: 'ndcg@10', arm: 'unreranked', labels: { half: 'odd' }, at_least: 0.4 };
    expect(judge(gate, queriesWith(BETTER))).toMatchObject({
      n: 20,
      rule: 'ndcg@10 of unreranked (half odd) >= 0.4',
    });
  });
  test('a mean that equals its bound but for rounding holds', () => {
    const queries = queriesWith([
      [0, 0.1],
      [0, 0.2],
      [0, 0.3],
    ]);
    expect(judge({ measure: 'ndcg@10', at_least: 0.2 }, queries).verdict).toBe('pass');
  });
});

describe('lift', () => {
  test('passes when the whole interval is above, fails when it is below', () => {
    expect(judge({ measure: 'ndcg@10', lift_at_least: 0.1 }, queriesWith(BETTER)).verdict).toBe('pass');
    expect(judge({ measure: 'ndcg@10', lift_at_least: 0.5 }, queriesWith(BETTER)).verdict).toBe('fail');
  });
  test('is inconclusive when the interval holds the bound', () => {
    const mixed = Array.from({ length: 20 }, (_, i) => [0.5, i % 2 === 0 ? 0.9 : 0.2] as const);
    const gate = judge({ measure: 'ndcg@10', lift_at_least: 0.05 }, queriesWith(mixed));
    expect(gate.verdict).toBe('inconclusive');
    expect(gate.because).toContain('more judged queries');
  });
  test('five queries cannot show it, however large it is; six can', () => {
    const of = (n: number) => queriesWith(Array.from({ length: n }, () => [0, 1] as const));
    expect(judge({ measure: 'ndcg@10', lift_at_least: 0 }, of(5))).toMatchObject({
      verdict: 'inconclusive',
      because: expect.stringContaining('at least 6'),
    });
    expect(judge({ measure: 'ndcg@10', lift_at_least: 0 }, of(6)).verdict).toBe('pass');
  });
  test('by the mean, when the manifest says so', () => {
    const gate = { measure: 'ndcg@10', lift_at_least: 0.1, by: 'mean' } as const;
    expect(judge(gate, queriesWith([[0.1, 0.3]])).verdict).toBe('pass');
  });
});

describe('the baseline', () => {
  const gate = { measure: 'ndcg@10', drop_at_most: 0.02 };
  const against = (deltas: readonly number[]) =>
    judge(gate, queriesWith(BETTER), { baseline: compared, baselineDeltas: () => deltas });
  test('the same figures again pass, with few queries too', () => {
    expect(against([0, 0, 0]).verdict).toBe('pass');
  });
  test('a drop of the mean beyond the margin fails, a drop within it passes', () => {
    expect(against(Array.from({ length: 30 }, (_, i) => -0.2 - (i % 3) / 100)).verdict).toBe('fail');
    expect(against(Array.from({ length: 60 }, (_, i) => (i % 6 === 0 ? -0.03 : 0.01))).verdict).toBe('pass');
  });
  test('one that is missing, or of other data, decides nothing and says what to do', () => {
    for (const state of ['missing', 'different'] as const) {
      const judged = judge(gate, queriesWith(BETTER), {
        baseline: { ...compared, state, differences: ['other queries'] },
      });
      expect(judged.verdict).toBe('inconclusive');
      expect(judged.because).toContain('--update-baseline');
    }
  });
});

test('no query worse than: the worst is named', () => {
  const queries = queriesWith([
    [0.5, 0.9],
    [0.8, 0.1],
  ]);
  const judged = judge({ measure: 'ndcg@10', query_drop_at_most: 0.5 }, queries);
  expect(judged).toMatchObject({ verdict: 'fail', because: expect.stringContaining('q2') });
  expect(judged.actual).toBeCloseTo(-0.7);
  expect(judge({ measure: 'ndcg@10', query_drop_at_most: 0.7 }, queries).verdict).toBe('pass');
});

describe('latency', () => {
  test('in milliseconds, and against unreranked', () => {
    expect(judge({ latency: 'p50', at_most_ms: 300 }, queriesWith(BETTER))).toMatchObject({
      verdict: 'pass',
      unit: 'ms',
    });
    expect(judge({ latency: 'p50', times_at_most: 10 }, queriesWith(BETTER))).toMatchObject({
      verdict: 'fail',
      unit: 'times',
    });
  });
  test('a percentile of too few queries is inconclusive', () => {
    expect(judge({ latency: 'p95', at_most_ms: 1 }, queriesWith(BETTER.slice(0, 10))).verdict).toBe(
      'inconclusive',
    );
    expect(judge({ latency: 'p99', at_most_ms: 1 }, queriesWith(BETTER)).verdict).toBe('inconclusive');
  });
});

test('without judgments a gate on a measure decides nothing', () => {
  const plain = queriesWith(BETTER).map(({ measures: _measures, ...query }) => query);
  expect(judge({ measure: 'ndcg@10', at_least: 0 }, plain).verdict).toBe('inconclusive');
});

test('what is no rule is told with what would be one', () => {
  const wrong: VerificationGate[] = [
    {},
    { measure: 'ndcg@10' },
    { measure: 'ndcg@10', latency: 'p95', at_least: 1 },
    { measure: 'ndcg@10', at_least: 1, lift_at_least: 1 },
    { measure: 'ndcg@10', at_most_ms: 3 },
    { latency: 'p95', at_least: 3 },
    { measure: 'ncdg@10', at_least: 1 },
  ];
  for (const gate of wrong) expect(gateRule(gate, ''), JSON.stringify(gate)).toHaveProperty('remedy');
});

test('each rule is told in words', () => {
  const words = (gate: VerificationGate): string => {
    const rule = gateRule(gate, '');
    return 'message' in rule ? rule.message : inWords(rule);
  };
  expect(words({ measure: 'MRR@10', drop_at_most: 0.01 })).toBe('mrr@10 of reranked - baseline >= -0.01');
  expect(words({ latency: 'p95', arm: 'other', at_most_ms: 9 })).toBe('p95 of other <= 9 ms');
});
