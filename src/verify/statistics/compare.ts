import { bootstrapMean } from './bootstrap.ts';
import { detectableDifference } from './power.ts';
import { randomisationTest } from './randomisation.ts';
import type { Interval, PairedComparison, StatisticsOptions } from './types.ts';

/** Differences below this are rounding: the query is a tie. */
const TIE = 1e-12;

/** Where the mean of a measure lies: a bootstrap interval. At least one value. */
export function meanInterval(values: readonly number[], options: StatisticsOptions): Interval {
  return bootstrapMean(values, options);
}

/**
 * Judges the differences of two arms, one for each query: mean, bootstrap interval, paired randomisation test, effect
 * size (Cohen's d of the differences). At least one. The same for the same differences in the same order, options and
 * seed, whatever else is computed.
 */
export function comparePaired(differences: readonly number[], options: StatisticsOptions): PairedComparison {
  const deltas = differences.map((delta) => (Math.abs(delta) < TIE ? 0 : delta));
  const n = deltas.length;
  const mean = deltas.reduce((sum, delta) => sum + delta, 0) / n;
  const wins = deltas.filter((delta) => delta > 0).length;
  const losses = deltas.filter((delta) => delta < 0).length;
  const deviation =
    n < 2 ? 0 : Math.sqrt(deltas.reduce((sum, delta) => sum + (delta - mean) ** 2, 0) / (n - 1));
  return {
    n,
    meanDelta: mean,
    interval: bootstrapMean(deltas, options),
    effectSize: deviation < TIE ? null : mean / deviation,
    wins,
    ties: n - wins - losses,
    losses,
    ...randomisationTest(deltas, options),
    detectable: n < 2 ? null : detectableDifference(n, deviation, options.confidence),
  };
}
