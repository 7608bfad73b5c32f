import type { MeasureReport, Relevance, VerificationReport } from '../../../verify/report.ts';
import type { PairedComparison } from '../../../verify/statistics/types.ts';
import { headroomText, number, plus, plusRange, pText } from '../figures.ts';
import { tidy } from '../tidy.ts';
import { aligned, type Column, labelOf, listed, wrapped } from './layout.ts';
import { cutTo, type Pen } from './pen.ts';

const MOST_SEGMENTS = 12;
const LONGEST_NAME = 28;

interface Row {
  readonly title: string;
  readonly report: MeasureReport;
  readonly queries?: number;
}

/** The means of every arm, how they differ, and what exactly was computed. */
export function measureLines(relevance: Relevance, arms: readonly string[], pen: Pen): string[] {
  const { measures, confidence } = relevance;
  if (measures.length === 0) return ['  no query with judgments was answered: there are no figures'];
  const rows = measures.map((report) => ({ title: report.measure, report }));
  return [
    ...figureTable('measure', rows, arms, confidence, pen),
    ...conventionLines(measures, pen),
    ...segmentLines(relevance, arms, pen),
  ];
}

function conventionLines(measures: readonly MeasureReport[], pen: Pen): string[] {
  const words = [...new Set(measures.map(({ convention }) => tidy(convention)))];
  return listed(words, ' ', '', pen, ' ').map((line) => pen.paint('dim', line));
}

function segmentLines(
  { segments, measures, confidence }: Relevance,
  arms: readonly string[],
  pen: Pen,
): string[] {
  const [first] = measures;
  if (first === undefined) return [];
  const rows = segments.flatMap(({ label, value, queries, measures: each }): Row[] => {
    const report = each[first.measure];
    const title = cutTo(tidy(`${label} ${value}`), LONGEST_NAME, pen);
    return report === undefined ? [] : [{ title, report, queries }];
  });
  if (rows.length === 0) return [];
  const left = rows.length - MOST_SEGMENTS;
  return [
    ...figureTable(first.measure, rows.slice(0, MOST_SEGMENTS), arms, confidence, pen),
    ...(left > 0 ? [pen.paint('dim', `  and ${left} more labels: see --output json`)] : []),
  ];
}

/** Two arms beside each other; more below each other; and where the terminal is too narrow, as lists. */
function figureTable(
  title: string,
  rows: readonly Row[],
  arms: readonly string[],
  confidence: number,
  pen: Pen,
): string[] {
  const names = new Map(arms.map((arm) => [arm, cutTo(tidy(arm), LONGEST_NAME, pen)]));
  const nameOf = (arm: string): string => names.get(arm) ?? arm;
  const level = `${Number((confidence * 100).toFixed(2))} % interval`;
  const table =
    arms.length <= 2
      ? beside(title, rows, arms, nameOf, level, pen)
      : below(title, rows, arms, nameOf, level, pen);
  return table ?? rows.flatMap((row) => asList(row, arms, nameOf, pen));
}

const RIGHT = 'right';
const LEFT = 'left';

function beside(
  title: string,
  rows: readonly Row[],
  arms: readonly string[],
  nameOf: (arm: string) => string,
  level: string,
  pen: Pen,
): string[] | undefined {
  const [only = '', second] = arms;
  const columns: Column[] = [
    { title, align: LEFT },
    { title: 'queries', align: RIGHT },
    ...arms.map((arm) => ({ title: nameOf(arm), align: RIGHT }) as const),
    ...(second === undefined
      ? ([{ title: level, align: LEFT }] as const)
      : comparisonColumns(`lift, ${level}`)),
  ];
  const cells = rows.map(({ title: name, report, queries }) => [
    name,
    queries === undefined ? '' : String(queries),
    ...arms.map((arm) => number(report.arms[arm]?.mean ?? null)),
    ...(second === undefined ? [rangeOf(report, only)] : comparisonCells(report.lift[second], pen)),
  ]);
  return aligned(columns, inPen(cells, pen), pen);
}

