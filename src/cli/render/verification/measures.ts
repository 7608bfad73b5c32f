import { whyUnmeasured } from '../../../verify/relevance.ts';
import type { MeasureReport, Relevance, VerificationReport } from '../../../verify/report.ts';
import type { PairedComparison } from '../../../verify/statistics/types.ts';
import { headroomText, number, plus, plusRange, pText } from '../figures.ts';
import { tidy } from '../tidy.ts';
import { aligned, type Column, labelOf, listed, wrapped } from './layout.ts';
import { cutTo, type Pen, widthOf } from './pen.ts';

const MOST_SEGMENTS = 12;
const LONGEST_NAME = 28;
/** The same on a terminal narrower than `ROOMY` columns. */
const LONGEST_NAME_BRIEF = 20;
const ROOMY = 100;

interface Row {
  readonly title: string;
  readonly report: MeasureReport;
  readonly queries?: number;
}

/** The means of every arm, how they differ, and what exactly was computed. */
export function measureLines(relevance: Relevance, arms: readonly string[], pen: Pen): string[] {
  const { measures } = relevance;
  const unmeasured = whyUnmeasured(relevance);
  if (unmeasured !== undefined) {
    return [`  ${unmeasured.message}`, ...wrapped(tidy(unmeasured.remedy), 'fix:', pen)];
  }
  const rows = measures.map((report) => ({ title: report.measure, report }));
  return [
    ...figureTable({ title: 'measure', arms }, rows, relevance, arms.length > 2 ? FITS : FITS_TWO, pen),
    ...conventionLines(measures, pen),
    ...segmentLines(relevance, arms, pen),
  ];
}

function conventionLines(measures: readonly MeasureReport[], pen: Pen): string[] {
  const words = [...new Set(measures.map(({ convention }) => tidy(convention)))];
  return listed(words, ' ', '', pen, ' ').map((line) => pen.paint('dim', line));
}

const FITS: readonly Fit[] = ['whole', 'short head', 'no p', 'no tally'];
/** Lists say it all, and two arms fit them well. */
const FITS_TWO = FITS.slice(0, 2);

function segmentLines(relevance: Relevance, arms: readonly string[], pen: Pen): string[] {
  const { segments, measures } = relevance;
  const [first] = measures;
  if (first === undefined) return [];
  const rows = segments.flatMap(({ label, value, queries, measures: each }): Row[] => {
    const report = each[first.measure];
    const title = cutTo(tidy(`${label} ${value}`), LONGEST_NAME_BRIEF, pen);
    return report === undefined ? [] : [{ title, report, queries }];
  });
  if (rows.length === 0) return [];
  const left = rows.length - MOST_SEGMENTS;
  return [
    ...figureTable({ title: first.measure, arms }, rows.slice(0, MOST_SEGMENTS), relevance, FITS, pen),
    ...(left > 0 ? [pen.paint('dim', `  and ${left} more labels: see --output json`)] : []),
  ];
}

interface Layout {
  readonly title: string;
  readonly arms: readonly string[];
  readonly nameOf: (arm: string) => string;
  /** `95 % interval` */
  readonly level: string;
}

/**
 * What a table leaves out to fit a terminal, one after the other. What fits not even then becomes a list.
 */
type Fit = 'whole' | 'short head' | 'no p' | 'no tally';

/** Two arms beside each other; more below each other; and where the terminal is too narrow, as lists. */
function figureTable(
  layout: Pick<Layout, 'title' | 'arms'>,
  rows: readonly Row[],
  { confidence }: Relevance,
  fits: readonly Fit[],
  pen: Pen,
): string[] {
  const longest = pen.width < ROOMY ? LONGEST_NAME_BRIEF : LONGEST_NAME;
  const names = new Map(layout.arms.map((arm) => [arm, cutTo(tidy(arm), longest, pen)]));
  const level = `${Number((confidence * 100).toFixed(2))} % interval`;
  const whole: Layout = { ...layout, level, nameOf: (arm) => names.get(arm) ?? arm };
  const make = layout.arms.length <= 2 ? beside : below;
  for (const fit of fits) {
    const table = make(whole, rows, fit, pen);
    if (table !== undefined) return table;
  }
  return rows.flatMap((row) => asList(row, whole, pen));
}

