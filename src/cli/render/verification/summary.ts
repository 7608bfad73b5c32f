import type {
  Gate,
  MeasureReport,
  QueryReport,
  Relevance,
  VerificationReport,
} from '../../../verify/report.ts';
import { gateFigure, number, percent, plus, pText } from '../figures.ts';
import { type Pen, tidy, widthOf, wrapped } from './pen.ts';
import { renderQuery } from './query.ts';
import { verdictMark, verdictText } from './verdict.ts';

/** Queries that went wrong are told in full up to so many; the rest is in the JSON. */
const SHOWN_PROBLEMS = 5;
/** Queries that lost and won the most. */
const SHOWN_EXTREMES = 3;

/** What was measured over all queries. */
export function renderSummary(report: VerificationReport, pen: Pen): string[][] {
  return [
    [headline(report, pen), ...figures(report, pen)],
    ...extremes(report, pen),
    ...unsound(report, pen),
    notes(report, pen),
    [closing(report, pen)],
  ].filter((block) => block.length > 0);
}

function headline({ address, index, searchPipeline, queries }: VerificationReport, pen: Pen): string {
  const where = index === '' ? [] : [`${index} through ${searchPipeline}`];
  const windows = queries.map(({ window }) => window);
  const about = [`${queries.length} queries`, ...where, `window ${Math.max(0, ...windows)}`];
  return `${pen.paint('bold', address)}   ${about.join(', ')}`;
}

/** Everything but the queries: also for a verification of a few. */
export function figures(report: VerificationReport, pen: Pen): string[] {
  const { relevance } = report;
  return [
    ...(relevance === null ? [] : measureLines(relevance, report.arms, pen)),
    ...headroomLines(relevance),
    ...changeLines(report),
    ...latencyLines(report),
    ...proofLines(report, pen),
    ...gateLines(report.gates, pen),
    ...canaryLines(report, pen),
    ...baselineLines(report, pen),
  ];
}

function measureLines({ measures, segments }: Relevance, arms: readonly string[], pen: Pen): string[] {
  const [, ...others] = arms;
  const head = ['measure', ...arms, 'lift', '', 'p', 'win/tie/loss'];
  const rows = measures.flatMap((measure) => rowsOf(measure.measure, measure, arms, others));
  const named = segments.flatMap(({ label, value, queries, measures: each }) => {
    const [first] = measures;
    const found = first === undefined ? undefined : each[first.measure];
    return found === undefined ? [] : rowsOf(`${label} ${value} (${queries})`, found, arms, others);
  });
  const table = aligned([head, ...rows, ...named], pen);
  return [...table, ...measures.slice(0, 1).map(({ convention }) => pen.paint('dim', `  ${convention}`))];
}

function rowsOf(
  title: string,
  { arms: means, lift }: MeasureReport,
  arms: readonly string[],
  others: readonly string[],
): string[][] {
  const plain = [title, ...arms.map((arm) => number(means[arm]?.mean ?? null))];
  if (others.length === 0) return [[...plain, '', '', '', '']];
  return others.map((arm, i) => {
    const found = lift[arm];
    const left = i === 0 ? plain : plain.map(() => '');
    if (found === undefined) return [...left, '', '', '', ''];
    const { meanDelta, interval, p, wins, ties, losses } = found;
    return [
      ...left,
      others.length === 1 ? plus(meanDelta) : `${arm} ${plus(meanDelta)}`,
      `[${plus(interval.low)}, ${plus(interval.high)}]`,
      pText(p),
      `${wins}/${ties}/${losses}`,
    ];
  });
}

/** The first column to the left, figures to the right, the head in a low voice. */
function aligned(rows: readonly (readonly string[])[], pen: Pen): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const used = Array.from({ length: columns }, (_, i) => i).filter((i) =>
    rows.slice(1).some((row) => (row[i] ?? '') !== ''),
  );
  const widths = used.map((i) => Math.max(...rows.map((row) => widthOf(row[i] ?? ''))));
  return rows.map((row, r) => {
    const cells = used.map((i, c) => {
      const cell = row[i] ?? '';
      const blank = ' '.repeat((widths[c] ?? 0) - widthOf(cell));
      return i === 0 ? cell + blank : blank + cell;
    });
    const line = `  ${cells.join('  ')}`.trimEnd();
    return r === 0 ? pen.paint('dim', line) : line;
  });
}

function headroomLines(relevance: Relevance | null): string[] {
  const headroom = relevance?.headroom ?? null;
  if (headroom === null) return [];
  const { measure, windowRecall, oracle, used } = headroom;
  const share =
    used === null ? 'nothing was left to be won' : `the reranker used ${percent(used)} of what was to be won`;
  return [
    `  the windows hold ${percent(windowRecall)} of what is relevant; the best order of them has ${measure} ${number(oracle)}: ${share}`,
  ];
}

function changeLines({ change }: VerificationReport): string[] {
  if (change === null) return [];
  const { newFirst, meanDisplacement, rbo } = change;
  return [
    `  another first hit in ${percent(newFirst)} of the queries; a hit moves ${meanDisplacement.toFixed(1)} places on average; rank-biased overlap ${rbo.toFixed(2)}`,
  ];
}

function latencyLines({ latency }: VerificationReport): string[] {
  const each = Object.entries(latency).map(([arm, { p50Ms, p95Ms }]) => {
    const slow = p95Ms === null ? '' : `, p95 ${Math.round(p95Ms)} ms`;
    return `${arm} p50 ${Math.round(p50Ms)} ms${slow}`;
  });
  return each.length === 0 ? [] : [`  latency: ${each.join('; ')}`];
}

