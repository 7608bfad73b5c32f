import { quantile } from './quantile.ts';
import { randomBits } from './random.ts';
import type { Interval, StatisticsOptions } from './types.ts';

/** Percentile bootstrap of the mean (Efron 1979): queries are drawn with replacement. At least one value. */
export function bootstrapMean(
  values: readonly number[],
  { confidence, resamples, seed }: StatisticsOptions,
): Interval {
  const n = values.length;
  const first = values[0] ?? 0;
  // Sums of equal numbers differ in their last digits.
  if (values.every((value) => value === first)) return { low: first, high: first };
  const next = randomBits(seed);
  const drawn = Float64Array.from(values);
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    // The high bits times n: the bias is below n / 2^32.
    for (let i = 0; i < n; i++) sum += drawn[Math.floor((next() / 2 ** 32) * n)] ?? 0;
    means[r] = sum / n;
  }
  means.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(means, tail), high: quantile(means, 1 - tail) };
}
