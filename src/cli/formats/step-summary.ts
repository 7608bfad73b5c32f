import { appendFileSync, statSync } from 'node:fs';
import { renderMarkdownReport } from './markdown.ts';
import type { Report } from './told.ts';

/** GitHub drops a summary that is larger. One file holds what all commands of a step have written. */
const MOST_BYTES = 1024 * 1024;
/** So many bytes of UTF-8 a character of a JavaScript string has at most. */
const BYTES_A_CHARACTER = 3;
/** With less room than this, there is only a word that it was left out. */
const LEAST_CHARACTERS = 2_000;
const FULL = '\n*The summary of this step is full: what else there is, the log has.*\n';

/** Adds the Markdown of a run to the summary of its step, as far as there is room for it. */
export function addToSummary(file: string, report: Report): void {
  const left = MOST_BYTES - (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  const most = Math.floor(left / BYTES_A_CHARACTER) - 1;
  if (most >= LEAST_CHARACTERS) appendFileSync(file, `${renderMarkdownReport(report, most)}\n`);
  else if (left > 2 * FULL.length) appendFileSync(file, FULL);
}
