import { parseAddress } from '../../../core/address.ts';
import { type QueryReport, RERANKED, type Verdict, type VerificationReport } from '../../../verify/report.ts';
import { pairOf } from './arms.ts';
import { html, type Markup } from './html.ts';
import { VERDICT_WORDS, verdictMark } from './icons.ts';
import { intervalText, liftPlot, liftScale, outcomeBar, outcomeWords } from './lift.ts';
import { countOf, countText, measureText, msText, percentText, signedText, timesText } from './numbers.ts';
import { linear } from './scale.ts';

/** What a person sees first: the verdict, one sentence, and four figures. */
export function renderHeader(report: VerificationReport): Markup {
  const { verdict, address, index, searchPipeline } = report;
  const { kind, name } = parseAddress(address) ?? { kind: '', name: address };
  return html`<header class="head">
<p class="verdict is-${verdict}">${verdictMark(verdict)} <b>${VERDICT_WORDS[verdict]}</b> <span class="quiet">${causesOf(report)}</span></p>
<h2><span class="kind">${kind}/</span><wbr>${name}</h2>
${index !== '' && html`<p class="route"><span class="quiet">Index</span> <code>${index}</code> <span class="quiet">through search pipeline</span> <code>${searchPipeline}</code></p>`}
<p class="headline">${headlineOf(report)}</p>
<dl class="facts">${liftFact(report)}${queriesFact(report)}${proofFact(report)}${latencyFact(report)}</dl>
</header>`;
}

/** What the verdict stands on: `2 of 3 gates failed, 9 of 200 queries failed`. */
function causesOf({ gates, queries, canaries, verdict }: VerificationReport): string {
  const groups = [
    [gates.map((gate) => gate.verdict), 'gate', 'gates'],
    [queries.map((query) => query.verdict), 'query', 'queries'],
    [canaries.map(({ pass }): Verdict => (pass ? 'pass' : 'fail')), 'canary', 'canaries'],
  ] as const;
  const causes = groups.flatMap(([verdicts, one, many]) => {
    const all = verdicts.length;
    const of = `${all === 1 ? '' : `of ${countText(all)} `}${all === 1 ? one : many}`;
    if (verdict === 'pass') return all === 0 ? [] : [countOf(all, one, many)];
    return (Object.keys(CAUSES) as (keyof typeof CAUSES)[]).flatMap((each) => {
      const count = verdicts.filter((found) => found === each).length;
      return count === 0 ? [] : [`${countText(count)} ${of} ${CAUSES[each]}`];
    });
  });
  return causes.join(', ');
}

const CAUSES = { fail: 'failed', error: 'gave no answer', inconclusive: 'inconclusive' } as const;

/** The result in one sentence. */
export function headlineOf(report: VerificationReport): string {
  const { relevance, change, queries, verdict } = report;
  const { after } = pairOf(report);
  const subject = after === RERANKED ? 'Reranking' : after;
  const first = relevance?.measures[0];
  const lift = first?.lift[after];
  if (first !== undefined && lift !== undefined && lift.n > 0) {
    const { low, high } = lift.interval;
    const sure = `${percentText(relevance?.confidence ?? 0.95)} interval ${intervalText(lift.interval)}`;
    if (low > 0) return `${subject} raises ${first.measure} by ${measureText(lift.meanDelta)} (${sure}).`;
    if (high < 0) return `${subject} lowers ${first.measure} by ${measureText(-lift.meanDelta)} (${sure}).`;
    return `${subject} changes ${first.measure} by ${signedText(lift.meanDelta)}, which may be chance (${sure}).`;
  }
  const broken = queries.filter((query) => query.verdict === 'error').length;
  if (verdict === 'error' && broken === queries.length)
    return 'No query was answered, so there is nothing to compare.';
  if (change !== null) {
    return `${subject} puts another hit first in ${percentText(change.newFirst)} of ${countOf(change.queries, 'query', 'queries')}.`;
  }
  return 'There are no judgments, and no query that both arms have answered.';
}

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly picture?: Markup;
  readonly note: string;
}

function factMarkup({ name, value, picture, note }: Fact): Markup {
  return html`<div class="fact"><dt>${name}</dt><dd class="value">${value}</dd>
<dd class="picture">${picture}</dd><dd class="note">${note}</dd></div>`;
}

