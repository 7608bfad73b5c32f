import { normalQuantile } from './normal.ts';

const POWER = 0.8;

/**
 * The mean difference that `n` queries with this standard deviation show with a power of 0.8, two-sided: by the normal
 * approximation, (z of the level + z of the power) * deviation / sqrt(n). A little too small below 20 queries.
 */
export function detectableDifference(n: number, deviation: number, confidence: number): number {
  return ((normalQuantile((1 + confidence) / 2) + normalQuantile(POWER)) * deviation) / Math.sqrt(n);
}
