import { whyUnmeasured } from '../../../verify/relevance.ts';
import type { Gate, Verdict, VerificationReport } from '../../../verify/report.ts';
import { gateFigure, headroomText, msText, number, percent, plus, plusRange, pText } from '../figures.ts';
import { cutText, figure, inert, inertCode, list, table } from './inert.ts';
import { MARK, markOf } from './mark.ts';

/** Longer lists are cut: they are in the JSON. */
const MOST_ROWS = 50;
const MOST_ITEMS = 10;
const LONGEST_SENTENCE = 400;

/** The verdict, and what it stands on: without the queries. */
export function summaryOf(report: VerificationReport): string[] {
  return [
    `### ${markOf(report, report.verdict)}: ${inert(report.address)}`,
    facts(report),
    ...gateTable(report.gates),
    ...measureTable(report),
    ...segmentTable(report),
    ...rankings(report),
    ...latency(report),
    ...baseline(report),
    ...canaries(report),
    ...bullets(report.warnings.map(sentence)),
  ];
}

const VERDICTS: readonly Verdict[] = ['pass', 'fail', 'inconclusive', 'error'];

function facts({ queries, index, searchPipeline, arms }: VerificationReport): string {
  const counts = VERDICTS.map(
    (each) => [each, queries.filter(({ verdict }) => verdict === each).length] as const,
  )
    .filter(([verdict, count]) => count > 0 && verdict !== 'pass')
    .map(([each, count]) => `${count} ${each}`);
  const where =
    index === ''
      ? arms.map(inertCode).join(' and ')
      : `${inertCode(index)} through ${inertCode(searchPipeline)}`;
  const asked = queries.filter(({ proof }) => proof !== null);
  const ran = asked.filter(({ proof }) => proof?.ran === true).length;
  return [
    `${queries.length} ${queries.length === 1 ? 'query' : 'queries'}`,
    counts.length === 0 ? '' : ` (${counts.join(', ')})`,
    `, ${where}.`,
    asked.length === 0 ? '' : ` The reranker ran in ${ran} of ${asked.length}.`,
  ].join('');
}

function gateTable(gates: readonly Gate[]): string[] {
  if (gates.length === 0) return [];
  const rows = gates.slice(0, MOST_ROWS).map((gate) => {
    const { location, verdict, because, rule } = gate;
    const where = location === undefined ? '' : inertCode(`${location.file}:${location.line}`);
    return [MARK[verdict], inertCode(rule), gateFigure(gate), sentence(because), where];
  });
  return [table(['gate', 'rule', 'found', 'why', 'declared at'], rows), ...rest(gates.length, 'gates')];
}

function rest(count: number, noun: string): string[] {
  return count <= MOST_ROWS ? [] : [`*${count - MOST_ROWS} more ${noun}: see the JSON.*`];
}

type Figures = NonNullable<VerificationReport['relevance']>['measures'][number];

function measureTable({ relevance, arms }: VerificationReport): string[] {
  if (relevance === null) return [];
  const { measures, queries } = relevance;
  const unmeasured = whyUnmeasured(relevance);
  if (unmeasured !== undefined) return [sentence(`${unmeasured.message}. ${unmeasured.remedy}`)];
  const rows = measures
    .slice(0, MOST_ROWS)
    .flatMap((report) => figureRows(inertCode(report.measure), report, arms));
  const conventions = [...new Set(measures.map(({ convention }) => inertCode(convention)))].slice(
    0,
    MOST_ROWS,
  );
  return [
    table(headOf('measure', relevance.confidence, arms), rows),
    `<sub>Means over ${queries} ${queries === 1 ? 'query' : 'queries'}. ${conventions.join(' ')}</sub>`,
  ];
}

function segmentTable({ relevance, arms }: VerificationReport): string[] {
  const [first] = relevance?.measures ?? [];
  if (relevance === null || first === undefined || relevance.segments.length === 0) return [];
  const rows = relevance.segments.slice(0, MOST_ROWS).flatMap(({ label, value, queries, measures }) => {
    const report = measures[first.measure];
    const name = `${inert(cutText(`${label} ${value}`, 60))} (${queries})`;
    return report === undefined ? [] : figureRows(name, report, arms);
  });
  const head = headOf(`${inertCode(first.measure)} of`, relevance.confidence, arms);
  return [table(head, rows), ...rest(relevance.segments.length, 'labels')];
}

