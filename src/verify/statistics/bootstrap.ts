import { normalShare } from './normal.ts';
import { quantile } from './quantile.ts';
import { randomSource } from './random.ts';
import { studentQuantile } from './student.ts';
import type { Interval, StatisticsOptions } from './types.ts';

/**
 * Where the mean lies: the expanded percentile interval of the bootstrap. Queries are drawn with replacement, and the
 * percentiles taken further out than the confidence says, as Student's t is wider than the normal distribution, and by
 * sqrt(n / (n - 1)): Tim Hesterberg, "What Teachers Should Know About the Bootstrap", The American Statistician 69 (2015).
 * Plain percentiles of few queries are too narrow, and so is BCa: of three simulated kinds of differences between
 * rankings, 8 queries each, BCa at 95 % held the true mean in 78 to 84 % and this interval in 91 to 92 %. At least one
 * value; values that are all the same give an interval without width.
 */
export function bootstrapMean(values: readonly number[], options: StatisticsOptions): Interval {
  const first = values[0] ?? 0;
  // Means of equal numbers differ in their last digits.
  if (values.every((value) => value === first)) return { low: first, high: first };
  const means = resampledMeans(values, options);
  const tail = expanded((1 - options.confidence) / 2, values.length);
  return { low: quantile(means, tail), high: quantile(means, 1 - tail) };
}

/** The share of the bootstrap's means that lies below the interval. */
function expanded(tail: number, n: number): number {
  return normalShare(Math.sqrt(n / (n - 1)) * studentQuantile(tail, n - 1));
}

/** Sorted. */
function resampledMeans(
  values: readonly number[],
  { resamples, seed }: Pick<StatisticsOptions, 'resamples' | 'seed'>,
): Float64Array {
  const n = values.length;
  const source = randomSource(seed);
  const all = Float64Array.from(values);
  const random = new Uint32Array(n);
  const means = new Float64Array(resamples);
  // The high bits of a random number times n: the bias is below n / 2^32.
  const scale = n / 2 ** 32;
  for (let r = 0; r < resamples; r++) {
    source.fill(random);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += all[((random[i] ?? 0) * scale) | 0] ?? 0;
    means[r] = sum / n;
  }
  return means.sort();
}
