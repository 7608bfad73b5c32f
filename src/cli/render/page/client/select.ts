import type { Verdict } from '../../../../verify/report.ts';
import type { QueryList } from '../payload.ts';

export type Order = 'worst' | 'best' | 'reordered' | 'slowest' | 'file';

export interface View {
  readonly text: string;
  /** Empty: all. */
  readonly verdicts: ReadonlySet<Verdict>;
  /** A place in the list's labels; `null`: all. */
  readonly label: number | null;
  /** A place in the list's measures; `null` where there is none. */
  readonly measure: number | null;
  /** The place of the arm that is set against the unreranked one. */
  readonly arm: number;
  readonly order: Order;
}

/** How much an arm has changed the measure of a query; `null`: not judged, or not answered. */
export function deltaOf(list: QueryList, view: Pick<View, 'measure' | 'arm'>, query: number): number | null {
  if (view.measure === null) return null;
  const arms = list.values[view.measure];
  const [before, after] = [arms?.[0]?.[query], arms?.[view.arm]?.[query]];
  return before == null || after == null ? null : after - before;
}

/** The queries that the view lets pass, in its order. What cannot be ordered comes last, in the order of the file. */
export function select(list: QueryList, view: View): number[] {
  const words = view.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const passing = list.ids.flatMap((_, query) => (passes(list, view, words, query) ? [query] : []));
  const key = keyOf(list, view);
  if (key === undefined) return passing;
  const keys = new Map(passing.map((query) => [query, key(query)]));
  return passing.sort((a, b) => {
    const [left, right] = [keys.get(a) ?? null, keys.get(b) ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || a - b;
    return left - right || a - b;
  });
}

function passes(list: QueryList, view: View, words: readonly string[], query: number): boolean {
  const verdict = list.verdicts[query];
  if (verdict === undefined || (view.verdicts.size > 0 && !view.verdicts.has(verdict))) return false;
  if (view.label !== null && !list.labelled[query]?.includes(view.label)) return false;
  if (words.length === 0) return true;
  const text = `${list.ids[query]} ${list.texts[query]}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Smaller keys come first. */
function keyOf(list: QueryList, view: View): ((query: number) => number | null) | undefined {
  const negative = (value: number | null | undefined): number | null => (value == null ? null : -value);
  switch (view.order) {
    case 'worst':
      return (query) => deltaOf(list, view, query);
    case 'best':
      return (query) => negative(deltaOf(list, view, query));
    case 'reordered':
      return (query) => negative(list.reordered[query]);
    case 'slowest':
      return (query) => negative(list.elapsed[view.arm]?.[query]);
    case 'file':
      return undefined;
  }
}
