import type { Verdict } from '../../../../verify/report.ts';
import { html, type Markup, NOTHING } from '../html.ts';
import { VERDICT_WORDS, verdictIcon, verdictMark } from '../icons.ts';
import { countText, measureText, msText, percentText, signedText } from '../numbers.ts';
import type { QueryList } from '../payload.ts';
import { deltaOf, type Order, type View } from './select.ts';

const ORDERS: Readonly<Record<Order, string>> = {
  worst: 'worst first',
  best: 'best first',
  reordered: 'most reordered first',
  slowest: 'slowest first',
  file: 'as in the file',
};

const VERDICTS: readonly Verdict[] = ['fail', 'error', 'inconclusive', 'pass'];

/** The controls above the list. */
export function toolbar(list: QueryList, view: View): Markup {
  const counts = new Map<Verdict, number>();
  for (const verdict of list.verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const present = VERDICTS.filter((verdict) => counts.has(verdict));
  const orders = (Object.keys(ORDERS) as Order[]).filter(
    (order) => view.measure !== null || (order !== 'worst' && order !== 'best'),
  );
  const numbered = (texts: readonly string[], from = 0) =>
    texts.map((text, i) => [String(i + from), text] as const);
  return html`<div class="toolbar" role="search">
<label class="search"><span>Find</span><input type="search" name="text" autocomplete="off" spellcheck="false" placeholder="ID or words of the query" value="${view.text}"></label>
${list.measures.length > 0 && choice('measure', 'Measure', numbered(list.measures), String(view.measure))}
${list.arms.length > 2 && choice('arm', 'Arm', numbered(list.arms.slice(1), 1), String(view.arm))}
${choice(
  'order',
  'Order',
  orders.map((order) => [order, ORDERS[order]] as const),
  view.order,
)}
${list.labels.length > 0 && choice('label', 'Label', [['', 'all'], ...numbered(list.labels)], view.label === null ? '' : String(view.label))}
${
  present.length > 1 &&
  html`<div class="verdicts" role="group" aria-label="Verdict">${present.map(
    (verdict) =>
      html`<button type="button" data-verdict="${verdict}" aria-pressed="${String(view.verdicts.has(verdict))}">${verdictMark(verdict)} ${VERDICT_WORDS[verdict]} <b>${countText(counts.get(verdict) ?? 0)}</b></button>`,
  )}</div>`
}</div>`;
}

function choice(
  name: string,
  label: string,
  options: readonly (readonly [string, string])[],
  chosen: string,
): Markup {
  return html`<label><span>${label}</span><select name="${name}">${options.map(([value, text]) =>
    value === chosen
      ? html`<option value="${value}" selected>${text}</option>`
      : html`<option value="${value}">${text}</option>`,
  )}</select></label>`;
}

/** One query of the list: a button that opens it, and the place for what it opens. */
export function queryRow(list: QueryList, view: View, query: number, most: number, place: string): Markup {
  const verdict = list.verdicts[query] ?? 'error';
  const id = list.ids[query] ?? '';
  const text = list.texts[query] ?? '';
  const labels = (list.labelled[query] ?? []).map((label) => list.labels[label] ?? '');
  return html`<li class="query" data-query="${query}"><button type="button" class="row" aria-expanded="false" aria-controls="${place}-${query}">
${verdictIcon(verdict)}<span class="asked">${text === '' ? '' : html`<span class="text" dir="auto">${text}</span>`}<span class="note"><code>${id}</code>${labels.map((label) => html` <span class="label">${label}</span>`)}</span></span>
${view.measure === null ? reordered(list, query) : delta(list, view, query, most)}</button>
<div class="detail" id="${place}-${query}" hidden></div></li>`;
}

function delta(list: QueryList, view: View, query: number, most: number): Markup {
  const change = deltaOf(list, view, query);
  if (change === null) return html`<span class="unjudged note">not judged</span>`;
  const arms = list.values[view.measure ?? 0];
  const [before, after] = [arms?.[0]?.[query] ?? 0, arms?.[view.arm]?.[query] ?? 0];
  const share = Math.round((Math.abs(change) / most) * 5000) / 100;
  const words = `${measureText(before, 3)} → ${measureText(after, 3)}`;
  const tone = change > 0 ? 'won' : 'lost';
  const x = change > 0 ? 50 : 50 - share;
  return html`<span class="values note">${words}</span><svg class="plot deltabar" width="100%" height="14" role="img"><title>${words}</title>
<rect class="${tone}" x="${x}%" width="${share}%" y="1" height="12"/>${change < 0 && html`<rect class="hatch" x="${x}%" width="${share}%" y="1" height="12"/>`}
<line class="zero" x1="50%" x2="50%" y1="0" y2="14"/></svg><span class="change">${signedText(change, 3)}</span>`;
}

/** Without judgments there is no better or worse, only another order. */
function reordered(list: QueryList, query: number): Markup {
  const share = list.reordered[query] ?? null;
  const took = list.elapsed[1]?.[query] ?? null;
  if (share === null) return NOTHING;
  const words = `Reordered: ${percentText(share)} (1 − RBO)`;
  return html`<span class="values note">${took === null ? '' : msText(took)}</span><svg class="plot deltabar" width="100%" height="14" role="img"><title>${words}</title>
<rect class="track" width="100%" y="1" height="12"/><rect class="won" width="${Math.round(share * 10_000) / 100}%" y="1" height="12"/></svg><span class="change">${percentText(share)}</span>`;
}
