import type { VerificationReport } from '../../verify/report.ts';
import { withoutText } from '../../verify/without-text.ts';
import { penOf, type VerificationStyle } from './verification/pen.ts';
import { note } from './verification/problems.ts';
import { renderQuery } from './verification/query.ts';
import { closing, figures, renderSummary } from './verification/summary.ts';

/** So many queries are each shown with both answers; of more, what was measured over all, and the extremes. */
const FEW = 5;

/** A verification for the terminal, with an empty line after each part. */
export function renderVerification(measured: VerificationReport, style: VerificationStyle): string {
  const pen = penOf(style);
  const report = style.text === false ? withoutText(measured) : measured;
  const { queries, warnings } = report;
  const blocks =
    queries.length > FEW
      ? renderSummary(report, pen)
      : [
          ...queries.map((query) => renderQuery(report, query, pen)),
          hasFigures(report) ? figures(report, pen) : warnings.flatMap((warning) => note(warning, pen)),
          // One query without judgments and gates says all by itself.
          ...(hasFigures(report) || queries.length !== 1 ? [[closing(report, pen)]] : []),
        ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n\n`)
    .join('');
}

function hasFigures({ relevance, gates, canaries, baseline }: VerificationReport): boolean {
  return relevance !== null || gates.length > 0 || canaries.length > 0 || baseline !== null;
}
