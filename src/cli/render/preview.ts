import type { Preview } from '../../engine/preview.ts';
import type { VerificationStyle } from './verification/pen.ts';
import { renderVerification } from './verification.ts';

/** What a plan does to the results of searches, for the terminal. */
export function renderPreview({ reports, unseen }: Preview, style: VerificationStyle): string {
  const head = '\nPreview: today and as proposed, by the queries of the verifications.\n';
  if (reports.length + unseen.length === 0) return `${head}Searches would see nothing of these changes.\n`;
  const left = unseen.map(
    ({ address, because }) =>
      `${address} cannot be previewed: ${because}. With --canary, new models are deployed beside, and removed again.\n`,
  );
  return `${head}\n${reports.map((report) => renderVerification(report, style)).join('')}${left.join('')}`;
}
