import { stripVTControlCharacters } from 'node:util';
import type {
  Expectation,
  QueryReport,
  RerankedHit,
  Verdict,
  VerificationReport,
} from '../../verify/report.ts';
import { type Paint, painter } from '../io.ts';
import { countOf } from './diagnostics.ts';

export interface VerificationStyle {
  readonly color: boolean;
  readonly width: number;
  /** Without it, ASCII alone. */
  readonly unicode: boolean;
}

interface Pen {
  readonly paint: Paint;
  readonly width: number;
  readonly up: string;
  readonly down: string;
  readonly none: string;
  readonly ellipsis: string;
  readonly cross: string;
}

const COLUMNS = ['rank', 'was', 'move', 'score', 'unreranked'] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number] | 'passage', string>> & {
  readonly tone?: 'green' | 'red' | 'dim' | undefined;
};

const NARROWEST = 56;
const HEAD: Row = {
  rank: 'rank',
  was: 'was',
  move: 'move',
  score: 'score',
  unreranked: 'unreranked',
  passage: 'passage',
};
const TONE = { pass: ['green', 'bold'], fail: ['red', 'bold'], error: ['red', 'bold'] } as const;

/** A verification for the terminal: for each query both answers in one table, and what to think of it. */
export function renderVerification(report: VerificationReport, style: VerificationStyle): string {
  const pen: Pen = {
    paint: painter(style.color),
    width: Math.max(style.width, NARROWEST),
    ...(style.unicode
      ? { up: '↑', down: '↓', none: '–', ellipsis: '…', cross: '✗' }
      : { up: '+', down: '-', none: '-', ellipsis: '...', cross: 'x' }),
  };
  const blocks = report.queries.map((query) => renderQuery(report, query, pen));
  if (report.queries.length > 1) blocks.push([summary(report, pen)]);
  return blocks.map((lines) => `${lines.join('\n')}\n\n`).join('');
}

function renderQuery(report: VerificationReport, query: QueryReport, pen: Pen): string[] {
  const id = report.queries.length > 1 ? `${report.address}#${tidy(query.id)}` : report.address;
  return [
    `${pen.paint('bold', id)}   ${cutTo(tidy(query.queryText), Math.max(pen.width - widthOf(id) - 3, 20), pen)}`,
    pen.paint('dim', cutTo(`  ${subtitle(report, query)}`, pen.width, pen)),
    ...tableLines(rowsOf(query, pen), pen),
    ...verdictLines(query, pen),
    ...problemLines(query, pen),
  ];
}

function subtitle({ index, searchPipeline }: VerificationReport, query: QueryReport): string {
  const { unreranked, reranked, window } = query;
  const parts = [`${index} through ${searchPipeline}`, countOf(window, 'hit')];
  if (unreranked !== null) parts.push(`${unreranked.elapsedMs} ms`);
  if (reranked !== null) parts.push(`reranked ${reranked.elapsedMs} ms`);
  return parts.join(', ');
}

/** The reranked answer, then what fell out of it; without a reranked answer, the unreranked one alone. */
function rowsOf({ unreranked, reranked }: QueryReport, pen: Pen): Row[] {
  const gone = (unreranked?.hits ?? []).filter(({ now }) => reranked === null || now === null);
  return [
    ...(reranked?.hits ?? []).map((hit) => ({
      rank: String(hit.rank),
      was: hit.was === null ? pen.none : String(hit.was),
      score: scoreText(hit.score, pen),
      unreranked: scoreText(hit.unrerankedScore, pen),
      passage: passageOf(hit),
      ...moveOf(hit, pen),
    })),
    ...gone.map((hit) => ({
      rank: pen.none,
      was: String(hit.rank),
      move: reranked === null ? '' : 'out',
      score: pen.none,
      unreranked: scoreText(hit.score, pen),
      passage: passageOf(hit),
      tone: reranked === null ? undefined : ('dim' as const),
    })),
  ];
}

function moveOf({ move }: RerankedHit, pen: Pen): Pick<Row, 'move' | 'tone'> {
  if (move === null) return { move: 'new', tone: 'green' };
  if (move === 0) return { move: '=', tone: 'dim' };
  return move > 0
    ? { move: `${pen.up}${move}`, tone: 'green' }
    : { move: `${pen.down}${-move}`, tone: 'red' };
}

function passageOf(hit: { readonly text: string; readonly _id: string }): string {
  return hit.text === '' ? `(no text, _id ${tidy(hit._id)})` : tidy(hit.text);
}

function scoreText(score: number | null, pen: Pen): string {
  return score === null ? pen.none : score.toFixed(3);
}

function tableLines(rows: readonly Row[], pen: Pen): string[] {
  if (rows.length === 0) return [];
  const widths = COLUMNS.map((key) => Math.max(...[HEAD, ...rows].map((row) => widthOf(row[key]))));
  const left = widths.reduce((sum, width) => sum + width + 2, 2);
  const line = (row: Row, tint: (key: string, text: string) => string): string => {
    const cells = COLUMNS.map((key, i) => tint(key, row[key].padStart(widths[i] ?? 0)));
    return `  ${[...cells, tint('passage', cutTo(row.passage, pen.width - left, pen))].join('  ')}`;
  };
  return [
    line(HEAD, (_key, text) => pen.paint('dim', text)),
    ...rows.map((row) =>
      line(row, (key, text) => {
        if (key === 'move' && row.tone !== undefined) return pen.paint(row.tone, text);
        return key === 'was' || key === 'unreranked' ? pen.paint('dim', text) : text;
      }),
    ),
  ];
}

