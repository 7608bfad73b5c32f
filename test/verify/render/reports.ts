import type { ArmHit, Proof, VerificationReport } from '../../../src/verify/report.ts';
import { EMPTY_REPORT } from '../support.ts';
import {
  comparison,
  FAILED,
  FAST_ENOUGH,
  gateOf,
  measureOf,
  missed,
  PROVEN,
  queryOf,
  RELEVANCE,
  TIMEOUT,
  UNDECIDED,
} from './parts.ts';

/** Reports made by hand. Their figures are plausible, and no test trusts that one follows from another. */

/** One query, as the first that anybody writes. */
export function small(): VerificationReport {
  return {
    ...EMPTY_REPORT,
    address: 'Verification/capital',
    index: 'my-test-data',
    searchPipeline: 'rerank_pipeline',
    queries: [
      queryOf('q1', {
        expectations: [
          { kind: 'first', what: '_id is "washington"', pass: true, actual: '_id washington', foundAt: 1 },
        ],
      }),
    ],
  };
}

/** Two hundred judged queries, all in order. */
export function many(): VerificationReport {
  const queries = Array.from({ length: 200 }, (_, i) => {
    const delta = i < 121 ? 0.002 * (i + 1) : i < 161 ? 0 : -0.004 * (i - 160);
    const measures = { 'ndcg@10': { unreranked: 0.5, reranked: 0.5 + delta } };
    return queryOf(`q${i + 1}`, { labels: { group: i % 2 === 0 ? 'head' : 'tail' }, measures });
  });
  return {
    ...EMPTY_REPORT,
    address: 'Verification/scifact',
    index: 'scifact',
    searchPipeline: 'rerank',
    measuredOn: { ...EMPTY_REPORT.measuredOn, judgments: '90be'.repeat(16), models: ['c7d2'.repeat(16)] },
    queries,
    relevance: RELEVANCE,
    change: {
      queries: 200,
      rbo: 0.61,
      tau: 0.31,
      overlap: 1,
      meanDisplacement: 4.2,
      maxDisplacement: 19,
      newFirst: 0.45,
    },
    latency: {
      unreranked: { n: 200, meanMs: 4.4, p50Ms: 4, p95Ms: 9, p99Ms: 12 },
      reranked: { n: 200, meanMs: 318, p50Ms: 310, p95Ms: 402.3, p99Ms: 440 },
    },
    canaries: [
      {
        queryText: 'How many people live in Berlin?',
        passages: [{ text: 'Berlin had 3,520,031 inhabitants.', score: 8.607, expected: 8.607 }],
        pass: true,
        problem: '',
      },
    ],
    gates: [gateOf()],
    baseline: {
      file: 'baselines/scifact.json',
      state: 'compared',
      differences: [],
      measures: {
        'ndcg@10': comparison({
          meanDelta: 0.0021,
          interval: { low: -0.0062, high: 0.0104 },
          p: 0.62,
          wins: 18,
          ties: 167,
          losses: 15,
        }),
      },
    },
    warnings: ['2 queries without judgments, left out of the figures: q7, q9.'],
  };
}

/** A gate that fails, one that nothing decides, a wrong canary, and three queries that miss what was expected. */
export function failing(): VerificationReport {
  const base = many();
  return {
    ...base,
    verdict: 'fail',
    queries: base.queries.map((query, i) => (i % 80 === 3 ? missed(query) : query)),
    gates: [gateOf(), FAST_ENOUGH, UNDECIDED],
    canaries: [
      ...base.canaries,
      {
        queryText: 'Which planet is red?',
        passages: [{ text: 'Mars.', score: 1.25, expected: 9.6875 }],
        pass: false,
        problem: 'passage 1 scores 1.25 and not 9.6875 ± 0.1',
      },
    ],
  };
}

export function inconclusive(): VerificationReport {
  return { ...many(), verdict: 'inconclusive', gates: [gateOf(), UNDECIDED] };
}

/** In no query is it proven that the reranker ran, and for the same reason. */
export function unproven(): VerificationReport {
  const base = many();
  const proof: Proof = { ...PROVEN, ran: false, reasons: [FAILED] };
  return {
    ...base,
    verdict: 'fail',
    queries: base.queries.map((query) => ({ ...query, verdict: 'fail', proof })),
  };
}

/** Nobody has judged anything, and no search was answered. */
export function broken(): VerificationReport {
  return {
    ...EMPTY_REPORT,
    address: 'Verification/gone',
    index: 'gone',
    searchPipeline: 'rerank',
    verdict: 'error',
    queries: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => {
      const { measures: _measures, change: _change, ...query } = queryOf(id);
      return {
        ...query,
        verdict: 'error',
        window: 0,
        unreranked: null,
        reranked: null,
        proof: { ...PROVEN, ran: false, processor: null, tookMs: null, fields: null },
        error: TIMEOUT,
      };
    }),
  };
}

/** Three arms, the third with a long name, as of a comparison of models. */
export function threeArms(): VerificationReport {
  const base = many();
  const arms = ['unreranked', 'reranked', 'rerank-minilm-l12-quantised-2026'];
  return {
    ...base,
    arms,
    relevance: {
      ...RELEVANCE,
      measures: RELEVANCE.measures.map(({ measure }, i) =>
        measureOf(measure, { unreranked: 0.5, reranked: 0.6 - i / 20, [arms[2] ?? '']: 0.62 }),
      ),
      segments: [],
    },
  };
}

/** Run files: no texts, no proof, and arms with names of their own. */
export function offline(): VerificationReport {
  const base = many();
  const arms = ['bm25', 'cross-encoder'];
  const plain = <Hit extends ArmHit>(hits: readonly Hit[]): Hit[] =>
    hits.map((each) => ({ ...each, text: '' }));
  return {
    ...base,
    address: 'Verification/offline',
    index: '',
    searchPipeline: '',
    arms,
    measuredOn: { ...base.measuredOn, server: null, models: [] },
    queries: base.queries.slice(0, 8).map((query, i) => ({
      ...query,
      queryText: '',
      proof: null,
      unreranked: query.unreranked && { tookMs: 0, elapsedMs: 0, hits: plain(query.unreranked.hits) },
      reranked: query.reranked && { tookMs: 0, elapsedMs: 0, hits: plain(query.reranked.hits) },
      measures: { 'ndcg@10': { bm25: 0.5, 'cross-encoder': 0.8 - i / 10 } },
    })),
    relevance: {
      ...RELEVANCE,
      measures: [measureOf('ndcg@10', { bm25: 0.5, 'cross-encoder': 0.61 })],
      segments: [],
    },
    latency: {},
    canaries: [],
    gates: [],
    baseline: null,
    warnings: [],
  };
}
