import type { QueryReport, VerificationReport } from '../../../verify/report.ts';
import { countOf } from '../diagnostics.ts';
import { msText } from '../figures.ts';
import { tidy } from '../tidy.ts';
import { flow } from './layout.ts';
import { cutId, cutTo, type Pen, widthOf } from './pen.ts';
import { problemLines } from './problems.ts';
import { hitTable } from './table.ts';
import { verdictText } from './verdict.ts';

/** So many columns of a heading are kept for the text of the query, and at most so many for its ID. */
const LEAST_TEXT = 20;
const LONGEST_ID = 24;
const LONGEST_PROCESSOR = 24;

/** A query for the terminal: both answers in one table, and what to think of it. `brief`: the first hits alone. */
export function renderQuery(
  report: VerificationReport,
  query: QueryReport,
  pen: Pen,
  brief = false,
): string[] {
  const alsoRanks = query.expectations.filter(({ pass }) => !pass).map(({ foundAt }) => foundAt);
  return [
    queryHeading(report, query, pen),
    pen.paint('dim', cutId(`  ${subtitle(report, query)}`, pen.width, pen)),
    ...hitTable(query, report.arms[0] ?? 'unreranked', pen, { brief, alsoRanks }),
    ...verdictLines(query, pen),
    ...problemLines(query, pen),
  ];
}

export function queryHeading({ address, queries }: VerificationReport, query: QueryReport, pen: Pen): string {
  const id = queries.length > 1 ? `#${shownId(query, pen)}` : '';
  const name = cutId(tidy(address), pen.width - LEAST_TEXT - 3 - widthOf(id), pen) + id;
  const room = Math.max(pen.width - widthOf(name) - 3, LEAST_TEXT);
  const text = cutTo(tidy(query.queryText), room, pen);
  return `${pen.paint('bold', name)}   ${text}`.trimEnd();
}

export function shownId({ id }: QueryReport, pen: Pen): string {
  return cutId(tidy(id), LONGEST_ID, pen);
}

function subtitle({ index, searchPipeline, arms }: VerificationReport, query: QueryReport): string {
  const { unreranked, reranked, window } = query;
  const hits = countOf(window, 'hit');
  if (index === '') return tidy(`${arms.slice(0, 2).join(' and ')}, ${hits}`);
  const parts = [`${tidy(index)} through ${tidy(searchPipeline)}`, hits];
  if (unreranked !== null) parts.push(msText(unreranked.elapsedMs));
  if (reranked !== null) parts.push(`reranked ${msText(reranked.elapsedMs)}`);
  return parts.join(', ');
}

function verdictLines({ proof, expectations, verdict, reranked }: QueryReport, pen: Pen): string[] {
  if (proof === null) return [`  ${verdictText(verdict, pen)}`];
  const yes = (good: boolean) => pen.paint(good ? 'green' : 'red', good ? 'yes' : 'no');
  const by = [
    cutId(tidy(proof.processor ?? ''), LONGEST_PROCESSOR, pen),
    proof.tookMs === null ? '' : msText(proof.tookMs),
  ];
  const detail = proof.ran ? ` (${by.filter((text) => text !== '').join(', ')})` : '';
  const ran = verdict === 'error' && reranked === null ? 'not known' : `${yes(proof.ran)}${detail}`;
  const missing = new Set(expectations.filter(({ pass }) => !pass).map(({ kind }) => kind));
  const kinds = [...new Set(expectations.map(({ kind }) => kind))].map(
    (kind) => `expected ${kind.replace('_', ' ')}: ${yes(!missing.has(kind))}`,
  );
  const parts = [`reranker ran: ${ran}`, ...kinds, verdictText(verdict, pen)];
  return flow(parts, '   ', pen.width - 2).map((line) => `  ${line}`);
}
