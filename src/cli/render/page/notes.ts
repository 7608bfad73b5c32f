import type { BaselineReport, Canary, VerificationReport } from '../../../verify/report.ts';
import { html, type Markup, NOTHING } from './html.ts';
import { metIcon, verdictIcon, warningIcon } from './icons.ts';
import { comparisonTitle, intervalText, liftPlot, liftScale, outcomeWords } from './lift.ts';
import { countOf, measureText, pText, signedText } from './numbers.ts';
import { problemsOf } from './pack.ts';

const SHOWN_PROBLEMS = 5;

/** What stands in the way: the problems of the queries, each once with how many it has hit, and the warnings. */
export function renderProblems(report: VerificationReport, text: boolean): Markup {
  const found = new Map<string, { code: string; message: string; remedy: string; queries: number }>();
  for (const query of report.queries) {
    for (const { code, message, remedy } of problemsOf(query, text)) {
      const key = JSON.stringify([code, remedy]);
      const known = found.get(key);
      if (known === undefined) found.set(key, { code, message, remedy, queries: 1 });
      else known.queries++;
    }
  }
  const problems = [...found.values()].sort((a, b) => b.queries - a.queries);
  const more = problems.length - SHOWN_PROBLEMS;
  if (problems.length === 0 && report.warnings.length === 0) return NOTHING;
  return html`<section class="block problems"><h3>${problems.length === 0 ? 'Warnings' : 'Problems'}</h3><ul class="rows">
${problems.slice(0, SHOWN_PROBLEMS).map(
  ({
    code,
    message,
    remedy,
    queries,
  }) => html`<li class="problem">${verdictIcon('error')}<div><p class="rule">${message === '' ? html`<code>${code}</code>` : message}</p>
${remedy !== '' && html`<p class="note"><b>Fix:</b> ${remedy}</p>`}<p class="note">${countOf(queries, 'query', 'queries')} · <code>${code}</code></p></div></li>`,
)}
${more > 0 && html`<li class="problem"><span></span><p class="note">And ${countOf(more, 'other problem')}: see the queries.</p></li>`}
${report.warnings.map((warning) => html`<li class="problem warning">${warningIcon()}<p class="rule">${warning}</p></li>`)}</ul></section>`;
}

/** Pairs whose score is known: what the model made of them. */
export function renderCanaries({ canaries }: VerificationReport, text: boolean): Markup {
  if (canaries.length === 0) return NOTHING;
  return html`<section class="block canaries"><h3>Canaries</h3>
<p class="intro">Pairs of texts whose score is known. They tell a wrong model from a bad one.</p>
<ul class="rows">${canaries.map((canary, i) => canaryMarkup(canary, i, text))}</ul></section>`;
}

function canaryMarkup({ queryText, passages, pass, problem }: Canary, place: number, text: boolean): Markup {
  return html`<li class="canary">${metIcon(pass)}<div><p class="rule">${text ? queryText : `Canary ${place + 1}`}</p>
${text && problem !== '' && html`<p class="note">${problem}</p>`}
<table><thead><tr><th scope="col">passage</th><th scope="col" class="count">expected</th><th scope="col" class="count">score</th></tr></thead><tbody>
${passages.map(
  (passage, i) =>
    html`<tr><td>${text ? passage.text : `passage ${i + 1}`}</td><td class="count">${passage.expected === null ? 'order only' : measureText(passage.expected, 3)}</td><td class="count strong">${passage.score === null ? '–' : measureText(passage.score, 3)}</td></tr>`,
)}</tbody></table></div></li>`;
}

const STATES: Readonly<Record<BaselineReport['state'], string>> = {
  compared: 'compared with it, query by query.',
  missing: 'there is no such file yet, so nothing was compared.',
  different: 'not compared, because it was measured on something else.',
  written: 'written by this run.',
};

/** How this run stands against the one that git remembers. */
export function renderBaseline({ baseline, relevance }: VerificationReport): Markup {
  if (baseline === null) return NOTHING;
  const measures = Object.entries(baseline.measures);
  const scale = liftScale(measures.map(([, comparison]) => comparison));
  const confidence = relevance?.confidence ?? 0.95;
  return html`<section class="block baseline"><h3>Baseline</h3>
<p class="intro"><code>${baseline.file}</code>: ${STATES[baseline.state]}</p>
${baseline.differences.length > 0 && html`<ul class="plain">${baseline.differences.map((each) => html`<li>${each}</li>`)}</ul>`}
${measures.map(([measure, each]) => {
  const title = comparisonTitle(each, confidence);
  return html`<div class="against" title="${title}"><h4>${measure}</h4><p class="delta">${signedText(each.meanDelta)}</p>${liftPlot(each, scale, title)}
<p class="note">${intervalText(each.interval)} · ${pText(each.p)} · ${outcomeWords(each)}</p></div>`;
})}</section>`;
}