function verdictLines({ proof, expectations, verdict, reranked }: QueryReport, pen: Pen): string[] {
  const yes = (good: boolean) => pen.paint(good ? 'green' : 'red', good ? 'yes' : 'no');
  const by = [proof.processor ?? '', proof.tookMs === null ? '' : `${Math.round(proof.tookMs)} ms`];
  const detail = proof.ran ? ` (${by.filter((text) => text !== '').join(', ')})` : '';
  const ran = verdict === 'error' && reranked === null ? 'not known' : `${yes(proof.ran)}${detail}`;
  const missing = new Set(expectations.filter(({ pass }) => !pass).map(({ kind }) => kind));
  const kinds = [...new Set(expectations.map(({ kind }) => kind))].map(
    (kind) => `expected ${kind.replace('_', ' ')}: ${yes(!missing.has(kind))}`,
  );
  const parts = [`reranker ran: ${ran}`, ...kinds, verdictText(verdict, pen)];
  return flow(parts, '   ', pen.width - 2).map((line) => `  ${line}`);
}

function verdictText(verdict: Verdict, pen: Pen): string {
  return pen.paint([...TONE[verdict]], verdict.toUpperCase());
}

function problemLines(query: QueryReport, pen: Pen): string[] {
  const { proof, error, expectations } = query;
  return [
    ...(error === undefined ? [] : problem(error.message, error.remedy, pen)),
    ...proof.reasons.flatMap(({ message, remedy }) => problem(message, remedy, pen)),
    ...expectations.filter(({ pass }) => !pass).flatMap((each) => missed(each, query, pen)),
    ...proof.warnings.flatMap((warning) => wrapped(tidy(warning), pen.paint('yellow', 'note:'), pen)),
  ];
}

function problem(message: string, remedy: string | undefined, pen: Pen): string[] {
  return [
    ...wrapped(tidy(message), pen.paint('red', pen.cross), pen),
    ...(remedy === undefined ? [] : wrapped(tidy(remedy), pen.paint('green', 'fix:'), pen, '    ')),
  ];
}

function missed({ kind, what, actual, foundAt }: Expectation, query: QueryReport, pen: Pen): string[] {
  const told = { first: 'first, and it is not: ', not_first: 'not first, and it is: ', top: '' }[kind];
  return [
    ...wrapped(tidy(`Expected ${told}${what}`), pen.paint('red', pen.cross), pen),
    ...wrapped(tidy(actual), pen.paint('dim', 'there is:'), pen, '    '),
    ...wrapped(nextStep(kind, foundAt, query), pen.paint('green', 'next:'), pen, '    '),
  ];
}

function nextStep(kind: Expectation['kind'], foundAt: number | null, query: QueryReport): string {
  if (!query.proof.ran) return 'Mend the reranking first.';
  if (kind === 'not_first')
    return 'Compare both scores above: is it the retrieval or the model that likes this hit?';
  if (foundAt === null) {
    return `None of the ${query.window} hits is the expected one, and a reranker only orders what it gets: raise size, or mend the query. See also that the field is in the hits (_source).`;
  }
  const was = query.reranked?.hits.find(({ rank }) => rank === foundAt)?.was;
  return `The expected hit is at rank ${foundAt}${typeof was !== 'number' ? '' : ` (unreranked: ${was})`}. See whether document_fields give the model the text that answers the query; else try another model.`;
}

function summary({ address, queries, verdict }: VerificationReport, pen: Pen): string {
  const counts = (['pass', 'fail', 'error'] as const)
    .map((each) => [each, queries.filter((query) => query.verdict === each).length] as const)
    .filter(([, count]) => count > 0)
    .map(([each, count]) => `${count} ${each}`);
  return `${pen.paint('bold', address)}   ${counts.join(', ')}   ${verdictText(verdict, pen)}`;
}

/** What comes from documents, manifests and servers must not move the cursor. */
function tidy(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;

/** Terminal columns: most East Asian characters and emoji take two, combining marks none. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

function cutTo(text: string, width: number, pen: Pen): string {
  const plain = pen.ellipsis === '…' ? text : text.replaceAll('…', '...');
  if (widthOf(plain) <= width) return plain;
  let kept = '';
  let used = 0;
  const room = width - pen.ellipsis.length;
  for (const character of plain) {
    used += widthOf(character);
    if (used > room) break;
    kept += character;
  }
  return kept.trimEnd() + pen.ellipsis;
}

/** Puts pieces on lines of at most this width. */
function flow(pieces: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const joined = lines.length === 0 ? piece : lines.at(-1) + separator + piece;
    if (lines.length === 0 || widthOf(joined) > width) lines.push(piece);
    else lines[lines.length - 1] = joined;
  }
  return lines;
}

/** `  LABEL text`, broken between words and indented below the text. */
function wrapped(text: string, label: string, pen: Pen, indent = '  '): string[] {
  const hang = indent.length + widthOf(label) + 1;
  const lines = flow(text.split(' '), ' ', pen.width - hang);
  return lines.map((line, i) => (i === 0 ? `${indent}${label} ${line}` : `${' '.repeat(hang)}${line}`));
}
