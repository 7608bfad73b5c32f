import type { Verdict, VerificationReport } from '../../../verify/report.ts';
import { msText, percent } from '../figures.ts';
import { tidy } from '../tidy.ts';
import { extremes } from './extremes.ts';
import { baselineLines, canaryLines, gateLines } from './gates.ts';
import { flow, labelOf, listed, wrapped } from './layout.ts';
import { headroomLines, measureLines, powerLines } from './measures.ts';
import { cutId, type Pen } from './pen.ts';
import { note } from './problems.ts';
import { unsound } from './unsound.ts';
import { verdictText } from './verdict.ts';

/** What was measured over all queries, the queries that say the most, and the verdict. */
export function renderSummary(report: VerificationReport, pen: Pen): string[][] {
  return [figures(report, pen), ...extremes(report, pen), ...unsound(report, pen), [closing(report, pen)]];
}

/** Everything but the queries: also for a verification of a few. */
export function figures(report: VerificationReport, pen: Pen): string[] {
  const { relevance, arms, warnings } = report;
  return [
    headline(report, pen),
    ...(relevance === null ? [] : measureLines(relevance, arms, pen)),
    ...headroomLines(report, pen),
    ...powerLines(report, pen),
    ...changeLines(report, pen),
    ...latencyLines(report, pen),
    ...proofLines(report, pen),
    ...gateLines(report.gates, pen),
    ...canaryLines(report, pen),
    ...baselineLines(report, pen),
    ...warnings.flatMap((warning) => note(warning, pen)),
  ];
}

function headline({ address, index, searchPipeline, queries, arms }: VerificationReport, pen: Pen): string {
  const name = cutId(tidy(address), pen.width, pen);
  const where = index === '' ? arms.join(' and ') : `${index} through ${searchPipeline}`;
  const about = [
    queries.length === 1 ? '1 query' : `${queries.length} queries`,
    tidy(where),
    windowText(queries.map(({ window }) => window)),
  ];
  const plain = cutId(`${name}   ${about.filter((each) => each !== '').join(', ')}`, pen.width, pen);
  return plain.startsWith(name) ? pen.paint('bold', name) + plain.slice(name.length) : plain;
}

function windowText(windows: readonly number[]): string {
  if (windows.length === 0) return '';
  const least = windows.reduce((low, each) => Math.min(low, each));
  const most = windows.reduce((high, each) => Math.max(high, each));
  return least === most ? `window ${most}` : `windows ${least} to ${most}`;
}

function changeLines({ change }: VerificationReport, pen: Pen): string[] {
  if (change === null) return [];
  const { newFirst, meanDisplacement, rbo } = change;
  const text = `rbo ${rbo.toFixed(2)}, new first hit in ${percent(newFirst)}, documents move ${meanDisplacement.toFixed(1)} places on average`;
  return wrapped(text, labelOf('rankings'), pen);
}

function latencyLines({ latency }: VerificationReport, pen: Pen): string[] {
  const each = Object.entries(latency).map(([arm, { p50Ms, p95Ms }]) => {
    const slow = p95Ms === null ? '' : `, p95 ${msText(p95Ms)}`;
    return `${tidy(arm)} p50 ${msText(p50Ms)}${slow}`;
  });
  return each.length === 0 ? [] : listed(each, '   ', labelOf('latency'), pen);
}

function proofLines({ queries }: VerificationReport, pen: Pen): string[] {
  const asked = queries.filter(({ proof }) => proof !== null);
  if (asked.length === 0) return [];
  const ran = asked.filter(({ proof }) => proof?.ran === true).length;
  const said = `${ran} of ${asked.length}`;
  const painted = ran === asked.length ? said : pen.paint('red', said);
  const silent = asked.filter(({ verdict, reranked }) => verdict === 'error' && reranked === null).length;
  const unknown = silent === 0 ? '' : `; ${silent} gave no answer`;
  return wrapped(`in ${painted} queries${unknown}`, labelOf('reranker ran:'), pen);
}

const VERDICTS: readonly Verdict[] = ['pass', 'fail', 'inconclusive', 'error'];

/** The last line: how many queries, gates and canaries ended how, and the verdict. */
export function closing(report: VerificationReport, pen: Pen): string {
  const { queries, gates, canaries, verdict } = report;
  const of = (noun: string, verdicts: readonly Verdict[]): string[] =>
    verdicts.length === 0 ? [] : [`${noun}${countsOf(verdicts)}`];
  const judged = gates.length + canaries.length > 0;
  const parts = [
    pen.paint('bold', cutId(tidy(report.address), pen.width - 20, pen)),
    ...of(
      judged ? 'queries ' : '',
      queries.map((query) => query.verdict),
    ),
    ...of(
      'gates ',
      gates.map((gate) => gate.verdict),
    ),
    ...of(
      'canaries ',
      canaries.map(({ pass }) => (pass ? 'pass' : 'fail')),
    ),
    verdictText(verdict, pen),
  ];
  return flow(parts, '   ', pen.width).join('\n  ');
}

function countsOf(verdicts: readonly Verdict[]): string {
  return VERDICTS.map((each) => [each, verdicts.filter((verdict) => verdict === each).length] as const)
    .filter(([, count]) => count > 0)
    .map(([each, count]) => `${count} ${each}`)
    .join(', ');
}
