import type { Ranked, Run } from './measures/types.ts';
import { type ArmHit, RERANKED, UNRERANKED, type VerificationReport } from './report.ts';

/** The rankings of a report, by arm: what a TREC run file holds, so that anyone can measure again. */
export function runsOf(report: VerificationReport): Map<string, Run> {
  const [first = UNRERANKED, second = RERANKED, ...others] = report.arms;
  const runs = new Map<string, Map<string, readonly Ranked[]>>();
  const add = (arm: string, id: string, hits: readonly ArmHit[] | undefined): void => {
    if (hits === undefined) return;
    const run = runs.get(arm) ?? new Map<string, readonly Ranked[]>();
    run.set(
      id,
      hits.map(({ document, score }) => ({ document, score })),
    );
    runs.set(arm, run);
  };
  for (const query of report.queries) {
    add(first, query.id, query.unreranked?.hits);
    add(second, query.id, query.reranked?.hits);
    for (const arm of others) add(arm, query.id, query.others.find(({ name }) => name === arm)?.hits);
  }
  return runs;
}