const RIGHT = 'right';
const LEFT = 'left';

function beside(layout: Layout, rows: readonly Row[], fit: Fit, pen: Pen): string[] | undefined {
  const { title, arms, nameOf, level } = layout;
  const [only = '', second] = arms;
  const columns: Column[] = [
    { title, align: LEFT },
    { title: 'queries', align: RIGHT },
    ...arms.map((arm) => ({ title: nameOf(arm), align: RIGHT }) as const),
    ...(second === undefined ? ([{ title: level, align: LEFT }] as const) : comparisonColumns(level, fit)),
  ];
  const cells = rows.map(({ title: name, report, queries }) => [
    name,
    queries === undefined ? '' : String(queries),
    ...arms.map((arm) => number(report.arms[arm]?.mean ?? null)),
    ...(second === undefined ? [rangeOf(report, only)] : comparisonCells(report.lift[second], fit, pen)),
  ]);
  return aligned(columns, inPen(cells, pen), pen);
}

function below(layout: Layout, rows: readonly Row[], fit: Fit, pen: Pen): string[] | undefined {
  const { title, arms, nameOf, level } = layout;
  const columns: Column[] = [
    { title, align: LEFT },
    { title: 'queries', align: RIGHT },
    { title: 'arm', align: LEFT },
    { title: 'mean', align: RIGHT },
    ...comparisonColumns(level, fit),
  ];
  const cells = rows.flatMap(({ title: name, report, queries }) =>
    arms.map((arm, i) => [
      i === 0 ? name : '',
      i === 0 && queries !== undefined ? String(queries) : '',
      nameOf(arm),
      number(report.arms[arm]?.mean ?? null),
      ...comparisonCells(report.lift[arm], fit, pen),
    ]),
  );
  return aligned(columns, inPen(cells, pen), pen);
}

/** `–` is what figures write where there is none. */
function inPen(rows: readonly (readonly string[])[], pen: Pen): string[][] {
  return rows.map((row) => row.map((cell) => (cell === '–' ? pen.none : cell)));
}

function comparisonColumns(level: string, fit: Fit): Column[] {
  return [
    { title: `lift, ${level}`, align: LEFT },
    { title: 'p', align: RIGHT },
    { title: fit === 'whole' ? 'win/tie/loss' : 'w/t/l', align: RIGHT },
  ];
}

function comparisonCells(found: PairedComparison | undefined, fit: Fit, pen: Pen): string[] {
  if (found === undefined) return ['', '', ''];
  const withP = fit === 'whole' || fit === 'short head';
  return [liftText(found, pen), withP ? pText(found.p) : '', fit === 'no tally' ? '' : tallyText(found)];
}

function tallyText({ wins, ties, losses }: PairedComparison): string {
  return `${wins}/${ties}/${losses}`;
}

/** Green and red only where the whole interval is on one side. */
function liftText({ meanDelta, interval }: PairedComparison, pen: Pen): string {
  const text = plus(meanDelta);
  const painted =
    interval.low > 0 ? pen.paint('green', text) : interval.high < 0 ? pen.paint('red', text) : text;
  return `${painted} ${plusRange(interval)}`;
}

function rangeOf({ arms }: MeasureReport, arm: string): string {
  const interval = arms[arm]?.interval;
  return interval === undefined ? '' : `[${number(interval.low)}, ${number(interval.high)}]`;
}

function asList({ title, report, queries }: Row, { arms, nameOf }: Layout, pen: Pen): string[] {
  const label = queries === undefined ? title : `${title} (${queries})`;
  return arms.flatMap((arm, i) => {
    const found = report.lift[arm];
    const mean = `${nameOf(arm)} ${number(report.arms[arm]?.mean ?? null)}`;
    const pieces = found === undefined ? [mean] : [mean, ...comparisonPieces(found, pen)];
    return listed(pieces, ', ', i === 0 ? label : ' '.repeat(widthOf(label)), pen);
  });
}

/** A comparison in words, for lists. */
export function comparisonPieces(found: PairedComparison, pen: Pen): string[] {
  return [`lift ${liftText(found, pen)}`, `p ${pText(found.p)}`, `win/tie/loss ${tallyText(found)}`];
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
