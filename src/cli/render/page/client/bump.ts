import { html, type Markup } from '../html.ts';
import { countOf, measureText, msText } from '../numbers.ts';
import type { ArmDetail, DocumentDetail, HitDetail } from '../payload.ts';

export interface BumpArms {
  readonly left: ArmDetail | null;
  readonly right: ArmDetail | null;
  readonly leftName: string;
  readonly rightName: string;
  readonly documents: readonly DocumentDetail[];
  /** Is there a judgment of any hit? Else no marks are drawn. */
  readonly judged: boolean;
}

/** Of a rank, in the drawing's own measure; the style sheet says how many pixels that is (`--rank`). */
const RANK = 46;
/** Ranks that are shown at first. */
export const FIRST_RANKS = 25;

interface Line {
  readonly document: number;
  readonly from: number;
  readonly to: number;
  readonly kind: 'up' | 'down' | 'flat' | 'out';
  readonly grade: number | null;
  readonly title: string;
}

/**
 * The ranks of the hits, unreranked on the left and reranked on the right, with a line for each document. What comes
 * from below the drawn ranks, or goes there, leads to a lane under the last of them.
 */
export function bumpChart(arms: BumpArms, most: number): Markup {
  const left = arms.left?.hits ?? [];
  const right = arms.right?.hits ?? [];
  const all = Math.max(left.length, right.length);
  const ranks = Math.min(all, most);
  if (ranks === 0) return html`<p class="note">There are no hits.</p>`;
  const lines = arms.left === null || arms.right === null ? [] : linesOf(left, right, ranks, arms.documents);
  const lane = lines.some(({ from, to }) => from === ranks || to === ranks);
  const height = (ranks + (lane ? 1 : 0)) * RANK;
  const title = `Ranks of ${countOf(all, 'hit')}: ${arms.leftName} on the left, ${arms.rightName} on the right`;
  return html`<div class="bump">
<p class="side">${arms.leftName}${took(arms.left)}</p><p class="side end">${arms.rightName}${took(arms.right)}</p>
<ol class="before">${left.slice(0, ranks).map((hit, i) => html`<li data-doc="${hit[0]}"><span class="rank">${i + 1}</span>${gradeMark(hit[2], arms.judged)}<span class="id">${arms.documents[hit[0]]?.[0]}</span></li>`)}${arms.left === null && html`<li class="note">no answer</li>`}</ol>
<svg class="lines" viewBox="0 0 100 ${height}" style="--ranks:${height / RANK}" width="100%" preserveAspectRatio="none" role="img"><title>${title}</title>${[...lines].sort((a, b) => weight(a) - weight(b)).map(curve)}</svg>
<ol class="after">${right.slice(0, ranks).map((hit, i) => rightHit(hit, i, arms))}${arms.right === null && html`<li class="note">no answer</li>`}${lane && html`<li class="lane note">below rank ${ranks}, or not in the window</li>`}</ol></div>
${all > ranks && html`<button type="button" class="more" data-all-ranks>Show all ${countOf(all, 'rank')}</button>`}
<p class="legend note"><span><i class="stroke up"></i>rises</span><span><i class="stroke down"></i>falls</span><span><i class="stroke flat"></i>stays</span>${lane && html`<span><i class="stroke out"></i>comes or goes</span>`}${arms.judged && html`<span>${gradeMark(2, true)}judged relevant, thick line</span><span>${gradeMark(0, true)}judged not relevant</span><span>${gradeMark(null, true)}not judged</span>`}</p>
<div class="readout" aria-live="polite"><p class="note">Point at a hit, or tab to it, to read it whole.</p></div>`;
}

function took(arm: ArmDetail | null): Markup {
  return html`${arm !== null && arm.elapsedMs > 0 && html` <span class="note">${msText(arm.elapsedMs)}</span>`}`;
}

