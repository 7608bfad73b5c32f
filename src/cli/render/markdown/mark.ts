import type { Verdict, VerificationReport } from '../../../verify/report.ts';
import { TODAY } from '../../../verify/verify.ts';

/** A sign, and the word beside it for whoever does not see it. */
export const MARK: Readonly<Record<Verdict, string>> = {
  pass: '✅ pass',
  fail: '❌ fail',
  inconclusive: '❔ inconclusive',
  error: '❌ error',
};

/** A preview judges no gate, so that nothing has passed in it: what is wrong all the same is said. */
export function markOf({ arms }: Pick<VerificationReport, 'arms'>, verdict: Verdict): string {
  return arms[0] === TODAY && verdict === 'pass' ? '🔎 preview' : MARK[verdict];
}
