import type { Diagnostic } from '../../../src/core/diagnostic.ts';
import { compareArms } from '../../../src/verify/compare.ts';
import type {
  ArmHit,
  Gate,
  MeasureReport,
  Proof,
  QueryReport,
  Reason,
  Relevance,
} from '../../../src/verify/report.ts';
import type { PairedComparison } from '../../../src/verify/statistics/types.ts';
import { hit, PASSAGES, QUESTION } from '../support.ts';

/** What reports are made of by hand. */

export const PROVEN: Proof = {
  ran: true,
  processor: 'rerank',
  tookMs: 46.2,
  fields: ['passage_text'],
  reasons: [],
  warnings: [],
};

export const FAILED: Reason = {
  code: 'ignored_failure',
  message: 'The processor rerank failed, and ignore_failure hides it: model is not deployed.',
  remedy: 'Deploy the model; without ignore_failure the search would have said so.',
};

const IDS = ['nevada', 'mariana', 'washington', 'punishment'] as const;
const doc = (rank: number, id: keyof typeof PASSAGES, score: number) =>
  hit(rank, id, score, { passage_text: PASSAGES[id] });

const compared = compareArms(
  IDS.map((id, i) => doc(i + 1, id, 2 - i / 4)),
  [doc(1, 'washington', 5.43), doc(2, 'nevada', 4.16), doc(3, 'punishment', 3.16), doc(4, 'mariana', 2.71)],
  { fields: ['passage_text'], documentId: '_id' },
);
const GRADES: Readonly<Record<string, number>> = { washington: 2, nevada: 0, mariana: 0 };
const judged = <Hit extends ArmHit>(all: readonly Hit[]): Hit[] =>
  all.map((each) => ({ ...each, grade: GRADES[each.document] ?? null }));

/** A query with two judged answers that passed. */
export function queryOf(id: string, part: Partial<QueryReport> = {}): QueryReport {
  return {
    id,
    queryText: QUESTION,
    labels: { group: 'head' },
    verdict: 'pass',
    window: 4,
    unreranked: { tookMs: 2, elapsedMs: 5, hits: judged(compared.unreranked) },
    reranked: { tookMs: 3, elapsedMs: 310, hits: judged(compared.reranked) },
    others: [],
    proof: PROVEN,
    expectations: [],
    measures: { 'ndcg@10': { unreranked: 0.5, reranked: 1 }, 'mrr@10': { unreranked: 0.3333, reranked: 1 } },
    change: {
      rbo: 0.61,
      tau: 0.3333,
      overlap: 1,
      meanDisplacement: 1.5,
      maxDisplacement: 2,
      newFirst: true,
    },
    ...part,
  };
}

export const comparison = (part: Partial<PairedComparison> = {}): PairedComparison => ({
  n: 200,
  meanDelta: 0.0898,
  interval: { low: 0.0613, high: 0.1184 },
  effectSize: 0.43,
  wins: 121,
  ties: 40,
  losses: 39,
  p: 0.0001,
  exact: false,
  smallestP: 1e-4,
  detectable: 0.0412,
  ...part,
});

export function measureOf(measure: string, means: Readonly<Record<string, number>>): MeasureReport {
  const [first = '', ...others] = Object.keys(means);
  const kind = measure.startsWith('ndcg') ? 'gain=linear,ideal=cut' : 'rel>=1';
  return {
    measure,
    convention: `${measure}[${kind},ties=server]`,
    arms: Object.fromEntries(
      Object.entries(means).map(([arm, mean]) => [
        arm,
        { mean, interval: { low: mean - 0.031, high: mean + 0.0309 } },
      ]),
    ),
    lift: Object.fromEntries(
      others.map((arm) => {
        const meanDelta = (means[arm] ?? 0) - (means[first] ?? 0);
        const interval = { low: meanDelta - 0.0285, high: meanDelta + 0.0286 };
        return [arm, comparison({ meanDelta, interval })];
      }),
    ),
  };
}

export function gateOf(part: Partial<Gate> = {}): Gate {
  return {
    rule: 'ndcg@10 of reranked >= 0.55',
    verdict: 'pass',
    actual: 0.6021,
    threshold: 0.55,
    interval: { low: 0.5711, high: 0.633 },
    unit: 'measure',
    n: 200,
    because: 'the mean is there',
    location: { file: 'verify/scifact.yaml', line: 31, column: 7 },
    pointer: '/spec/gates/0',
    ...part,
  };
}

export const FAST_ENOUGH = gateOf({
  rule: 'p95 of reranked <= 400 ms',
  verdict: 'fail',
  actual: 402.3,
  threshold: 400,
  interval: null,
  unit: 'ms',
  because: 'too slow',
  location: { file: 'verify/scifact.yaml', line: 35, column: 7 },
  pointer: '/spec/gates/2',
});

export const UNDECIDED = gateOf({
  rule: 'ndcg@10 of reranked - unreranked >= 0.08',
  verdict: 'inconclusive',
  actual: 0.0898,
  threshold: 0.08,
  interval: { low: 0.0613, high: 0.1184 },
  because: 'the 95 % interval holds the bound: more judged queries would decide',
  location: { file: 'verify/scifact.yaml', line: 33, column: 7 },
  pointer: '/spec/gates/1',
});

export const RELEVANCE: Relevance = {
  queries: 200,
  withoutJudgments: [],
  withoutRelevant: [],
  unanswered: [],
  unknownQueries: [],
  confidence: 0.95,
  measures: [
    measureOf('ndcg@10', { unreranked: 0.5123, reranked: 0.6021 }),
    measureOf('mrr@10', { unreranked: 0.4871, reranked: 0.5702 }),
    measureOf('judged@10', { unreranked: 0.9731, reranked: 0.9698 }),
  ],
  headroom: { measure: 'ndcg@10', windowRecall: 0.81, oracle: 0.8302, used: 0.2825 },
  segments: ['head', 'tail'].map((value, i) => ({
    label: 'group',
    value,
    queries: 100,
    measures: {
      'ndcg@10': measureOf('ndcg@10', { unreranked: 0.6 - i * 0.2, reranked: 0.68 - i * 0.19 }),
    },
  })),
};

/** What a query is that misses its expectation. */
export function missed(query: QueryReport): QueryReport {
  return {
    ...query,
    verdict: 'fail',
    expectations: [
      {
        kind: 'first',
        what: 'passage_text contains "Saipan"',
        pass: false,
        actual: `_id washington, passage_text ${JSON.stringify(PASSAGES.washington.slice(0, 110))}`,
        foundAt: 4,
      },
    ],
  };
}

export const TIMEOUT: Diagnostic = {
  severity: 'error',
  code: 'RCTL_TIMEOUT',
  message: 'The search took longer than 30 s.',
  remedy: 'Give the model more threads, or make the window smaller (size).',
};
