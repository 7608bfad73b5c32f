import type { Convention } from './types.ts';

/** What can be measured. Each but bpref takes a depth: `ndcg@10`. */
export const MEASURE_NAMES = ['ndcg', 'mrr', 'map', 'p', 'r', 'success', 'judged', 'bpref'] as const;

/** For messages: what a measure looks like. */
export const MEASURE_EXAMPLES = 'ndcg@10, mrr@10, map, p@5, r@50, success@1, judged@10, bpref';

type MeasureName = (typeof MEASURE_NAMES)[number];

/** Other words of the field for the same. */
const ALIASES: ReadonlyMap<string, MeasureName> = new Map([
  ['rr', 'mrr'],
  ['ap', 'map'],
  ['precision', 'p'],
  ['recall', 'r'],
]);

export interface Measure {
  readonly name: MeasureName;
  /** How many hits count; `undefined`: all that there are. */
  readonly k: number | undefined;
}

/** Reads `ndcg@10`, `mrr`, `Recall@50`; `undefined` when the text names no measure. */
export function parseMeasure(text: string): Measure | undefined {
  const [, word = '', depth] =
    text
      .trim()
      .toLowerCase()
      .match(/^([a-z]+)(?:@([1-9]\d{0,5}))?$/) ?? [];
  const name = MEASURE_NAMES.find((each) => each === (ALIASES.get(word) ?? word));
  if (name === undefined || (name === 'bpref' && depth !== undefined)) return undefined;
  return { name, k: depth === undefined ? undefined : Number(depth) };
}

/** `ndcg@10` */
export function nameOf({ name, k }: Measure): string {
  return k === undefined ? name : `${name}@${k}`;
}

/** Measures that look at the order of all hits. The others count them, and only a depth makes the order matter. */
const BY_ORDER: readonly MeasureName[] = ['ndcg', 'mrr', 'map', 'bpref'];

/**
 * The number's exact meaning, `ndcg@10[gain=linear,ideal=cut,ties=server]`: of the convention what makes a difference
 * to this measure, and nothing else.
 */
export function describeMeasure({ name, k }: Measure, convention: Convention): string {
  const ordered = k !== undefined || BY_ORDER.includes(name);
  const parts = [
    ...(name === 'ndcg' ? [`gain=${convention.gain}`] : []),
    ...(name === 'ndcg' && k !== undefined ? ['ideal=cut'] : []),
    ...(name === 'ndcg' || name === 'judged' ? [] : [`rel>=${convention.relevantFrom}`]),
    ...(convention.unjudged === 'condensed' && seesUnjudged({ name, k }) ? ['unjudged=condensed'] : []),
    ...(ordered ? [`ties=${convention.ties}`] : []),
  ];
  return parts.length === 0 ? nameOf({ name, k }) : `${nameOf({ name, k })}[${parts.join(',')}]`;
}

/** Does a hit without a judgment change the figure? */
function seesUnjudged({ name, k }: Measure): boolean {
  if (name === 'judged' || name === 'bpref') return false;
  return k !== undefined || (name !== 'r' && name !== 'success');
}
