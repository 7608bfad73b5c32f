import type { ArmHit, QueryReport, RerankedHit } from '../../../verify/report.ts';
import { countOf } from '../diagnostics.ts';
import { tidy } from '../tidy.ts';
import { cutId, cutTo, type Pen, widthOf } from './pen.ts';

const COLUMNS = ['rank', 'was', 'move', 'score', 'unreranked', 'grade'] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number] | 'passage', string>> & {
  /** The passage is no text but what the hit is called by. */
  readonly isId?: boolean;
  readonly tone?: 'green' | 'red' | 'dim' | undefined;
};

/** Of a table among many: the first of either answer. */
const FIRST = 5;
const LONGEST_ARM = 16;
const LEAST_PASSAGE = 8;

/**
 * Both answers in one table: the reranked hits, then what fell out of the window; without a reranked answer, the
 * unreranked one alone. `brief`: only hits that are or were among the first, and those at ranks in `alsoRanks`.
 */
export function hitTable(
  query: QueryReport,
  firstArm: string,
  pen: Pen,
  { brief = false, alsoRanks = [] }: { brief?: boolean; alsoRanks?: readonly (number | null)[] } = {},
): string[] {
  const { unreranked, reranked } = query;
  const isTold = (rank: number | null, was: number | null): boolean =>
    !brief || (rank ?? FIRST + 1) <= FIRST || (was ?? FIRST + 1) <= FIRST || alsoRanks.includes(rank);
  const hits = reranked?.hits ?? [];
  const gone = (unreranked?.hits ?? []).filter(({ now }) => reranked === null || now === null);
  const shownHits = hits.filter(({ rank, was }) => isTold(rank, was));
  const shownGone = gone.filter(({ rank }) => isTold(null, rank));
  const withText = [...shownHits, ...shownGone].some(({ text }) => text !== '');
  const rows = [
    ...shownHits.map((hit): Row => ({ ...common(hit, withText), ...movedRow(hit, pen) })),
    ...shownGone.map(
      (hit): Row => ({
        ...common(hit, withText),
        rank: pen.none,
        was: String(hit.rank),
        move: reranked === null ? '' : 'out',
        score: pen.none,
        unreranked: scoreText(hit.score, pen),
        tone: reranked === null ? undefined : ('dim' as const),
      }),
    ),
  ];
  const left = hits.length + gone.length - rows.length;
  return [
    ...tableLines(rows, headOf(cutTo(tidy(firstArm), LONGEST_ARM, pen), withText), pen),
    ...(left === 0 ? [] : [pen.paint('dim', `  and ${countOf(left, 'hit')} more`)]),
  ];
}

function headOf(unreranked: string, withText: boolean): Row {
  return {
    rank: 'rank',
    was: 'was',
    move: 'move',
    score: 'score',
    unreranked,
    grade: 'grade',
    passage: withText ? 'passage' : 'document',
  };
}

function common(
  { grade, text, _id, document }: ArmHit,
  withText: boolean,
): Pick<Row, 'grade' | 'passage' | 'isId'> {
  const none = withText ? `(no text, _id ${tidy(_id)})` : tidy(document);
  return {
    grade: grade === null ? '' : String(grade),
    passage: text === '' ? none : tidy(text),
    isId: text === '',
  };
}

function movedRow(hit: RerankedHit, pen: Pen): Omit<Row, 'grade' | 'passage' | 'isId'> {
  return {
    rank: String(hit.rank),
    was: hit.was === null ? pen.none : String(hit.was),
    score: scoreText(hit.score, pen),
    unreranked: scoreText(hit.unrerankedScore, pen),
    ...moveOf(hit, pen),
  };
}

function moveOf({ move }: RerankedHit, pen: Pen): Pick<Row, 'move' | 'tone'> {
  if (move === null) return { move: 'new', tone: 'green' };
  if (move === 0) return { move: '=', tone: 'dim' };
  return move > 0
    ? { move: `${pen.up}${move}`, tone: 'green' }
    : { move: `${pen.down}${-move}`, tone: 'red' };
}

function scoreText(score: number | null, pen: Pen): string {
  return score === null ? pen.none : score.toFixed(3);
}

function tableLines(rows: readonly Row[], head: Row, pen: Pen): string[] {
  if (rows.length === 0) return [];
  const judged = rows.some(({ grade }) => grade !== '');
  const columns = COLUMNS.filter((key) => key !== 'grade' || judged);
  const widths = columns.map((key) => Math.max(...[head, ...rows].map((row) => widthOf(row[key]))));
  const left = widths.reduce((sum, width) => sum + width + 2, 2);
  const line = (row: Row, tint: (key: string, text: string) => string): string => {
    const cells = columns.map((key, i) => {
      const blank = ' '.repeat((widths[i] ?? 0) - widthOf(row[key]));
      return tint(key, blank + row[key]);
    });
    const fitting = (row.isId ? cutId : cutTo)(row.passage, Math.max(pen.width - left, LEAST_PASSAGE), pen);
    return `  ${[...cells, tint('passage', fitting)].join('  ')}`;
  };
  return [
    line(head, (_key, text) => pen.paint('dim', text)),
    ...rows.map((row) =>
      line(row, (key, text) => {
        if (key === 'move' && row.tone !== undefined) return pen.paint(row.tone, text);
        return key === 'was' || key === 'unreranked' ? pen.paint('dim', text) : text;
      }),
    ),
  ];
}