function headOf(title: string, confidence: number, [first = '', ...others]: readonly string[]): string[] {
  const compared = others.length === 1 ? inert(others[0] ?? '') : 'mean';
  const level = `${Number((confidence * 100).toFixed(2))} % interval`;
  return [
    title,
    inert(first),
    others.length > 1 ? 'arm' : '',
    compared,
    `lift, ${level}`,
    'p',
    'win / tie / loss',
  ];
}

/** One line for each arm that is compared with the first. */
function figureRows(title: string, { arms: means, lift }: Figures, arms: readonly string[]): string[][] {
  const [first = '', ...others] = arms;
  const before = number(means[first]?.mean ?? null);
  if (others.length === 0) return [[title, before]];
  return others.map((arm, i) => {
    const plain = [
      ...(i === 0 ? [title, before] : ['', '']),
      others.length > 1 ? inert(cutText(arm, 60)) : '',
      number(means[arm]?.mean ?? null),
    ];
    const found = lift[arm];
    if (found === undefined) return plain;
    const { meanDelta, interval, p, wins, ties, losses } = found;
    const range = `${plus(meanDelta)} ${plusRange(interval)}`;
    return [...plain, range, figure(pText(p)), `${wins} / ${ties} / ${losses}`];
  });
}

function rankings({ relevance, change }: VerificationReport): string[] {
  const parts: string[] = [];
  if (relevance?.headroom != null) {
    const { measure, windowRecall, oracle, used } = relevance.headroom;
    parts.push(
      `Window recall ${windowRecall.toFixed(2)}, best possible ${inertCode(measure)} ${number(oracle)}: ${figure(headroomText(used))}.`,
    );
  }
  if (change !== null) {
    const { newFirst, meanDisplacement, rbo } = change;
    parts.push(
      `Rank-biased overlap ${rbo.toFixed(2)}, new first hit in ${figure(percent(newFirst))} of the queries, documents move ${meanDisplacement.toFixed(1)} places on average.`,
    );
  }
  return parts.length === 0 ? [] : [parts.join('\n')];
}

function latency({ latency: found }: VerificationReport): string[] {
  const each = Object.entries(found).map(([arm, { p50Ms, p95Ms }]) => {
    const slow = p95Ms === null ? '' : `, p95 ${msText(p95Ms)}`;
    return `${inert(arm)} p50 ${msText(p50Ms)}${slow}`;
  });
  return each.length === 0 ? [] : [`Latency: ${each.slice(0, MOST_ITEMS).join('; ')}.`];
}

function baseline({ baseline: found }: VerificationReport): string[] {
  if (found === null) return [];
  const file = inertCode(found.file);
  const differences = sentence(found.differences.join(', '));
  if (found.state === 'missing') return [`There is no baseline ${file} yet.`];
  if (found.state === 'written') return [`These figures are for the baseline ${file}.`];
  if (found.state === 'different') return [`Not compared with ${file}: it was measured on ${differences}.`];
  const against = Object.entries(found.measures).map(
    ([name, { meanDelta, interval }]) => `${inertCode(name)} ${plus(meanDelta)} ${plusRange(interval)}`,
  );
  return [`Against the baseline ${file}: ${against.slice(0, MOST_ITEMS).join(', ')}.`];
}

function canaries({ canaries: all }: VerificationReport): string[] {
  if (all.length === 0) return [];
  const wrong = all.flatMap((canary, i) => (canary.pass ? [] : [{ ...canary, place: i + 1 }]));
  const told = wrong.map(({ place, problem }) => `${MARK.fail}: canary ${place}: ${sentence(problem)}`);
  return [`${all.length - wrong.length} of ${all.length} canaries as expected.`, ...bullets(told)];
}

function bullets(items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const left = items.length - MOST_ITEMS;
  return [list([...items.slice(0, MOST_ITEMS), ...(left > 0 ? [`and ${left} more: see the JSON`] : [])])];
}

function sentence(text: string): string {
  return inert(cutText(text, LONGEST_SENTENCE));
}
