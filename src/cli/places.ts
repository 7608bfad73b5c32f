import { relative } from 'node:path';
import type { VerificationReport } from '../verify/report.ts';

/** Places in manifests as their reader names them. A report shall not tell where on a machine it was made. */
export function shownFrom(cwd: string, report: VerificationReport): VerificationReport {
  const gates = report.gates.map(({ location, ...gate }) =>
    location === undefined
      ? gate
      : { ...gate, location: { ...location, file: relative(cwd, location.file) } },
  );
  return { ...report, gates };
}