function linesOf(
  left: readonly HitDetail[],
  right: readonly HitDetail[],
  ranks: number,
  documents: readonly DocumentDetail[],
): Line[] {
  const arrived = new Set(right.map(([, , , was]) => was));
  const idOf = (document: number): string => documents[document]?.[0] ?? '';
  const moved = right.flatMap(([document, , grade, was], i): Line[] => {
    const from = was === null ? ranks : Math.min(was - 1, ranks);
    const to = Math.min(i, ranks);
    if (from === ranks && to === ranks) return [];
    const kind = from === ranks || to === ranks ? 'out' : from > to ? 'up' : from < to ? 'down' : 'flat';
    const title = `${idOf(document)}: ${was === null ? 'not in the window' : was} → ${i + 1}`;
    return [{ document, from, to, kind, grade, title }];
  });
  const gone = left.slice(0, ranks).flatMap(([document, , grade], i): Line[] => {
    if (arrived.has(i + 1)) return [];
    return [
      {
        document,
        from: i,
        to: ranks,
        kind: 'out',
        grade,
        title: `${idOf(document)}: ${i + 1} → not in the window`,
      },
    ];
  });
  return [...moved, ...gone];
}

/** What matters lies on top. */
function weight({ grade, kind }: Line): number {
  return (grade ?? 0) * 2 + (kind === 'flat' || kind === 'out' ? 0 : 1);
}

function curve({ document, from, to, kind, grade, title }: Line): Markup {
  const [start, end] = [(from + 0.5) * RANK, (to + 0.5) * RANK];
  const relevant = grade !== null && grade > 0 ? ' relevant' : '';
  return html`<path class="${kind}${relevant}" data-doc="${document}" d="M0 ${start}C45 ${start} 55 ${end} 100 ${end}"><title>${title}</title></path>`;
}

/** A full circle is relevant, an empty one is not, a dotted one nobody has judged; the grade stands in it. */
export function gradeMark(grade: number | null, judged: boolean): Markup {
  if (!judged) return html``;
  if (grade === null)
    return html`<span class="grade none" title="not judged"><span class="unseen">not judged</span></span>`;
  return html`<span class="grade ${grade > 0 ? 'relevant' : 'zero'}" title="grade ${grade}"><span class="unseen">grade </span>${grade}</span>`;
}

function rightHit(hit: HitDetail, place: number, { documents, judged, left }: BumpArms): Markup {
  const [document, score, grade, was] = hit;
  const [id, , text] = documents[document] ?? ['', null, ''];
  const shown = text === '' ? html`<code>${id}</code>` : text;
  return html`<li><button type="button" class="hit" data-doc="${document}" data-rank="${place}" tabindex="${place === 0 ? 0 : -1}"><span class="rank">${place + 1}</span>${left !== null && moveMark(was, place + 1)}${gradeMark(grade, judged)}<span class="passage" dir="auto">${shown}</span><span class="score">${score === null ? '' : measureText(score, 2)}</span></button></li>`;
}

function moveMark(was: number | null, rank: number): Markup {
  if (was === null) return html`<span class="move up">new</span>`;
  const move = was - rank;
  if (move === 0) return html`<span class="move flat" title="stays">=</span>`;
  const [tone, arrow, word] = move > 0 ? ['up', '▲', 'up'] : ['down', '▼', 'down'];
  return html`<span class="move ${tone}"><span aria-hidden="true">${arrow}</span><span class="unseen">${word} </span>${Math.abs(move)}</span>`;
}

/** A hit in full. */
export function readout(arms: BumpArms, document: number): Markup {
  const [id, ownId, text] = arms.documents[document] ?? ['', null, ''];
  const before = arms.left?.hits.findIndex((hit) => hit[0] === document) ?? -1;
  const after = arms.right?.hits.findIndex((hit) => hit[0] === document) ?? -1;
  const [one, two] = [arms.left?.hits[before], arms.right?.hits[after]];
  const rank = (place: number): string => (place === -1 ? 'not in the window' : `rank ${place + 1}`);
  const score = (hit: HitDetail | undefined): string =>
    hit?.[1] == null ? '' : `, score ${measureText(hit[1], 4)}`;
  const grade = (two ?? one)?.[2] ?? null;
  return html`<p class="note"><code>${id}</code>${ownId !== null && html` (_id <code>${ownId}</code>)`}${
    arms.left !== null && html` · ${arms.leftName} ${rank(before)}${score(one)}`
  }${arms.right !== null && html` · ${arms.rightName} ${rank(after)}${score(two)}`}${
    arms.judged && html` · ${grade === null ? 'not judged' : `grade ${grade}`}`
  }</p>${text !== '' && html`<p dir="auto">${text}</p>`}`;
}
