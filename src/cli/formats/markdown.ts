import type { Change, Outcome, Plan } from '../../core/plan.ts';
import { pendingChanges } from '../../core/plan.ts';
import { VERSION } from '../../core/version.ts';
import { EXIT_MEANINGS } from '../exit.ts';
import { changeDetails } from '../render/markdown/changes.ts';
import { inert, inertCode, list, table } from '../render/markdown/inert.ts';
import { renderMarkdown } from '../render/markdown.ts';
import { outcomeText } from '../render/outcomes.ts';
import { planCounts } from '../render/plan.ts';
import { fileInCheckout } from './places.ts';
import { problemsOf, type Report, type Told } from './told.ts';

/** GitHub takes 65,536 characters in a comment, and a megabyte in a step summary. */
const MOST_CHARACTERS = 62_000;
const MOST_ROWS = 100;
const MOST_PROBLEMS = 30;

/**
 * A run for a pull request or a step summary, in at most `most` characters. The first line is a comment that nobody sees:
 * it names command and stack, so that a later run finds what it has written and replaces it.
 */
export function renderMarkdownReport(report: Report, most = MOST_CHARACTERS): string {
  const { command, exitCode, told, text } = report;
  const parts = [
    marker(command, told.plan?.stack),
    `### ${sign(exitCode)} rerankctl ${command}: ${verdict(report)}`,
    ...problems(report),
    ...planned(told),
    ...carriedOut(told.outcomes),
  ];
  const last = `\n<sub>rerankctl ${VERSION} ${command}, exit code ${exitCode}: ${inert(EXIT_MEANINGS[exitCode] ?? '')}</sub>\n`;
  const head = fitted(parts, most - last.length);
  const room = most - head.length - last.length;
  const all = told.verifications ?? [];
  const measured = all.length === 0 ? '' : renderMarkdown(all, { text });
  const shown =
    measured.length <= room
      ? measured
      : '*The verifications do not fit here: see the JSON or the HTML report.*\n';
  return `${head}${shown}${details(told, room - shown.length)}${last}`;
}

/** What each change does to each field, behind a click; the last go first where there is too little room. */
function details({ plan, outcomes, drifted }: Told, room: number): string {
  if (plan === undefined || outcomes !== undefined) return '';
  const blocks = (drifted ?? pendingChanges(plan)).flatMap(changeDetails);
  let text = '';
  for (const [i, block] of blocks.entries()) {
    if (text.length + block.length > room - 200) {
      return `${text}\n*The fields of ${blocks.length - i} more changes do not fit here: see the log.*\n`;
    }
    text += `\n${block}\n`;
  }
  return text;
}

function marker(command: string, stack = ''): string {
  return `<!-- rerankctl ${command} ${stack.replaceAll(/[^\w.-]/g, '')} -->`;
}

/** From the beginning, as much as has room; what is left out is said. */
function fitted(parts: readonly string[], most: number): string {
  let out = '';
  for (const part of parts) {
    if (out.length + part.length > most - 200)
      return `${out}*There is more, which does not fit here: see the log.*\n\n`;
    out += `${part}\n\n`;
  }
  return out;
}

function sign(exitCode: number): string {
  if (exitCode === 0) return '✅';
  return exitCode === 2 ? '🔎' : exitCode === 7 ? '❔' : '❌';
}

function verdict({ exitCode, told }: Report): string {
  const { plan, outcomes, drifted } = told;
  if (exitCode !== 0 && exitCode !== 2)
    return `${inert(EXIT_MEANINGS[exitCode] ?? 'failed')} (exit code ${exitCode})`;
  if (drifted !== undefined) return drifted.length === 0 ? 'no drift' : `${drifted.length} drifted`;
  if (outcomes !== undefined)
    return `${outcomes.length} ${outcomes.length === 1 ? 'change' : 'changes'} applied`;
  if (plan === undefined) return inert(EXIT_MEANINGS[exitCode] ?? '');
  return pendingChanges(plan).length === 0 ? 'no changes' : countsOf(plan);
}

function countsOf(plan: Plan): string {
  const counts = Object.entries(planCounts(plan)).filter(([, count]) => count > 0);
  return counts.map(([action, count]) => `${count} to ${action}`).join(', ');
}

function problems({ told, root }: Report): string[] {
  const all = problemsOf(told);
  if (all.length === 0) return [];
  const items = all.slice(0, MOST_PROBLEMS).map(({ severity, code, message, remedy, location, address }) => {
    const file = fileInCheckout(location, root);
    const where = file === undefined ? (address ?? '') : `${file}:${location?.line}`;
    return [
      `**${severity}** ${inertCode(code)}`,
      where === '' ? '' : ` ${inertCode(where)}`,
      ` ${inert(message)}`,
      remedy === undefined ? '' : ` *${inert(remedy)}*`,
    ].join('');
  });
  const left = all.length - items.length;
  return [list(items), ...(left === 0 ? [] : [`*and ${left} more*`])];
}

/** A row for each change. */
function planned({ plan, outcomes, drifted }: Told): string[] {
  if (plan === undefined || outcomes !== undefined) return [];
  const changes = drifted ?? pendingChanges(plan);
  if (changes.length === 0) return [];
  const rows = changes
    .slice(0, MOST_ROWS)
    .map((change) => [inertCode(change.address), change.action, why(change)]);
  const left = changes.length - rows.length;
  return [table(['resource', 'action', 'what and why'], rows), ...(left === 0 ? [] : [`*and ${left} more*`])];
}

function why({ steps, reason, destructive, notes }: Change): string {
  const because = reason === undefined ? '' : `because ${reason}`;
  const parts = [steps.join(', '), because, destructive ?? '', ...notes];
  return inert(parts.filter((part) => part !== '').join('; '));
}

function carriedOut(outcomes: readonly Outcome[] | undefined): string[] {
  if (outcomes === undefined || outcomes.length === 0) return [];
  const rows = outcomes
    .slice(0, MOST_ROWS)
    .map((outcome) => [inertCode(outcome.address), outcome.action, inert(outcomeText(outcome))]);
  const left = outcomes.length - rows.length;
  return [table(['resource', 'action', 'outcome'], rows), ...(left === 0 ? [] : [`*and ${left} more*`])];
}
