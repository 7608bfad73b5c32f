import type { ArmHit, QueryReport, VerificationReport } from '../../../verify/report.ts';
import { number } from '../figures.ts';
import { changedQueries } from '../verification/extremes.ts';
import { saidOf, troublesOf } from '../verification/troubles.ts';
import { cutText, htmlCode, inert, inertCode, list, table } from './inert.ts';
import { markOf } from './mark.ts';

/** Rankings of so many queries: what went wrong, and what changed the most. */
const MOST_QUERIES = 20;
const SHOWN_HITS = 10;
const LONGEST_PASSAGE = 80;
const LONGEST_ID = 60;
const LONGEST_SENTENCE = 300;

/**
 * A block for each query that went wrong, then for those that moved, by how much. The same trouble of many queries
 * is one block.
 */
export function detailsOf(report: VerificationReport): string[] {
  const measure = report.relevance?.measures[0]?.measure ?? '';
  const changed = changedQueries(report);
  const by = new Map(changed.map(({ query, before, after }) => [query.id, { before, after }]));
  const moved = [
    ...changed
      .toSorted((left, right) => Math.abs(right.after - right.before) - Math.abs(left.after - left.before))
      .map(({ query }) => query),
    ...report.queries.filter(({ id, change }) => change?.newFirst === true && !by.has(id)),
  ].filter(({ verdict }) => verdict === 'pass');
  const groups = [...troublesOf(report.queries), ...moved.map((query) => [query] as const)];
  return groups.slice(0, MOST_QUERIES).map(([query, ...others]) => {
    const change = by.get(query.id);
    const figure =
      change === undefined ? '' : `, ${htmlCode(measure)} ${number(change.before)} → ${number(change.after)}`;
    return detail(report, query, others, figure);
  });
}

function detail(
  report: VerificationReport,
  query: QueryReport,
  alike: readonly QueryReport[],
  figure: string,
): string {
  const text = query.queryText === '' ? '' : `: ${inert(cutText(query.queryText, 200))}`;
  const others = alike.length === 0 ? '' : ` and ${alike.length} more alike`;
  return [
    `<details><summary>${markOf(report, query.verdict)}, ${htmlCode(cutText(query.id, LONGEST_ID))}${others}${figure}${text}</summary>`,
    ...problems(query),
    ...rankings(report, query),
    '</details>',
  ].join('\n\n');
}

function problems({ error, proof, expectations }: QueryReport): string[] {
  const told = [
    ...(error === undefined ? [] : [`${saidOf(error)} ${error.remedy ?? ''}`]),
    ...(proof?.reasons ?? []).map((reason) => `${saidOf(reason)} ${reason.remedy}`),
    ...expectations
      .filter(({ pass }) => !pass)
      .map(({ kind, what, actual }) => `expected ${kind.replace('_', ' ')}: ${what}; there is: ${actual}`),
  ];
  return told.length === 0 ? [] : [list(told.map((each) => inert(cutText(each, LONGEST_SENTENCE))))];
}

/** Both rankings beside each other. */
function rankings({ arms }: VerificationReport, { unreranked, reranked }: QueryReport): string[] {
  const [before, after] = [unreranked?.hits ?? [], reranked?.hits ?? []];
  const all = Math.max(before.length, after.length);
  if (all === 0) return [];
  const rows = Array.from({ length: Math.min(all, SHOWN_HITS) }, (_, i) => {
    const [left, right] = [before[i], after[i]];
    const was = right === undefined ? '' : right.was === null ? 'new' : String(right.was);
    return [String(i + 1), left === undefined ? '' : cell(left), right === undefined ? '' : cell(right), was];
  });
  const [first = '', second = ''] = arms;
  const cut = all > SHOWN_HITS ? [`<sub>The first ${SHOWN_HITS} of ${all} hits.</sub>`] : [];
  return [table(['rank', inert(first), inert(second), 'was'], rows), ...cut];
}

function cell({ document, grade, text }: ArmHit): string {
  const judged = grade === null ? '' : ` grade ${grade}`;
  const passage = text === '' ? '' : `<br>${inert(cutText(text, LONGEST_PASSAGE))}`;
  return `${shownId(document)}${judged}${passage}`;
}

function shownId(id: string): string {
  return inertCode(cutText(id, LONGEST_ID));
}
