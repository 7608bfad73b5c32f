import type { Latency, VerificationReport } from '../../../verify/report.ts';
import { armAt, armClass } from './arms.ts';
import { html, type Markup, NOTHING } from './html.ts';
import { countOf, msText } from './numbers.ts';
import { decades, logarithmic, type Scale } from './scale.ts';

const BINS = 48;
const HEIGHT = 64;

/** How long each arm took, as histograms over one axis. It is logarithmic, as a reranker costs many times a search. */
export function renderLatency(report: VerificationReport): Markup {
  const timed = report.arms.map((arm, i) => ({ arm, times: timesOf(report, i) }));
  const all = timed.flatMap(({ times }) => times);
  // Where rankings were read from files, nothing was timed.
  if (!all.some((time) => time > 0)) return NOTHING;
  const least = Math.max(leastOf(all), 0.5);
  const ticks = decades(least, Math.max(mostOf(all), least));
  const [low, high] = [ticks[0] ?? 0.5, ticks.at(-1) ?? 1];
  const scale = logarithmic(low, high > low ? high : low * 10);
  return html`<section class="block latency"><h3>Latency</h3>
<p class="intro">From request to answer, in milliseconds, as seen from here. Each step to the right is a multiple.</p>
${timed.map(({ arm, times }, i) => histogram(arm, i, times, report.latency[arm], scale, ticks))}
<div class="ticks" aria-hidden="true"><span></span><svg class="plot" width="100%" height="18">${ticks.map((tick, i) => tickLabel(tick, scale, i, ticks))}</svg></div>
</section>`;
}

function timesOf({ queries, arms }: VerificationReport, place: number): number[] {
  return queries.flatMap((query) => armAt(query, arms, place)?.elapsedMs ?? []);
}

function tickLabel(tick: number, scale: Scale, place: number, ticks: readonly number[]): Markup {
  const anchor = place === 0 ? 'start' : place === ticks.length - 1 ? 'end' : 'middle';
  // On a narrow screen only the powers of ten have room.
  const round = Number.isInteger(Math.log10(tick));
  return html`<text class="${round ? 'tick' : 'tick minor'}" x="${scale(tick)}%" y="13" text-anchor="${anchor}">${tick}</text>`;
}

function histogram(
  arm: string,
  place: number,
  times: readonly number[],
  latency: Latency | undefined,
  scale: Scale,
  ticks: readonly number[],
): Markup {
  const counts = new Array<number>(BINS).fill(0);
  for (const time of times) {
    const bin = Math.min(Math.floor((scale(time) / 100) * BINS), BINS - 1);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const most = Math.max(...counts, 1);
  const width = 100 / BINS;
  const marks = [
    { name: 'p50', at: latency?.p50Ms ?? null, anchor: 'end' },
    { name: 'p95', at: latency?.p95Ms ?? null, anchor: 'start' },
  ].flatMap(({ name, at, anchor }) => (at === null ? [] : [{ name, at, anchor }]));
  const title = `${arm}: ${[countOf(times.length, 'query', 'queries'), ...marks.map(({ name, at }) => `${name} ${msText(at)}`)].join(', ')}`;
  return html`<div class="histogram"><p class="arm">${arm}<span class="note">${marks.map(({ name, at }) => html`<span>${name} <b>${msText(at)}</b></span> `)}</span></p>
<svg class="plot" width="100%" height="${HEIGHT}" role="img"><title>${title}</title>
${ticks.map((tick) => html`<line class="grid" x1="${scale(tick)}%" x2="${scale(tick)}%" y1="0" y2="${HEIGHT}"/>`)}
${counts.map((count, i) => {
  if (count === 0) return '';
  const height = Math.max(Math.round((count / most) * (HEIGHT - 14)), 2);
  return html`<rect class="${armClass(place)}" x="${round(i * width)}%" width="${round(width * 0.92)}%" y="${HEIGHT - height}" height="${height}"/>`;
})}
<line class="base" x1="0" x2="100%" y1="${HEIGHT - 0.5}" y2="${HEIGHT - 0.5}"/>
${marks.map(({ name, at, anchor }) => markAt(name, at, anchor, scale))}</svg></div>`;
}

/** The label of p50 stands to the left of its line and that of p95 to the right, so that they never meet. */
function markAt(name: string, at: number, wanted: string, scale: Scale): Markup {
  const place = scale(at);
  const anchor = place < 12 ? 'start' : place > 88 ? 'end' : wanted;
  return html`<line class="mark" x1="${place}%" x2="${place}%" y1="0" y2="${HEIGHT}"/><text class="label" x="${place}%" dx="${anchor === 'end' ? -4 : 4}" y="9" text-anchor="${anchor}">${name}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function leastOf(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

function mostOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
