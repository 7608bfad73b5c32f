import type { Latency } from '../report.ts';

/** The quantile of sorted values, with linear interpolation between two of them. At least one value. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (high - low) * (at - below);
}

/** So many times at least, or one slow answer is the percentile. */
const FEWEST = { p95: 20, p99: 100 } as const;

/** At least one time, in milliseconds. */
export function latencyOf(times: readonly number[]): Latency {
  const sorted = Float64Array.from(times).sort();
  const at = (share: number): number => Math.round(quantile(sorted, share) * 10) / 10;
  const n = sorted.length;
  return {
    n,
    meanMs: Math.round((times.reduce((sum, time) => sum + time, 0) / n) * 10) / 10,
    p50Ms: at(0.5),
    p95Ms: n < FEWEST.p95 ? null : at(0.95),
    p99Ms: n < FEWEST.p99 ? null : at(0.99),
  };
}
