import type { VerificationReport } from '../../verify/report.ts';
import { penOf, type VerificationStyle } from './verification/pen.ts';
import { renderQuery } from './verification/query.ts';
import { closing, figures, notes, renderSummary } from './verification/summary.ts';

/** So many queries are each shown with both answers; of more, what was measured over all, and the extremes. */
const FEW = 5;

/** A verification for the terminal. */
export function renderVerification(report: VerificationReport, style: VerificationStyle): string {
  const pen = penOf(style);
  const blocks =
    report.queries.length > FEW
      ? renderSummary(report, pen)
      : [
          ...report.queries.map((query) => renderQuery(report, query, pen)),
          ...(hasFigures(report) ? [figures(report, pen)] : []),
          notes(report, pen),
          // One query without judgments and gates says all by itself.
          ...(hasFigures(report) || report.queries.length > 1 ? [[closing(report, pen)]] : []),
        ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n\n`)
    .join('');
}

function hasFigures({ relevance, gates, canaries, baseline }: VerificationReport): boolean {
  return relevance !== null || gates.length > 0 || canaries.length > 0 || baseline !== null;
}
