import type { ArmHit, QueryReport, Reason, VerificationReport } from './report.ts';

const HIDDEN = '(not shown)';

/** The report without any text of queries and documents: IDs, ranks, scores and figures are left. */
export function withoutText(report: VerificationReport): VerificationReport {
  return {
    ...report,
    queries: report.queries.map(plainQuery),
    canaries: report.canaries.map((canary) => ({
      ...canary,
      queryText: '',
      passages: canary.passages.map((passage) => ({ ...passage, text: '' })),
    })),
  };
}

function plainQuery(query: QueryReport): QueryReport {
  const { unreranked, reranked, others, expectations, proof, error } = query;
  return {
    ...query,
    queryText: '',
    unreranked: unreranked && { ...unreranked, hits: unreranked.hits.map(plainHit) },
    reranked: reranked && { ...reranked, hits: reranked.hits.map(plainHit) },
    others: others.map((arm) => ({ ...arm, hits: arm.hits.map(plainHit) })),
    // Both tell of a hit in the words of its document.
    expectations: expectations.map((each) => ({ ...each, what: HIDDEN, actual: HIDDEN })),
    // The words of a server may quote the query; the code says what it was.
    proof: proof && { ...proof, reasons: proof.reasons.map(plainReason) },
    ...(error === undefined ? {} : { error: { ...error, message: HIDDEN } }),
  };
}

const QUOTING: readonly Reason['code'][] = ['processor_failed', 'ignored_failure'];

function plainReason(reason: Reason): Reason {
  return QUOTING.includes(reason.code) ? { ...reason, message: HIDDEN } : reason;
}

function plainHit<Hit extends ArmHit>(hit: Hit): Hit {
  return { ...hit, text: '' };
}
