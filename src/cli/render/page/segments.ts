import type { SegmentReport, VerificationReport } from '../../../verify/report.ts';
import { pairOf } from './arms.ts';
import { html, type Markup, NOTHING } from './html.ts';
import { comparisonTitle, liftPlot, liftScale, outcomeWords } from './lift.ts';
import { countText, measureText, signedText } from './numbers.ts';
import type { Scale } from './scale.ts';

/** Each segment with the lift of the first measure drawn, and the lift of the others in numbers. */
export function renderSegments(report: VerificationReport): Markup {
  const { relevance } = report;
  if (relevance === null || relevance.segments.length === 0) return NOTHING;
  const { segments, measures, confidence } = relevance;
  const first = measures[0]?.measure;
  if (first === undefined) return NOTHING;
  const pair = pairOf(report);
  const others = measures.slice(1).map(({ measure }) => measure);
  const scale = liftScale(segments.flatMap(({ measures: own }) => own[first]?.lift[pair.after] ?? []));
  return html`<section class="block segments"><h3>Segments</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Segments"><table>
<thead><tr><th scope="col">segment</th><th scope="col" class="count">queries</th><th scope="col" class="plotted">lift of ${first}</th><th scope="col" class="count">lift</th><th scope="col" class="count extra">${pair.before}</th><th scope="col" class="count extra">${pair.after}</th>${others.map((measure) => html`<th scope="col" class="count extra">${measure}</th>`)}</tr></thead>
<tbody>${segments.map((segment) => row(segment, { first, others, pair, scale, confidence }))}</tbody></table></div></section>`;
}

interface SegmentStyle {
  readonly first: string;
  readonly others: readonly string[];
  readonly pair: ReturnType<typeof pairOf>;
  readonly scale: Scale;
  readonly confidence: number;
}

function row(
  { label, value, queries, measures }: SegmentReport,
  { first, others, pair, scale, confidence }: SegmentStyle,
): Markup {
  const own = measures[first];
  const lift = own?.lift[pair.after];
  const liftOf = (measure: string): string => {
    const found = measures[measure]?.lift[pair.after];
    return found === undefined ? '–' : signedText(found.meanDelta);
  };
  const meanOf = (arm: string): string => {
    const found = own?.arms[arm];
    return found === undefined ? '–' : measureText(found.mean);
  };
  return html`<tr><th scope="row"><span class="quiet">${label}</span> ${value}</th><td class="count">${countText(queries)}</td>
<td class="plotted">${lift === undefined ? '–' : liftPlot(lift, scale, `${comparisonTitle(lift, confidence)}; ${outcomeWords(lift)}`)}</td>
<td class="count strong">${liftOf(first)}</td><td class="count extra">${meanOf(pair.before)}</td><td class="count extra">${meanOf(pair.after)}</td>
${others.map((measure) => html`<td class="count extra">${liftOf(measure)}</td>`)}</tr>`;
}
