import type { Diagnostic } from '../../../src/core/diagnostic.ts';
import { compareArms } from '../../../src/verify/compare.ts';
import type { VerificationReport } from '../../../src/verify/report.ts';
import { hit } from '../support.ts';
import { FAILED, missed, PROVEN, queryOf, RELEVANCE, TIMEOUT } from './parts.ts';
import { failing, threeArms } from './reports.ts';

/** Every field of a report, each at least once. */
export function rich(): VerificationReport {
  const base = threeArms();
  const location = { file: 'verify/scifact.yaml', line: 1, column: 1 };
  const whole: Required<Diagnostic> = {
    ...TIMEOUT,
    remedy: 'Wait.',
    said: 'POST /scifact/_search: 504: timed out',
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
