import {
  type QueryReport,
  type Verdict,
  type VerificationReport,
  worstOf,
} from '../../../src/verify/report.ts';
import { fixture, PROVEN } from './fixture.ts';

/** Nothing to be proud of: an index that is gone, a pipeline that hides a failure, and nobody has judged anything. */
export function troubled(): VerificationReport {
  const base = fixture({ queries: 3, hits: 6, judged: false, name: 'broken-pipeline' });
  const [first, second, third] = base.queries as [QueryReport, QueryReport, QueryReport];
  const queries: QueryReport[] = [
    {
      ...first,
      verdict: 'error',
      window: 0,
      unreranked: null,
      reranked: null,
      proof: { ...PROVEN, ran: false, processor: null, tookMs: null, fields: null },
      expectations: [],
      error: {
        severity: 'error',
        code: 'RCTL_INDEX_NOT_FOUND',
        message: 'There is no index [articles-2025-05] in this cluster.',
        remedy: 'Create it, or mend spec.index.',
      },
    },
    {
      ...second,
      verdict: 'fail',
      proof: {
        ...PROVEN,
        ran: false,
        reasons: [
          {
            code: 'ignored_failure',
            message: 'The processor rerank failed, and ignore_failure hides it: model is not deployed',
            remedy:
              'Searches through rerank-minilm return unreranked hits without a word. Mend the cause; without ignore_failure they would say so.',
          },
        ],
        warnings: ['Two hits have no text in passage_text.'],
      },
      expectations: [
        {
          kind: 'first',
          what: 'passage_text contains "Washington, D.C."',
          pass: false,
          actual:
            '_id doc-7, passage_text "Carson City is the capital city of the American state of Nevada."',
          foundAt: null,
        },
      ],
    },
    {
      ...third,
      verdict: 'pass',
      unreranked: third.unreranked && { ...third.unreranked, hits: [] },
      reranked: third.reranked && { ...third.reranked, hits: [] },
      window: 0,
    },
  ];
  const verdicts: Verdict[] = queries.map(({ verdict }) => verdict);
  return {
    ...base,
    verdict: worstOf(verdicts),
    queries: queries.map(({ change: _, ...query }) => query),
    change: null,
    canaries: [
      {
        queryText: 'Which planet is known as the Red Planet?',
        passages: [
          { text: 'Mars is often referred to as the Red Planet.', score: null, expected: 9.69 },
          { text: 'Venus is often called Earth’s twin.', score: null, expected: -6.53 },
        ],
        pass: false,
        problem: 'The model gave no scores: it is not deployed.',
      },
    ],
    gates: [
      {
        rule: 'ndcg@10 of reranked >= 0.42',
        verdict: 'inconclusive',
        actual: null,
        threshold: 0.42,
        interval: null,
        unit: 'measure',
        n: 0,
        because: 'there are no judgments to compute it from: name judgments in the manifest',
        pointer: '/spec/gates/0',
      },
      {
        rule: 'p95 of reranked / unreranked <= 3',
        verdict: 'fail',
        actual: 11.4,
        threshold: 3,
        interval: null,
        unit: 'times',
        n: 2,
        because: 'too slow',
        pointer: '/spec/gates/1',
      },
    ],
    baseline: {
      file: 'baselines/broken.json',
      state: 'different',
      differences: ['other judgments', 'another model'],
      measures: {},
    },
    warnings: ['3 queries without judgments, left out of the figures: q1, q2, q3.'],
  };
}
