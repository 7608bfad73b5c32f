import type { VerificationGate } from '../generated/specs.ts';
import { type Measure, nameOf, parseMeasure } from './measures/name.ts';

export type Percentile = 'mean' | 'p50' | 'p95' | 'p99';

interface Common {
  /** JSON pointer of the gate in its manifest. */
  readonly pointer: string;
  readonly arm: string;
  /** Only queries with these labels. */
  readonly labels: Readonly<Record<string, string>>;
}

/** By the mean alone, or by its interval: what the interval leaves open is inconclusive. */
export type DecidedBy = 'mean' | 'interval';

export type GateRule = Common &
  (
    | { readonly kind: 'value'; readonly measure: Measure; readonly bound: number; readonly by: DecidedBy }
    | { readonly kind: 'lift'; readonly measure: Measure; readonly bound: number; readonly by: DecidedBy }
    /** `bound`: how much worse than the baseline it may be. */
    | { readonly kind: 'baseline'; readonly measure: Measure; readonly bound: number; readonly by: DecidedBy }
    /** `bound`: how much worse than unreranked any query may be. */
    | { readonly kind: 'query'; readonly measure: Measure; readonly bound: number }
    | { readonly kind: 'latency'; readonly percentile: Percentile; readonly bound: number }
    | { readonly kind: 'latency-ratio'; readonly percentile: Percentile; readonly bound: number }
  );

const MEASURE_BOUNDS = {
  at_least: ['value', 'mean'],
  lift_at_least: ['lift', 'interval'],
  drop_at_most: ['baseline', 'interval'],
  query_drop_at_most: ['query', 'mean'],
} as const;
const LATENCY_BOUNDS = { at_most_ms: 'latency', times_at_most: 'latency-ratio' } as const;

export interface GateProblem {
  readonly message: string;
  readonly remedy: string;
}

/** The rule that a gate of a manifest is, or what is wrong with it. Its fields have passed the schema. */
export function gateRule(gate: VerificationGate, pointer: string): GateRule | GateProblem {
  const bounds = [...Object.keys(MEASURE_BOUNDS), ...Object.keys(LATENCY_BOUNDS)].filter(
    (key) => gate[key as keyof VerificationGate] !== undefined,
  );
  if ((gate.measure === undefined) === (gate.latency === undefined)) {
    return {
      message: 'A gate judges one thing: a measure, or latency.',
      remedy: 'Write {measure: ndcg@10, at_least: 0.5}, or {latency: p95, at_most_ms: 400}.',
    };
  }
  const fitting = Object.keys(gate.measure === undefined ? LATENCY_BOUNDS : MEASURE_BOUNDS);
  const [bound] = bounds;
  if (bounds.length !== 1 || bound === undefined || !fitting.includes(bound)) {
    return {
      message: `A gate on ${gate.measure === undefined ? 'latency' : 'a measure'} has one bound, and this one has ${bounds.join(' and ') || 'none'}.`,
      remedy: `Give it one of ${fitting.join(', ')}.`,
    };
  }
  const common = { pointer, arm: gate.arm ?? 'reranked', labels: gate.labels ?? {} };
  return gate.measure === undefined
    ? latencyRule(gate, bound as keyof typeof LATENCY_BOUNDS, common)
    : measureRule(gate, bound as keyof typeof MEASURE_BOUNDS, common);
}

function latencyRule(gate: VerificationGate, bound: keyof typeof LATENCY_BOUNDS, common: Common): GateRule {
  return {
    ...common,
    kind: LATENCY_BOUNDS[bound],
    percentile: gate.latency ?? 'p50',
    bound: gate[bound] ?? 0,
  };
}

function measureRule(
  gate: VerificationGate,
  bound: keyof typeof MEASURE_BOUNDS,
  common: Common,
): GateRule | GateProblem {
  const measure = parseMeasure(gate.measure ?? '');
  if (measure === undefined) return unknownMeasure(gate.measure ?? '');
  const [kind, by] = MEASURE_BOUNDS[bound];
  return { ...common, kind, measure, bound: gate[bound] ?? 0, by: gate.by ?? by };
}

export function unknownMeasure(text: string): GateProblem {
  return {
    message: `${text} is no measure.`,
    remedy:
      'Measures are ndcg, mrr, map, p, r, success and judged, each like ndcg@10 or without @, and bpref.',
  };
}

/** The rule in words: `ndcg@10 of reranked >= 0.42`. */
export function inWords(rule: GateRule): string {
  const labels = Object.entries(rule.labels).map(([key, value]) => `${key} ${value}`);
  const where = labels.length === 0 ? '' : ` (${labels.join(', ')})`;
  const of = `of ${rule.arm}${where}`;
  switch (rule.kind) {
    case 'value':
      return `${nameOf(rule.measure)} ${of} >= ${rule.bound}`;
    case 'lift':
      return `${nameOf(rule.measure)} ${of} - unreranked >= ${rule.bound}`;
    case 'baseline':
      return `${nameOf(rule.measure)} ${of} - baseline >= ${-rule.bound}`;
    case 'query':
      return `${nameOf(rule.measure)} ${of} - unreranked >= ${-rule.bound} in each query`;
    case 'latency':
      return `${rule.percentile} ${of} <= ${rule.bound} ms`;
    case 'latency-ratio':
      return `${rule.percentile} ${of} / unreranked <= ${rule.bound}`;
  }
}
