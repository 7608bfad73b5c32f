import { randomSource } from './random.ts';
import type { StatisticsOptions } from './types.ts';

/** All sign patterns of so many differences are looked at; of more, a random part. */
const EXACT_UP_TO = 16;

/**
 * What a paired randomisation test found. `smallestP`: what it would be were all the differences on one side, and large.
 */
export interface Randomisation {
  readonly p: number;
  readonly exact: boolean;
  readonly smallestP: number;
}

/**
 * Fisher's paired randomisation test, two-sided: were the arms the same, each difference could as well have had the
 * other sign. What share of the sign patterns has a sum as far from 0 as the one that was seen? By chance with more
 * than 16 differences: then (b + 1) / (m + 1), which is never 0 (Phipson and Smyth 2010). Differences of 0 change
 * nothing and are left out.
 */
export function randomisationTest(
  deltas: readonly number[],
  { resamples, seed }: Pick<StatisticsOptions, 'resamples' | 'seed'>,
): Randomisation {
  const sizes = Float64Array.from(deltas.filter((delta) => delta !== 0).map(Math.abs));
  const seen = Math.abs(deltas.reduce((sum, delta) => sum + delta, 0));
  // Equal sums of other summands differ in their last digits, and must count as equal.
  const least = seen - 1e-9 * sizes.reduce((sum, size) => sum + size, 0);
  const smallest = Math.min(1, 2 ** (1 - sizes.length));
  return sizes.length <= EXACT_UP_TO
    ? { p: shareOfAll(sizes, least), exact: true, smallestP: smallest }
    : {
        p: shareOfSome(sizes, least, resamples, seed),
        exact: false,
        smallestP: Math.max(smallest, 1 / (resamples + 1)),
      };
}

function shareOfAll(sizes: Float64Array, least: number): number {
  const patterns = 2 ** sizes.length;
  const signs = new Uint32Array(1);
  let extreme = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    signs[0] = pattern;
    if (Math.abs(signedSum(sizes, signs)) >= least) extreme += 1;
  }
  return extreme / patterns;
}

function shareOfSome(sizes: Float64Array, least: number, resamples: number, seed: number): number {
  const source = randomSource(seed);
  const signs = new Uint32Array(Math.ceil(sizes.length / 32));
  let extreme = 0;
  for (let r = 0; r < resamples; r++) {
    source.fill(signs);
    if (Math.abs(signedSum(sizes, signs)) >= least) extreme += 1;
  }
  return (extreme + 1) / (resamples + 1);
}

/** Each bit of `signs` is the sign of one size. */
function signedSum(sizes: Float64Array, signs: Uint32Array): number {
  let [sum, bits] = [0, 0];
  for (let i = 0; i < sizes.length; i++) {
    if ((i & 31) === 0) bits = signs[i >>> 5] ?? 0;
    const size = sizes[i] ?? 0;
    sum += (bits & 1) === 0 ? size : -size;
    bits >>>= 1;
  }
  return sum;
}
