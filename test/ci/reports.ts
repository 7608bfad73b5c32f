import type { Report } from '../../src/cli/formats/told.ts';
import type { VerificationReport } from '../../src/verify/report.ts';
import { hostile } from '../verify/render/hostile.ts';
import { gateOf } from '../verify/render/parts.ts';
import { failing as failingReport, inconclusive as inconclusiveReport } from '../verify/render/reports.ts';

function of(exitCode: number, report: VerificationReport): Report {
  return {
    command: 'verify',
    exitCode,
    told: { diagnostics: [], verifications: [report] },
    json: {},
    root: process.cwd(),
    text: true,
  };
}

const place = { file: 'relevance.yaml', line: 42, column: 7 };

export function failing(): Report {
  return of(6, { ...failingReport(), gates: [gateOf({ verdict: 'fail', location: place })] });
}

export function inconclusive(): Report {
  return of(7, { ...inconclusiveReport(), gates: [gateOf({ verdict: 'inconclusive', location: place })] });
}

export function hostileReport(): Report {
  return of(6, hostile());
}