function below(
  title: string,
  rows: readonly Row[],
  arms: readonly string[],
  nameOf: (arm: string) => string,
  level: string,
  pen: Pen,
): string[] | undefined {
  const columns: Column[] = [
    { title, align: LEFT },
    { title: 'queries', align: RIGHT },
    { title: 'arm', align: LEFT },
    { title: 'mean', align: RIGHT },
    ...comparisonColumns(`lift, ${level}`),
  ];
  const cells = rows.flatMap(({ title: name, report, queries }) =>
    arms.map((arm, i) => [
      i === 0 ? name : '',
      i === 0 && queries !== undefined ? String(queries) : '',
      nameOf(arm),
      number(report.arms[arm]?.mean ?? null),
      ...comparisonCells(report.lift[arm], pen),
    ]),
  );
  return aligned(columns, inPen(cells, pen), pen);
}

/** `–` is what figures write where there is none. */
function inPen(rows: readonly (readonly string[])[], pen: Pen): string[][] {
  return rows.map((row) => row.map((cell) => (cell === '–' ? pen.none : cell)));
}

function comparisonColumns(lift: string): Column[] {
  return [
    { title: lift, align: LEFT },
    { title: 'p', align: RIGHT },
    { title: 'win/tie/loss', align: RIGHT },
  ];
}

function comparisonCells(found: PairedComparison | undefined, pen: Pen): string[] {
  if (found === undefined) return ['', '', ''];
  const { p, wins, ties, losses } = found;
  return [liftText(found, pen), pText(p), `${wins}/${ties}/${losses}`];
}

/** Green and red only where the whole interval is on one side. */
export function liftText({ meanDelta, interval }: PairedComparison, pen: Pen): string {
  const text = plus(meanDelta);
  const painted =
    interval.low > 0 ? pen.paint('green', text) : interval.high < 0 ? pen.paint('red', text) : text;
  return `${painted} ${plusRange(interval)}`;
}

function rangeOf({ arms }: MeasureReport, arm: string): string {
  const interval = arms[arm]?.interval;
  return interval === undefined ? '' : `[${number(interval.low)}, ${number(interval.high)}]`;
}

function asList(
  { title, report, queries }: Row,
  arms: readonly string[],
  nameOf: (arm: string) => string,
  pen: Pen,
) {
  const label = queries === undefined ? title : `${title} (${queries})`;
  const pieces = arms.flatMap((arm) => {
    const found = report.lift[arm];
    const mean = `${nameOf(arm)} ${number(report.arms[arm]?.mean ?? null)}`;
    if (found === undefined) return [`${mean},`];
    const { p, wins, ties, losses } = found;
    return [
      `${mean},`,
      `lift ${liftText(found, pen)},`,
      `p ${pText(p)},`,
      `win/tie/loss ${wins}/${ties}/${losses};`,
    ];
  });
  const last = pieces.length - 1;
  return listed(
    pieces.map((piece, i) => (i === last ? piece.replace(/[,;]$/, '') : piece)),
    ' ',
    label,
    pen,
  );
}

/** What any reranker could have done with these windows, and what so many queries can show. */
export function headroomLines({ relevance, arms }: VerificationReport, pen: Pen): string[] {
  const headroom = relevance?.headroom ?? null;
  if (headroom === null) return [];
  const { measure, windowRecall, oracle, used } = headroom;
  const arm = tidy(arms[1] ?? 'the reranker');
  const who = arm === 'reranked' ? 'the reranker' : arm;
  const text = `window recall ${windowRecall.toFixed(2)}, best possible ${measure} ${number(oracle)}: ${headroomText(used, who)}`;
  return wrapped(text, labelOf('headroom'), pen);
}

/** Where nothing was shown: the difference that so many queries would have shown. */
export function powerLines({ relevance, arms }: VerificationReport, pen: Pen): string[] {
  const [first] = relevance?.measures ?? [];
  const found = first?.lift[arms[1] ?? ''];
  if (first === undefined || found === undefined || found.detectable === null) return [];
  const { n, interval, detectable } = found;
  if (interval.low > 0 || interval.high < 0) return [];
  const text = `${n} queries show a lift of ${first.measure} when it is about ${number(detectable)} or more`;
  return wrapped(text, labelOf('power'), pen);
}
