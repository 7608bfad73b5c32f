import {
  type Mean,
  type MeasureReport,
  RERANKED,
  type Relevance,
  type VerificationReport,
} from '../../../verify/report.ts';
import type { PairedComparison } from '../../../verify/statistics/types.ts';
import { armClass, pairOf } from './arms.ts';
import { html, type Markup, NOTHING } from './html.ts';
import { comparisonTitle, intervalText, liftPlot, liftScale, outcomeBar, outcomeWords } from './lift.ts';
import { countOf, measureText, percentText, pText, signedText } from './numbers.ts';
import { linear, roundUp, type Scale } from './scale.ts';

/** Every measure with its arms as bars, and beside them what reranking has changed. */
export function renderMeasures(report: VerificationReport, anchor: string): Markup {
  const { relevance, arms } = report;
  if (relevance === null) return NOTHING;
  const { measures, confidence } = relevance;
  const top = Math.max(
    0,
    ...measures.flatMap((each) => Object.values(each.arms).map(({ interval }) => interval.high)),
  );
  const high = roundUp(top > 0.5 ? Math.max(top, 1) : Math.max(top, 0.05));
  const scale = linear(0, high);
  const lifts = liftScale(measures.flatMap((each) => Object.values(each.lift)));
  return html`<section class="block measures"><h3>Relevance</h3>
<p class="intro">Means over ${countOf(relevance.queries, 'judged query', 'judged queries')}; the thin lines are ${percentText(confidence)} intervals. Bars run from 0 to ${String(high)}. Beside them, the differences: a full dot where the interval leaves zero out, a hollow one where it does not.</p>
<div class="columns quiet" aria-hidden="true"><span>mean by arm</span><span>against ${pairOf(report).before}</span></div>
${measures.map((each, i) => measureMarkup(each, arms, { scale, lifts, confidence, note: `${anchor}-m${i}`, number: i + 1 }))}
${headroomMarkup(relevance, pairOf(report))}
${leftOut(relevance)}
<ol class="footnotes">${measures.map(({ measure, convention }, i) => html`<li id="${anchor}-m${i}"><b>${measure}</b> is <code>${convention}</code></li>`)}</ol>
</section>`;
}

interface MeasureStyle {
  readonly scale: Scale;
  readonly lifts: Scale;
  readonly confidence: number;
  readonly note: string;
  readonly number: number;
}

function measureMarkup(each: MeasureReport, arms: readonly string[], style: MeasureStyle): Markup {
  const { measure, convention } = each;
  return html`<article class="measure"><h4><abbr title="${convention}">${measure}</abbr><sup><a href="#${style.note}" aria-label="Exact meaning of ${measure}">${style.number}</a></sup></h4>
<div class="bars">${arms.map((arm, i) => armBar(arm, i, each.arms[arm], style))}</div>
<div class="lifts">${arms.flatMap((arm) => {
    const lift = each.lift[arm];
    return lift === undefined ? [] : liftMarkup(arm, lift, arms.length > 2, style);
  })}</div></article>`;
}

function armBar(
  arm: string,
  place: number,
  mean: Mean | undefined,
  { scale, confidence }: MeasureStyle,
): Markup {
  if (mean === undefined) return NOTHING;
  const { low, high } = mean.interval;
  const title = `${arm}: ${measureText(mean.mean, 6)}, ${percentText(confidence)} interval ${measureText(low)} to ${measureText(high)}`;
  return html`<div class="bar"><span class="arm">${arm}</span>
<svg class="plot" width="100%" height="18" role="img"><title>${title}</title>
<line class="base" x1="0" x2="100%" y1="17.5" y2="17.5"/>
<rect class="${armClass(place)}" width="${scale(mean.mean)}%" height="17" rx="1"/>
<line class="halo" x1="${scale(low)}%" x2="${scale(high)}%" y1="8.5" y2="8.5"/>
<line class="whisker" x1="${scale(low)}%" x2="${scale(high)}%" y1="8.5" y2="8.5"/>
<line class="whisker" x1="${scale(low)}%" x2="${scale(low)}%" y1="5" y2="12"/>
<line class="whisker" x1="${scale(high)}%" x2="${scale(high)}%" y1="5" y2="12"/></svg>
<span class="number">${measureText(mean.mean)}</span></div>`;
}

