import type { Convention } from './types.ts';

const NAMES = ['ndcg', 'mrr', 'map', 'p', 'r', 'success', 'judged', 'bpref'] as const;
const ALIASES: Readonly<Record<string, (typeof NAMES)[number]>> = {
  rr: 'mrr',
  ap: 'map',
  precision: 'p',
  recall: 'r',
};

export interface Measure {
  readonly name: (typeof NAMES)[number];
  /** How many hits count; `undefined`: all that there are. */
  readonly k: number | undefined;
}

/** Measures that make no sense without a depth, and the one that has none. */
const NEEDS_DEPTH: readonly string[] = ['p', 'success', 'judged'];
const WITHOUT_DEPTH = 'bpref';

/** Reads `ndcg@10`, `mrr`, `Recall@50`; `undefined` when the text names no measure. */
export function parseMeasure(text: string): Measure | undefined {
  const [, word = '', depth] =
    text
      .trim()
      .toLowerCase()
      .match(/^([a-z]+)(?:@([1-9]\d{0,5}))?$/) ?? [];
  const name = NAMES.find((each) => each === (ALIASES[word] ?? word));
  const k = depth === undefined ? undefined : Number(depth);
  if (name === undefined) return undefined;
  if (k === undefined ? NEEDS_DEPTH.includes(name) : name === WITHOUT_DEPTH) return undefined;
  return { name, k };
}

/** `ndcg@10` */
export function nameOf({ name, k }: Measure): string {
  return k === undefined ? name : `${name}@${k}`;
}

/** The number's exact meaning, with what tells it from the same name elsewhere: `ndcg@10[gain=linear,ideal=cut,ties=server]`. */
export function describeMeasure(measure: Measure, convention: Convention): string {
  const graded = measure.name === 'ndcg';
  const parts = graded
    ? [`gain=${convention.gain}`, ...(measure.k === undefined ? [] : ['ideal=cut'])]
    : measure.name === 'judged'
      ? []
      : [`rel>=${convention.relevantFrom}`];
  if (convention.unjudged === 'condensed' && measure.name !== 'judged') parts.push('unjudged=condensed');
  return `${nameOf(measure)}[${[...parts, `ties=${convention.ties}`].join(',')}]`;
}
