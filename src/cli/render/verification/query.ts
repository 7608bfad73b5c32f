import type { Expectation, QueryReport, RerankedHit, VerificationReport } from '../../../verify/report.ts';
import { countOf } from '../diagnostics.ts';
import { cutTo, flow, type Pen, tidy, widthOf, wrapped } from './pen.ts';
import { verdictText } from './verdict.ts';

const COLUMNS = ['rank', 'was', 'move', 'score', 'unreranked', 'grade'] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number] | 'passage', string>> & {
  readonly tone?: 'green' | 'red' | 'dim' | undefined;
};

const HEAD: Row = {
  rank: 'rank',
  was: 'was',
  move: 'move',
  score: 'score',
  unreranked: 'unreranked',
  grade: 'grade',
  passage: 'passage',
};
/** A query for the terminal: both answers in one table, and what to think of it. */
export function renderQuery(report: VerificationReport, query: QueryReport, pen: Pen): string[] {
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
  if (unreranked !== null) parts.push(`${Math.round(unreranked.elapsedMs)} ms`);
  if (reranked !== null) parts.push(`reranked ${Math.round(reranked.elapsedMs)} ms`);
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
      grade: hit.grade === null ? '' : String(hit.grade),
      passage: passageOf(hit),
      ...moveOf(hit, pen),
    })),
    ...gone.map((hit) => ({
      rank: pen.none,
      was: String(hit.rank),
      move: reranked === null ? '' : 'out',
      score: pen.none,
      unreranked: scoreText(hit.score, pen),
      grade: hit.grade === null ? '' : String(hit.grade),
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
  const judged = rows.some(({ grade }) => grade !== '');
  const columns = COLUMNS.filter((key) => key !== 'grade' || judged);
  const widths = columns.map((key) => Math.max(...[HEAD, ...rows].map((row) => widthOf(row[key]))));
  const left = widths.reduce((sum, width) => sum + width + 2, 2);
  const line = (row: Row, tint: (key: string, text: string) => string): string => {
    const cells = columns.map((key, i) => tint(key, row[key].padStart(widths[i] ?? 0)));
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
  if (proof === null) return [`  ${verdictText(verdict, pen)}`];
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

function problemLines(query: QueryReport, pen: Pen): string[] {
  const { proof, error, expectations } = query;
  return [
    ...(error === undefined ? [] : problem(error.message, error.remedy, pen)),
    ...(proof?.reasons ?? []).flatMap(({ message, remedy }) => problem(message, remedy, pen)),
    ...expectations.filter(({ pass }) => !pass).flatMap((each) => missed(each, query, pen)),
    ...(proof?.warnings ?? []).flatMap((warning) =>
      wrapped(tidy(warning), pen.paint('yellow', 'note:'), pen),
    ),
  ];
}

export function problem(message: string, remedy: string | undefined, pen: Pen): string[] {
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
  if (query.proof?.ran === false) return 'Mend the reranking first.';
  if (kind === 'not_first')
    return 'Compare both scores above: is it the retrieval or the model that likes this hit?';
  if (foundAt === null) {
    return `None of the ${query.window} hits is the expected one, and a reranker only orders what it gets: raise size, or mend the query. See also that the field is in the hits (_source).`;
  }
  const was = query.reranked?.hits.find(({ rank }) => rank === foundAt)?.was;
  return `The expected hit is at rank ${foundAt}${typeof was !== 'number' ? '' : ` (unreranked: ${was})`}. See whether document_fields give the model the text that answers the query; else try another model.`;
}
