import type { Verdict } from '../../../verify/report.ts';

/** A sign, and the word beside it for whoever does not see it. */
export const MARK: Readonly<Record<Verdict, string>> = {
  pass: '✅ pass',
  fail: '❌ fail',
  inconclusive: '❔ inconclusive',
  error: '❌ error',
};