function proofLines({ queries }: VerificationReport, pen: Pen): string[] {
  const asked = queries.filter(({ proof }) => proof !== null);
  if (asked.length === 0) return [];
  const ran = asked.filter(({ proof }) => proof?.ran === true).length;
  const said = `${ran} of ${asked.length}`;
  return [`  reranker ran: in ${ran === asked.length ? said : pen.paint('red', said)} queries`];
}

function gateLines(gates: readonly Gate[], pen: Pen): string[] {
  return gates.flatMap((gate) => {
    const where =
      gate.verdict === 'pass' || gate.location === undefined
        ? ''
        : ` (${gate.location.file}:${gate.location.line})`;
    return [
      `  ${verdictMark(gate.verdict, pen)} ${gate.rule}: ${gateFigure(gate)}`,
      ...wrapped(`${gate.because}${where}`, ' ', pen, '  '),
    ];
  });
}

function canaryLines({ canaries }: VerificationReport, pen: Pen): string[] {
  return canaries.flatMap(({ pass, queryText, problem: why }, i) => {
    const name = queryText === '' ? `canary ${i + 1}` : `canary ${tidy(queryText)}`;
    const line = wrapped(name, verdictMark(pass ? 'pass' : 'fail', pen), pen);
    return pass ? line : [...line, ...wrapped(tidy(why), ' ', pen)];
  });
}

function baselineLines({ baseline }: VerificationReport, pen: Pen): string[] {
  if (baseline === null) return [];
  const { file, state, differences, measures } = baseline;
  const against = Object.entries(measures).map(([name, { meanDelta }]) => `${name} ${plus(meanDelta)}`);
  const said = {
    compared: `against the baseline ${file}: ${against.join(', ')}`,
    missing: `no baseline ${file} yet: write it with verify --update-baseline`,
    different: `the baseline ${file} was measured on ${differences.join(', ')}`,
    written: `these figures are the new baseline ${file}`,
  }[state];
  return wrapped(said, pen.paint('dim', '='), pen);
}

/** The queries that lost and won the most by the first measure; the worst one with both rankings. */
function extremes(report: VerificationReport, pen: Pen): string[][] {
  const [measure] = report.relevance?.measures ?? [];
  const [first = '', second = ''] = report.arms;
  if (measure === undefined || second === '') return [];
  const changed = report.queries
    .flatMap((query) => {
      const figure = query.measures?.[measure.measure];
      const [before, after] = [figure?.[first], figure?.[second]];
      return before === undefined || after === undefined ? [] : [{ query, before, after }];
    })
    .filter(({ before, after }) => before !== after)
    .sort((left, right) => left.after - left.before - (right.after - right.before));
  const lost = changed.filter(({ before, after }) => after < before).slice(0, SHOWN_EXTREMES);
  const won = changed
    .filter(({ before, after }) => after > before)
    .slice(-SHOWN_EXTREMES)
    .reverse();
  const line = ({ query, before, after }: (typeof changed)[number]): string =>
    `  ${number(before)} ${pen.arrow} ${number(after)}  ${tidy(query.id)}  ${tidy(query.queryText)}`.slice(
      0,
      pen.width,
    );
  const block = (title: string, some: typeof changed): string[] =>
    some.length === 0 ? [] : [pen.paint('dim', `  ${title} by ${measure.measure}`), ...some.map(line)];
  const [worst] = lost;
  return [
    block('lost most', lost),
    block('won most', won),
    worst === undefined ? [] : renderQuery(report, worst.query, pen),
  ];
}

/** Queries that went wrong. The same reason for many of them is told once. */
function unsound(report: VerificationReport, pen: Pen): string[][] {
  const wrong = report.queries.filter(({ verdict }) => verdict === 'fail' || verdict === 'error');
  const alike = new Map<string, QueryReport[]>();
  for (const query of wrong) {
    const key =
      (query.proof?.reasons ?? []).map(({ code }) => code).join() || (query.error?.code ?? query.id);
    alike.set(key, [...(alike.get(key) ?? []), query]);
  }
  const shown = [...alike.values()].slice(0, SHOWN_PROBLEMS).map((queries) => {
    const [query] = queries;
    if (query === undefined) return [];
    const others = queries.length === 1 ? [] : [`  and so in ${queries.length - 1} more queries`];
    return [...renderQuery(report, query, pen), ...others];
  });
  const rest = alike.size - shown.length;
  return rest > 0 ? [...shown, [`  and ${rest} more: see --output json`]] : shown;
}

export function notes({ warnings }: VerificationReport, pen: Pen): string[] {
  return warnings.flatMap((warning) => wrapped(tidy(warning), pen.paint('yellow', 'note:'), pen));
}

/** The last line: how many queries ended how, and the verdict. */
export function closing(report: VerificationReport, pen: Pen): string {
  return `${pen.paint('bold', report.address)}   ${counts(report)}   ${verdictText(report.verdict, pen)}`;
}

function counts({ queries }: VerificationReport): string {
  return (['pass', 'fail', 'inconclusive', 'error'] as const)
    .map((each) => [each, queries.filter((query) => query.verdict === each).length] as const)
    .filter(([, count]) => count > 0)
    .map(([each, count]) => `${count} ${each}`)
    .join(', ');
}