function liftFact(report: VerificationReport): Markup {
  const { relevance, change } = report;
  const { before, after } = pairOf(report);
  const first = relevance?.measures[0];
  const lift = first?.lift[after];
  if (first === undefined || lift === undefined) {
    return factMarkup({
      name: 'First hit changed',
      value: change === null ? '–' : percentText(change.newFirst),
      ...(change === null
        ? {}
        : { picture: shareBar(change.newFirst, 'Share of queries with another first hit') }),
      note: 'without judgments, no measure',
    });
  }
  const from = first.arms[before];
  const to = first.arms[after];
  return factMarkup({
    name: `Lift of ${first.measure}`,
    value: signedText(lift.meanDelta),
    picture: liftPlot(
      lift,
      liftScale([lift]),
      `Lift ${signedText(lift.meanDelta)}, ${intervalText(lift.interval)}`,
    ),
    note:
      from === undefined || to === undefined
        ? `over ${countOf(lift.n, 'query', 'queries')}`
        : `${measureText(from.mean)} → ${measureText(to.mean)}`,
  });
}

const VERDICTS: readonly Verdict[] = ['pass', 'fail', 'inconclusive', 'error'];

/** How many queries have each verdict, in words: `197 passed, 3 failed`. */
export function verdictCounts(queries: readonly Pick<QueryReport, 'verdict'>[]): string {
  return VERDICTS.map((each) => [each, queries.filter(({ verdict }) => verdict === each).length] as const)
    .filter(([, count]) => count > 0)
    .map(([each, count]) => `${countText(count)} ${VERDICT_WORDS[each].toLowerCase()}`)
    .join(', ');
}

function queriesFact(report: VerificationReport): Markup {
  const { queries, relevance } = report;
  const lift = relevance?.measures[0]?.lift[pairOf(report).after];
  const passed = queries.filter(({ verdict }) => verdict === 'pass').length;
  return factMarkup({
    name: queries.length === 1 ? 'Query' : 'Queries',
    value: countText(queries.length),
    picture:
      lift === undefined
        ? shareBar(passed / Math.max(queries.length, 1), 'Share of queries that passed')
        : outcomeBar(lift),
    note: lift === undefined ? verdictCounts(queries) : outcomeWords(lift),
  });
}

function proofFact({ queries }: VerificationReport): Markup {
  if (queries.every(({ proof }) => proof === null)) {
    return factMarkup({
      name: 'Proof',
      value: '–',
      note: 'rankings were read from files; nothing was asked',
    });
  }
  const ran = queries.filter(({ proof }) => proof?.ran).length;
  const words = `the reranker ran in ${countText(ran)} of ${countText(queries.length)}`;
  return factMarkup({
    name: 'Proof',
    value: `${countText(ran)}/${countText(queries.length)}`,
    picture: shareBar(ran / Math.max(queries.length, 1), words),
    note: words,
  });
}

/** p95 where there are enough queries for one, else the median. */
function latencyFact(report: VerificationReport): Markup {
  const pair = pairOf(report);
  const [before, after] = [report.latency[pair.before], report.latency[pair.after]];
  if (before === undefined || after === undefined || after.n === 0) {
    return factMarkup({ name: 'Latency', value: '–', note: 'nothing was timed' });
  }
  const high = before.p95Ms !== null && after.p95Ms !== null;
  const [from, to] = high ? [before.p95Ms, after.p95Ms] : [before.p50Ms, after.p50Ms];
  const scale = linear(0, Math.max(from, to, 1));
  const note = `${msText(from)} without${from > 0 ? `, ${timesText(to / from)} as long` : ''}`;
  return factMarkup({
    name: high ? 'Latency, p95' : 'Latency, median',
    value: msText(to),
    picture: html`<svg class="plot pair" width="100%" height="22" role="img"><title>${`${pair.after} ${msText(to)}, ${pair.before} ${msText(from)}`}</title>
<rect class="arm-0" width="${scale(from)}%" height="9"/><rect class="arm-1" y="12" width="${scale(to)}%" height="9"/></svg>`,
    note,
  });
}

function shareBar(share: number, title: string): Markup {
  return html`<svg class="plot share" width="100%" height="10" role="img"><title>${title}</title>
<rect class="track" width="100%" height="10"/><rect class="fill" width="${linear(0, 1)(share)}%" height="10"/></svg>`;
}
