import type { Experiment } from './experiment.ts';
import { type DecidedBy, type GateRule, inWords } from './gate-rule.ts';
import { nameOf } from './measures/name.ts';
import { type BaselineReport, type Gate, type QueryReport, UNRERANKED, type Verdict } from './report.ts';
import { comparePaired, meanInterval } from './statistics/compare.ts';
import { latencyOf } from './statistics/quantile.ts';
import type { Interval, StatisticsOptions } from './statistics/types.ts';
import { deltas, hasLabels, type Values, valuesOf } from './values.ts';

export interface Measured {
  readonly experiment: Experiment;
  readonly queries: readonly QueryReport[];
  readonly baseline: BaselineReport | null;
  /** Now minus the baseline, for the queries that both have. */
  readonly baselineDeltas: (measure: string, values: Values) => readonly number[];
}

type Judged = Omit<Gate, 'rule' | 'threshold' | 'location' | 'pointer'>;

/**
 * Judges every gate. All of them must hold, so their levels need no correction for being many: each one that fails
 * to be shown stops the whole.
 */
export function judgeGates(measured: Measured): Gate[] {
  return measured.experiment.gates.map((rule) => {
    const threshold = rule.kind === 'baseline' || rule.kind === 'query' ? -rule.bound : rule.bound;
    const { location } = measured.experiment.resource.locate(rule.pointer);
    return {
      rule: inWords(rule),
      ...judge(rule, measured),
      threshold,
      pointer: rule.pointer,
      ...(location === undefined ? {} : { location }),
    };
  });
}

function judge(rule: GateRule, measured: Measured): Judged {
  switch (rule.kind) {
    case 'latency':
      return latency(rule.percentile, rule, measured, 'ms');
    case 'latency-ratio':
      return latency(rule.percentile, rule, measured, 'times');
    case 'value':
      return value(rule, measured);
    case 'query':
      return eachQuery(rule, measured);
    case 'lift':
      return lift(rule, measured);
    case 'baseline':
      return againstBaseline(rule, measured);
  }
}

const NOTHING = { actual: null, interval: null, n: 0, verdict: 'inconclusive' } as const;

function nothingMeasured(measured: Measured): Judged {
  const judged = measured.experiment.judgments !== undefined;
  return {
    ...NOTHING,
    unit: 'measure',
    because: judged
      ? 'no query with judgments was answered'
      : 'there are no judgments to compute it from: name judgments in the manifest',
  };
}

function armValues(
  rule: GateRule & { readonly kind: 'value' | 'lift' | 'baseline' | 'query' },
  measured: Measured,
) {
  return valuesOf(measured.queries, nameOf(rule.measure), rule.arm, rule.labels);
}

function value(rule: GateRule & { readonly kind: 'value' }, measured: Measured): Judged {
  const values = [...armValues(rule, measured).values()];
  if (values.length === 0) return nothingMeasured(measured);
  const interval = meanInterval(values, measured.experiment.statistics);
  const actual = mean(values);
  const found = { actual, interval, n: values.length, unit: 'measure' } as const;
  return { ...found, ...decide(rule.by, rule.bound, found, measured.experiment.statistics) };
}

function lift(rule: GateRule & { readonly kind: 'lift' }, measured: Measured): Judged {
  const plain = valuesOf(measured.queries, nameOf(rule.measure), UNRERANKED, rule.labels);
  return difference(
    deltas(armValues(rule, measured), plain).map(({ delta }) => delta),
    rule.bound,
    rule.by,
    measured,
  );
}

function againstBaseline(rule: GateRule & { readonly kind: 'baseline' }, measured: Measured): Judged {
  const { baseline } = measured;
  if (baseline === null || baseline.state === 'missing') {
    return {
      ...NOTHING,
      unit: 'measure',
      because: 'there is no baseline yet: write one with verify --update-baseline',
    };
  }
  if (baseline.state === 'different') {
    return {
      ...NOTHING,
      unit: 'measure',
      because: `the baseline was measured on ${baseline.differences.join(', ')}: write a new one with verify --update-baseline`,
    };
  }
  const found = measured.baselineDeltas(nameOf(rule.measure), armValues(rule, measured));
  // When no single query fell by more than the margin, nothing is left for statistics to decide.
  if (found.length > 0 && Math.min(...found) >= -rule.bound) return allAbove(found);
  return difference(found, -rule.bound, rule.by, measured);
}

