import type { VerificationReport } from '../../verify/report.ts';
import { withoutText } from '../../verify/without-text.ts';
import { detailsOf } from './markdown/details.ts';
import { summaryOf } from './markdown/summary.ts';

/** GitHub takes 65,536 characters in a comment. */
const MOST_CHARACTERS = 60_000;
/** Kept for the sentence that says what was left out. */
const LAST_WORDS = 200;

export interface MarkdownOptions {
  /** `false`: no text of queries and documents, IDs alone. */
  readonly text: boolean;
}

/**
 * Verification reports for a pull request or a step summary, in fewer than 60,000 characters. Details go first where
 * that is too little, those of the last report before those of the first, and it is said.
 */
export function renderMarkdown(measured: readonly VerificationReport[], { text }: MarkdownOptions): string {
  const reports = text ? measured : measured.map(withoutText);
  const room = MOST_CHARACTERS - LAST_WORDS;
  const summaries = reports.map((report) => `${summaryOf(report).join('\n\n')}\n\n`);
  const [kept, used] = fitting(summaries, room);
  const details = reports
    .slice(0, kept.length)
    .map((report) => detailsOf(report).map((each) => `${each}\n\n`));
  let left = room - used;
  let dropped = 0;
  const parts = kept.map((summary, i) => {
    const [shown, length] = fitting(details[i] ?? [], left);
    left -= length;
    dropped += (details[i] ?? []).length - shown.length;
    return summary + shown.join('');
  });
  return `${parts.join('')}${lastWords(reports.length - kept.length, dropped)}`;
}

/** As many from the beginning as have room, and how long they are. */
function fitting(parts: readonly string[], room: number): [string[], number] {
  const kept: string[] = [];
  let used = 0;
  for (const part of parts) {
    if (used + part.length > room) break;
    kept.push(part);
    used += part.length;
  }
  return [kept, used];
}

function lastWords(reports: number, queries: number): string {
  const parts = [
    ...(reports === 0 ? [] : [`${reports} more ${reports === 1 ? 'verification' : 'verifications'}`]),
    ...(queries === 0 ? [] : [`the rankings of ${queries} more ${queries === 1 ? 'query' : 'queries'}`]),
  ];
  return parts.length === 0
    ? ''
    : `*Left out, because it does not fit here: ${parts.join(' and ')}. See the JSON or the HTML report.*\n`;
}
