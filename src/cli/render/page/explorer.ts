import type { ChangeSummary, VerificationReport } from '../../../verify/report.ts';
import { pairOf } from './arms.ts';
import { html, type Markup, NOTHING } from './html.ts';
import { countOf, measureText, percentText } from './numbers.ts';
import { LONGEST } from './pack.ts';
import { profile } from './profile.ts';

/**
 * The place where the script puts the list of queries; until then, what can be said of all of them. `limit`: how
 * long the texts of documents are, in characters.
 */
export function renderExplorer(report: VerificationReport, place: number, limit: number): Markup {
  const { queries, change } = report;
  if (queries.length === 0) return NOTHING;
  return html`<section class="block queries"><h3>Queries</h3>
${change !== null && html`<p class="intro">${changeText(change)}</p>`}
${limit < LONGEST && html`<p class="intro">So many passages are cut to ${String(limit)} characters, to keep this page small.</p>`}
<div class="explorer" data-report="${place}">${staticProfile(report)}
<noscript><p class="note">The list of ${countOf(queries.length, 'query', 'queries')} and the ranks of their hits need JavaScript.</p></noscript></div></section>`;
}

function staticProfile(report: VerificationReport): Markup {
  const { relevance, queries } = report;
  const pair = pairOf(report);
  const measure = relevance?.measures[0]?.measure;
  if (measure === undefined) return NOTHING;
  const points = queries.flatMap(({ id, measures }, query) => {
    const values = measures?.[measure];
    const [before, after] = [values?.[pair.before], values?.[pair.after]];
    return before === undefined || after === undefined ? [] : [{ query, id, delta: after - before }];
  });
  return profile(points, measure, false);
}

function changeText({
  queries,
  newFirst,
  meanDisplacement,
  maxDisplacement,
  rbo,
  overlap,
}: ChangeSummary): Markup {
  return html`In ${countOf(queries, 'answered query', 'answered queries')}, reranking puts another hit first in <b>${percentText(newFirst)}</b>, and moves a hit by <b>${meanDisplacement.toFixed(1)}</b> places on average, ${String(maxDisplacement)} at most. Similarity of both rankings: RBO ${measureText(rbo, 3)}; ${percentText(overlap)} of the hits are in both.`;
}