function allAbove(found: readonly number[]): Judged {
  return {
    verdict: 'pass',
    actual: mean(found),
    interval: null,
    unit: 'measure',
    n: found.length,
    because: 'no query is worse than the baseline by more than the margin',
  };
}

function difference(found: readonly number[], bound: number, by: DecidedBy, measured: Measured): Judged {
  if (found.length === 0) return nothingMeasured(measured);
  const { statistics } = measured.experiment;
  const { meanDelta, interval } = comparePaired(found, statistics);
  const facts = { actual: meanDelta, interval, n: found.length, unit: 'measure' } as const;
  return { ...facts, ...decide(by, bound, facts, statistics) };
}

interface Facts {
  readonly actual: number;
  readonly interval: Interval;
  readonly n: number;
}

/** A figure that is equal to its bound but for rounding holds. */
const ROUNDING = 1e-12;

function decide(
  by: DecidedBy,
  bound: number,
  { actual, interval, n }: Facts,
  { confidence }: StatisticsOptions,
): { verdict: Verdict; because: string } {
  if (by === 'mean') {
    const pass = actual >= bound - ROUNDING;
    return { verdict: pass ? 'pass' : 'fail', because: pass ? 'the mean is there' : 'the mean is below' };
  }
  const percent = `${Number((confidence * 100).toFixed(2))} %`;
  // With fewer queries not even a sign test of one-sided results could come to this level.
  const fewest = Math.ceil(1 - Math.log2(1 - confidence));
  if (n < fewest) {
    return {
      verdict: 'inconclusive',
      because: `${n} ${n === 1 ? 'query' : 'queries'} cannot show a difference with ${percent} confidence: it takes at least ${fewest}`,
    };
  }
  if (interval.low >= bound - ROUNDING) {
    return { verdict: 'pass', because: `the whole ${percent} interval is there` };
  }
  if (interval.high < bound - ROUNDING) {
    return { verdict: 'fail', because: `the whole ${percent} interval is below` };
  }
  return {
    verdict: 'inconclusive',
    because: `the ${percent} interval holds the bound: more judged queries would decide`,
  };
}

function eachQuery(rule: GateRule & { readonly kind: 'query' }, measured: Measured): Judged {
  const plain = valuesOf(measured.queries, nameOf(rule.measure), UNRERANKED, rule.labels);
  const found = deltas(armValues(rule, measured), plain);
  const [first, ...rest] = found;
  if (first === undefined) return nothingMeasured(measured);
  const worst = rest.reduce((low, each) => (each.delta < low.delta ? each : low), first);
  const below = found.filter(({ delta }) => delta < -rule.bound - ROUNDING);
  return {
    actual: worst.delta,
    interval: null,
    n: found.length,
    unit: 'measure',
    verdict: below.length === 0 ? 'pass' : 'fail',
    because:
      below.length === 0
        ? `the worst query is ${worst.id}`
        : `${below.length} of ${found.length} queries fell by more, ${worst.id} the most`,
  };
}

const KEY = { mean: 'meanMs', p50: 'p50Ms', p95: 'p95Ms', p99: 'p99Ms' } as const;

function latency(
  percentile: keyof typeof KEY,
  rule: GateRule & { readonly kind: 'latency' | 'latency-ratio' },
  { queries }: Measured,
  unit: 'ms' | 'times',
): Judged {
  const timesOf = (arm: string): number[] =>
    queries.filter((query) => hasLabels(query, rule.labels)).flatMap((query) => elapsedIn(query, arm) ?? []);
  const times = timesOf(rule.arm);
  const took = times.length === 0 ? null : latencyOf(times)[KEY[percentile]];
  const plain = timesOf(UNRERANKED);
  const base = unit === 'ms' ? 1 : plain.length === 0 ? null : latencyOf(plain)[KEY[percentile]];
  if (took === null || base === null) {
    const because = `${times.length} ${times.length === 1 ? 'query is' : 'queries are'} too few for a ${percentile}`;
    return { ...NOTHING, n: times.length, unit, because };
  }
  const actual = took / Math.max(base, Number.MIN_VALUE);
  const pass = actual <= rule.bound;
  return {
    actual,
    interval: null,
    n: times.length,
    unit,
    verdict: pass ? 'pass' : 'fail',
    because: pass ? 'fast enough' : 'too slow',
  };
}

function elapsedIn(query: QueryReport, arm: string): number | undefined {
  if (arm === UNRERANKED) return query.unreranked?.elapsedMs;
  if (arm === 'reranked') return query.reranked?.elapsedMs;
  return query.others.find(({ name }) => name === arm)?.elapsedMs;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
