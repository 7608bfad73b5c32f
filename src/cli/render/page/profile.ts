import { html, type Markup, NOTHING } from './html.ts';
import { countOf, countText, signedText } from './numbers.ts';

export interface ProfilePoint {
  /** Place of the query in the report. */
  readonly query: number;
  readonly id: string;
  readonly delta: number;
}

/** More columns than this cannot be told apart on a screen: neighbours share one. */
const MOST_COLUMNS = 300;
const HEIGHT = 100;
/** Of a column, in pixels. */
const WIDEST = 26;
/** Smaller differences come from rounding. */
const TINY = 1e-9;

/**
 * Every query as a column, from the one that gained most to the one that lost most: how many reranking helps, how
 * many it harms, and how much. `named` puts the query on each column, for pointing at it.
 */
export function profile(points: readonly ProfilePoint[], measure: string, named: boolean): Markup {
  if (points.length < 2) return NOTHING;
  const sorted = [...points].sort((a, b) => b.delta - a.delta || a.query - b.query);
  const most = Math.max(...sorted.map(({ delta }) => Math.abs(delta)), TINY);
  const columns = grouped(sorted);
  const up = sorted.filter(({ delta }) => delta > TINY).length;
  const down = sorted.filter(({ delta }) => delta < -TINY).length;
  const words = `${countText(up)} up, ${countText(sorted.length - up - down)} unchanged, ${countText(down)} down`;
  const heights = columns.map(meanOf);
  const [best, worst] = [Math.max(0, ...heights), Math.min(0, ...heights)];
  // The zero line lies where both sides have the room that they need, at one scale.
  const zero = 1 + Math.round((best / (best - worst || 1)) * (HEIGHT - 2));
  const unit = (HEIGHT - 2) / (best - worst || 1);
  return html`<figure class="profile"><svg style="max-width:${columns.length * WIDEST}px" viewBox="0 0 ${columns.length} ${HEIGHT}" width="100%" height="${HEIGHT}" preserveAspectRatio="none" role="img"><title>${`Change of ${measure} by query, sorted: ${words}`}</title>
<line class="zero" x1="0" x2="${columns.length}" y1="${zero}" y2="${zero}"/>
${columns.map((column, i) => columnMarkup(column, i, { zero, unit, named }))}</svg>
<figcaption class="note">Change of ${measure} by query, best to worst: ${words}. Largest ${signedText(most, 3).replace('+', '±')}.</figcaption></figure>`;
}

interface ColumnStyle {
  readonly zero: number;
  /** Pixels of a difference of 1. */
  readonly unit: number;
  readonly named: boolean;
}

function columnMarkup(column: readonly ProfilePoint[], place: number, style: ColumnStyle): Markup {
  const delta = meanOf(column);
  const size = Math.round(Math.abs(delta) * style.unit * 10) / 10;
  if (size === 0 && !style.named) return NOTHING;
  const height = Math.max(size, 0.8);
  const tone = delta > TINY ? 'won' : delta < -TINY ? 'lost' : 'tied';
  const y = delta > TINY ? style.zero - height : style.zero;
  const [first] = column;
  const rect = html`<rect class="${tone}" x="${place + 0.08}" y="${y}" width="0.84" height="${height}"/>`;
  if (!style.named || first === undefined) return rect;
  const what = column.length === 1 ? first.id : countOf(column.length, 'query', 'queries');
  return html`<g data-open="${first.query}"><title>${what} ${signedText(delta, 3)}</title><rect class="hit-area" x="${place}" y="0" width="1" height="${HEIGHT}"/>${rect}</g>`;
}

function grouped(points: readonly ProfilePoint[]): ProfilePoint[][] {
  const count = Math.min(points.length, MOST_COLUMNS);
  return Array.from({ length: count }, (_, i) =>
    points.slice(Math.round((i * points.length) / count), Math.round(((i + 1) * points.length) / count)),
  );
}

function meanOf(column: readonly ProfilePoint[]): number {
  return column.reduce((sum, { delta }) => sum + delta, 0) / Math.max(column.length, 1);
}
