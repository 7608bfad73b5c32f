import { randomBits } from './random.ts';
import type { StatisticsOptions } from './types.ts';

/** All sign patterns of so many differences are looked at; of more, a random part. */
const EXACT_UP_TO = 16;

/**
 * Fisher's paired randomisation test, two-sided: were the arms the same, each difference could as well have had the
 * other sign. What share of the sign patterns has a sum as far from 0 as the one that was seen? By chance with more
 * than 16 differences: then (b + 1) / (m + 1), which is never 0 (Phipson and Smyth 2010). Differences of 0 change
 * nothing and are left out.
 */
export function randomisationTest(
  deltas: readonly number[],
  { resamples, seed }: StatisticsOptions,
): { readonly p: number; readonly exact: boolean } {
  const untied = deltas.filter((delta) => delta !== 0).map(Math.abs);
  const seen = Math.abs(deltas.reduce((sum, delta) => sum + delta, 0));
  // Equal sums of other summands differ in their last digits, and must count as equal.
  const least = seen - 1e-9 * Math.max(1, seen);
  return untied.length <= EXACT_UP_TO
    ? { p: shareOfAll(untied, least), exact: true }
    : { p: shareOfSome(untied, least, resamples, randomBits(seed)), exact: false };
}

function shareOfAll(sizes: readonly number[], least: number): number {
  const patterns = 2 ** sizes.length;
  let extreme = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    let sum = 0;
    for (let i = 0; i < sizes.length; i++)
      sum += ((pattern >> i) & 1) === 0 ? (sizes[i] ?? 0) : -(sizes[i] ?? 0);
    if (Math.abs(sum) >= least) extreme += 1;
  }
  return extreme / patterns;
}

function shareOfSome(sizes: readonly number[], least: number, resamples: number, next: () => number): number {
  const values = Float64Array.from(sizes);
  let extreme = 0;
  for (let r = 0; r < resamples; r++) {
    let [sum, bits] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      if (i % 32 === 0) bits = next();
      const size = values[i] ?? 0;
      sum += (bits & 1) === 0 ? size : -size;
      bits >>>= 1;
    }
    if (Math.abs(sum) >= least) extreme += 1;
  }
  return (extreme + 1) / (resamples + 1);
}
