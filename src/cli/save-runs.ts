import { join } from 'node:path';
import { runLines } from '../verify/inputs/run-file.ts';
import type { VerificationReport } from '../verify/report.ts';
import { runsOf } from '../verify/runs.ts';
import type { Invocation } from './command.ts';
import { save } from './save.ts';

/** The rankings of every arm as TREC run files, in the folder that `--runs` names: for anybody who wants to measure again. */
export async function saveRuns(
  { flags, io }: Pick<Invocation, 'flags' | 'io'>,
  reports: readonly VerificationReport[],
): Promise<void> {
  const folder = flags.text('runs');
  if (folder === undefined) return;
  for (const report of reports) {
    for (const [arm, run] of runsOf(report)) {
      const name = report.address.replace(/^[^/]*\//, '').replaceAll(/[^\w.-]/g, '_');
      await save(io, join(folder, `${name}.${arm}.trec`), runLines(arm, run));
    }
  }
}