function liftMarkup(
  arm: string,
  lift: PairedComparison,
  named: boolean,
  { lifts, confidence }: MeasureStyle,
): Markup {
  const title = comparisonTitle(lift, confidence);
  return html`<div class="comparison" title="${title}">${named && html`<p class="arm">${arm}</p>`}
<p class="delta">${signedText(lift.meanDelta)}</p>
${liftPlot(lift, lifts, title)}
<p class="note">${intervalText(lift.interval)} · ${pText(lift.p)}</p>
<div class="outcome">${outcomeBar(lift)}<p class="note">${outcomeWords(lift)}</p></div></div>`;
}

/** One bar: from unreranked to reranked, and on to what the best order of the same hits would give. */
function headroomMarkup(
  { headroom, measures }: Relevance,
  { before, after }: ReturnType<typeof pairOf>,
): Markup {
  if (headroom === null) return NOTHING;
  const { measure, oracle, used, windowRecall } = headroom;
  const arms = measures.find((each) => each.measure === measure)?.arms;
  const [from, to] = [arms?.[before]?.mean, arms?.[after]?.mean];
  if (from === undefined || to === undefined) return NOTHING;
  const scale = linear(0, 1);
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const subject = after === RERANKED ? 'Reranking' : after;
  const words =
    used === null
      ? 'The retrieval leaves nothing to be won.'
      : used < 0
        ? `${subject} has lost ground: the best order of the same hits would reach ${measureText(oracle)}.`
        : `${subject} wins ${percentText(used)} of what the best order of the same hits would win.`;
  const title = `${measure}: ${before} ${measureText(from)}, ${after} ${measureText(to)}, best possible order ${measureText(oracle)}`;
  return html`<article class="headroom"><h4>Headroom in ${measure}</h4>
<p>${words} <span class="quiet">The window holds ${percentText(windowRecall)} of the relevant documents; the rest is for the retrieval to find.</span></p>
<svg class="plot" width="100%" height="26" role="img"><title>${title}</title>
<rect class="track" width="100%" height="26" rx="1"/>
<rect class="left" x="${scale(high)}%" width="${Math.max(scale(oracle) - scale(high), 0)}%" height="26"/>
<rect class="hatch" x="${scale(high)}%" width="${Math.max(scale(oracle) - scale(high), 0)}%" height="26"/>
<rect class="arm-0" width="${scale(low)}%" height="26"/>
<rect class="${to >= from ? 'arm-1' : 'lost'}" x="${scale(low)}%" width="${scale(high) - scale(low)}%" height="26"/>
<line class="oracle" x1="${scale(oracle)}%" x2="${scale(oracle)}%" y1="0" y2="26"/></svg>
<dl class="key"><div><dt><i class="swatch arm-0"></i>${before}</dt><dd>${measureText(from)}</dd></div>
<div><dt><i class="swatch arm-1"></i>${after}</dt><dd>${measureText(to)}</dd></div>
<div><dt><i class="swatch left"></i>best order of the same hits</dt><dd>${measureText(oracle)}</dd></div></dl></article>`;
}

/** Queries that the means leave out: none of them goes without being named. */
function leftOut({ withoutJudgments, withoutRelevant, unanswered, unknownQueries }: Relevance): Markup {
  const groups = [
    [withoutJudgments, 'without judgments'],
    [withoutRelevant, 'with no relevant document judged'],
    [unanswered, 'judged, but not answered by every arm'],
    [unknownQueries, 'judged, but not among the queries'],
  ] as const;
  return html`${groups.map(([ids, what]) =>
    ids.length === 0
      ? ''
      : html`<details class="left-out"><summary>${countOf(ids.length, 'query', 'queries')} ${what}</summary><p class="ids">${ids.map((id) => html`<code>${id}</code> `)}</p></details>`,
  )}`;
}
