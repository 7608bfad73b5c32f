import type { Expectation } from '../../../../verify/report.ts';
import { html, type Markup, NOTHING } from '../html.ts';
import { metIcon, verdictIcon, warningIcon } from '../icons.ts';
import { measureText, msText, signedText } from '../numbers.ts';
import type { Chunk, QueryDetail, QueryList } from '../payload.ts';
import { type BumpArms, bumpChart, FIRST_RANKS } from './bump.ts';

/** A query that is open. */
export interface Opened {
  readonly query: number;
  readonly detail: QueryDetail;
  readonly documents: Chunk['documents'];
  /** The place of the arm on the right of the chart. */
  readonly arm: number;
  readonly allRanks: boolean;
}

export function bumpArms(list: QueryList, { detail, documents, arm }: Opened): BumpArms {
  const judged = detail.arms.some((each) => each?.hits.some(([, , grade]) => grade !== null));
  return {
    left: detail.arms[0] ?? null,
    right: detail.arms[arm] ?? null,
    leftName: list.arms[0] ?? '',
    rightName: list.arms[arm] ?? '',
    documents,
    judged,
  };
}

/** What is wrong, what was expected, how the measures moved, and the chart of the ranks. */
export function detailMarkup(list: QueryList, opened: Opened): Markup {
  const { detail, arm, allRanks } = opened;
  return html`${problems(detail)}${expectations(detail)}${measures(list, opened)}
${list.arms.length > 2 && armButtons(list, arm)}
${bumpChart(bumpArms(list, opened), allRanks ? Number.POSITIVE_INFINITY : FIRST_RANKS)}
<p class="note">${proofText(detail)}${changeText(detail)}</p>`;
}

function armButtons({ arms }: QueryList, chosen: number): Markup {
  return html`<div class="arms" role="group" aria-label="Arm on the right">${arms
    .slice(1)
    .map(
      (name, i) =>
        html`<button type="button" data-arm="${i + 1}" aria-pressed="${String(i + 1 === chosen)}">${name}</button>`,
    )}</div>`;
}

function problems({ problems: found, warnings }: QueryDetail): Markup {
  if (found.length + warnings.length === 0) return NOTHING;
  return html`<ul class="findings">${found.map(
    ({ code, message, remedy }) =>
      html`<li>${verdictIcon('error')}<div><p>${message === '' ? html`<code>${code}</code>` : message}</p>${remedy !== '' && html`<p class="note"><b>Fix:</b> ${remedy}</p>`}</div></li>`,
  )}${warnings.map((warning) => html`<li>${warningIcon()}<p>${warning}</p></li>`)}</ul>`;
}

const EXPECTED: Readonly<Record<Expectation['kind'], string>> = {
  first: 'Expected first',
  top: 'Expected near the top',
  not_first: 'Expected not to be first',
};

function expectations({ expectations: all, proof }: QueryDetail): Markup {
  if (all.length === 0) return NOTHING;
  return html`<ul class="findings">${all.map(({ kind, what, pass, actual, foundAt }) => {
    const found =
      kind === 'not_first'
        ? ''
        : foundAt === null
          ? 'No hit in the window meets it.'
          : `The first hit that meets it is at rank ${foundAt}.`;
    const missed = html`<p class="note">${actual !== '' && html`<b>There is:</b> <span dir="auto">${actual}</span><br>`}${found} <b>Next:</b> ${nextStep(kind, foundAt, proof?.ran ?? true)}</p>`;
    return html`<li>${metIcon(pass)}<div><p>${EXPECTED[kind]}${what !== '' && html`: <span dir="auto">${what}</span>`}</p>${!pass && missed}</div></li>`;
  })}</ul>`;
}

function nextStep(kind: Expectation['kind'], foundAt: number | null, ran: boolean): string {
  if (!ran) return 'mend the reranking first.';
  if (kind === 'not_first')
    return 'compare the scores of both arms: does the retrieval like this hit, or the model?';
  if (foundAt === null) return 'raise size or mend the query, as a reranker only orders what it gets.';
  return 'see whether document_fields give the model the text that answers the query; else try another model.';
}

function measures(list: QueryList, { query, arm }: Opened): Markup {
  const found = list.measures.flatMap((measure, i) => {
    const [before, after] = [list.values[i]?.[0]?.[query], list.values[i]?.[arm]?.[query]];
    return before == null || after == null ? [] : [{ measure, before, after }];
  });
  if (found.length === 0) return NOTHING;
  return html`<dl class="moves">${found.map(({ measure, before, after }) => {
    const tone = after > before ? 'up' : after < before ? 'down' : 'flat';
    return html`<div><dt>${measure}</dt><dd>${measureText(before, 3)} → ${measureText(after, 3)} <b class="${tone}">${signedText(after - before, 3)}</b></dd></div>`;
  })}</dl>`;
}

function proofText({ proof }: QueryDetail): string {
  if (proof === null) return '';
  const { ran, processor, tookMs, fields } = proof;
  if (!ran) return 'It is not proven that the reranker ran.';
  const by = processor === null ? '' : ` (${processor}${tookMs === null ? '' : `, ${msText(tookMs)}`})`;
  return `The reranker ran${by}${fields === null || fields.length === 0 ? '' : ` on ${fields.join(', ')}`}.`;
}

function changeText({ change }: QueryDetail): string {
  if (change === null) return '';
  return ` ${change.newFirst ? 'Another hit is first' : 'The first hit stayed'}; hits moved ${change.meanDisplacement.toFixed(1)} places on average, ${change.maxDisplacement} at most; RBO ${measureText(change.rbo, 3)}.`;
}
