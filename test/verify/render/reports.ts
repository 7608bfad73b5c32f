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
  VerificationReport,
} from '../../../src/verify/report.ts';
import type { PairedComparison } from '../../../src/verify/statistics/types.ts';
import { EMPTY_REPORT, hit, PASSAGES, QUESTION } from '../support.ts';

/** Reports made by hand. Their figures are plausible, and no test trusts that one follows from another. */

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

const RELEVANCE: Relevance = {
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

export const TIMEOUT: Diagnostic = {
  severity: 'error',
  code: 'RCTL_TIMEOUT',
  message: 'The search took longer than 30 s.',
  remedy: 'Give the model more threads, or make the window smaller (size).',
};

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

/** Every field of a report, each at least once. */
export function rich(): VerificationReport {
  const base = threeArms();
  const location = { file: 'verify/scifact.yaml', line: 1, column: 1 };
  const whole: Required<Diagnostic> = {
    ...TIMEOUT,
    remedy: 'Wait.',
    address: 'Verification/scifact',
    pointer: '/spec',
    location,
    snippet: 'kind: Verification',
  };
  const gone = hit(1, 'gone', null, { t: 'fell out' });
  const came = hit(1, 'new', 1, { t: 'came in' });
  const moved = compareArms([gone], [came], { fields: ['t'], documentId: '_id' });
  const times = { tookMs: 1, elapsedMs: 1.5 };
  const query = queryOf('full', {
    others: [{ name: 'third', ...times, hits: moved.reranked }],
    expectations: missed(queryOf('x')).expectations,
    proof: { ...PROVEN, ran: false, reasons: [FAILED], warnings: ['Odd.'] },
    verdict: 'fail',
  });
  const outside = queryOf('moved', {
    unreranked: { ...times, hits: moved.unreranked },
    reranked: { ...times, hits: moved.reranked },
  });
  const failed = queryOf('failed', {
    verdict: 'error',
    unreranked: null,
    reranked: null,
    proof: null,
    error: whole,
  });
  return {
    ...base,
    verdict: 'error',
    queries: [query, outside, failed],
    relevance: {
      ...RELEVANCE,
      withoutJudgments: ['a'],
      withoutRelevant: ['b'],
      unanswered: ['failed'],
      unknownQueries: ['c'],
    },
    canaries: failing().canaries,
    gates: failing().gates,
  };
}

/** Texts that try to break out of wherever they are put. */
export const HOSTILE = [
  '\u001b[2J\u001b]0;title\u0007 cleared\r\n::set-output name=x::1',
  '| a | b |\n|---|---|\n`code` ``` **bold** _em_ ~~no~~ [x](https://evil.example) ![i](http://evil.example/p.png)',
  '</details></summary><script>alert(1)</script><img src=x onerror=alert(1)> &lt;b&gt; <!-- no end',
  '@octocat @org/team see #1, org/repo#2, GH-3, www.evil.example and a@evil.example, $x^2$ :tada:',
  ']]> <![CDATA[ <?xml version="1.1"?> <!DOCTYPE a> &amp; \u0000\u0008\u000b\ufffe\uffff "\'',
  '\ud800 half, \u202egnp.exe, 日本語の首都は東京です, 😀, עברית, e\u0301',
] as const;

/** The report with one of them wherever a text may stand. */
export function hostile(): VerificationReport {
  const base = failing();
  const at = (i: number): string => HOSTILE[i % HOSTILE.length] ?? '';
  const spoiled = <Hit extends ArmHit>(hits: readonly Hit[], i: number): Hit[] =>
    hits.map((each, place) => ({
      ...each,
      _id: `${place} ${at(i + place)}`,
      document: `${place} ${at(i + place)}`,
      text: at(i + place + 1),
    }));
  return {
    ...base,
    address: `Verification/${HOSTILE[2]}`,
    index: at(2),
    searchPipeline: at(0),
    queries: base.queries.slice(0, 12).map((query, i) => ({
      ...query,
      id: `${i} ${at(i)}`,
      queryText: at(i + 1),
      labels: { [at(i)]: at(i + 2) },
      verdict: 'fail',
      unreranked: query.unreranked && { ...query.unreranked, hits: spoiled(query.unreranked.hits, i) },
      reranked: query.reranked && { ...query.reranked, hits: spoiled(query.reranked.hits, i) },
      proof: {
        ...PROVEN,
        ran: i % 2 === 0,
        processor: at(i),
        reasons: i % 2 === 0 ? [] : [{ ...FAILED, message: at(i), remedy: at(i + 1) }],
        warnings: [at(i + 2)],
      },
      expectations: [{ kind: 'first', what: at(i), pass: false, actual: at(i + 1), foundAt: null }],
    })),
    relevance: base.relevance && {
      ...base.relevance,
      segments: base.relevance.segments.map((segment, i) => ({ ...segment, label: at(i), value: at(i + 1) })),
    },
    gates: base.gates.map((gate, i) => ({
      ...gate,
      rule: at(i),
      because: at(i + 1),
      location: { file: at(i + 3), line: 3, column: 1 },
    })),
    canaries: HOSTILE.map((text, i) => ({ queryText: text, passages: [], pass: false, problem: at(i + 1) })),
    baseline: base.baseline && { ...base.baseline, file: at(1), state: 'different', differences: [at(3)] },
    warnings: [...HOSTILE],
  };
}

export const ALL = {
  small,
  many,
  failing,
  inconclusive,
  unproven,
  broken,
  threeArms,
  offline,
  rich,
  hostile,
} as const;
