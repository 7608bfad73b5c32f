import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapMean } from '../../../src/verify/statistics/bootstrap.ts';
import { normalQuantile, normalShare } from '../../../src/verify/statistics/normal.ts';
import { latencyOf, quantile } from '../../../src/verify/statistics/quantile.ts';
import { randomSource, splitmix32, xoshiro128 } from '../../../src/verify/statistics/random.ts';
import { studentQuantile, studentShare } from '../../../src/verify/statistics/student.ts';
// By scipy 1.17.1 (norm.cdf, norm.ppf, t.ppf) and numpy 1.26.4 (percentile).
import expected from './expected.json' with { type: 'json' };

function drawn(source: { fill(target: Uint32Array): void }, n: number): number[] {
  const target = new Uint32Array(n);
  source.fill(target);
  return [...target];
}

describe('random numbers', () => {
  it('are those of the published generator', () => {
    // From the C code of its authors, with the state 1, 2, 3, 4.
    const numbers = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597];
    expect(drawn(xoshiro128([1, 2, 3, 4]), 9)).toEqual(numbers);
    const source = xoshiro128([1, 2, 3, 4]);
    expect([...drawn(source, 4), ...drawn(source, 5)]).toEqual(numbers);
  });

  it('come from the seed alone, and another seed has others', () => {
    expect(drawn(randomSource(7), 50)).toEqual(drawn(randomSource(7), 50));
    const seeds = Array.from({ length: 200 }, (_, seed) => drawn(randomSource(seed), 2).join());
    expect(new Set(seeds).size).toBe(200);
    // A state of nothing but 0 would stay there.
    const states = Array.from({ length: 1000 }, (_, seed) => splitmix32(seed)());
    expect(new Set(states).size).toBe(1000);
  });

  it('are even', () => {
    const bins = new Array<number>(16).fill(0);
    for (const each of drawn(randomSource(3), 160_000)) bins[each >>> 28] = (bins[each >>> 28] ?? 0) + 1;
    const distance = bins.reduce((sum, bin) => sum + (bin - 10_000) ** 2 / 10_000, 0);
    // Chi-squared with 15 degrees of freedom: above in one seed of a thousand.
    expect(distance).toBeLessThan(37.7);
  });
});

describe('distributions', () => {
  it.each(Object.entries(expected.normalShare))('normal share of %s', (x, share) => {
    expect(Math.abs(normalShare(Number(x)) - share)).toBeLessThan(1e-14);
  });

  it.each(Object.entries(expected.normalQuantile))('normal quantile of %s', (share, x) => {
    expect(normalQuantile(Number(share))).toBeCloseTo(x, 8);
  });

  it.each(expected.studentQuantile)("Student's t: %d with %d degrees of freedom", (share, freedom, t) => {
    const found = studentQuantile(share ?? 0, freedom ?? 0);
    expect(Math.abs(found / (t ?? 0) - 1)).toBeLessThan(1e-9);
    expect(studentShare(found, freedom ?? 0)).toBeCloseTo(share ?? 0, 12);
  });

  it('ends at 0 and 1', () => {
    expect([normalShare(-40), normalShare(40), normalShare(0)]).toEqual([0, 1, 0.5]);
    expect([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].map(normalShare)).toEqual([0, 1]);
  });
});

describe('intervals', () => {
  it('hold the true mean of 12 differences as often as numpy finds: 90.6 %, not the 86.8 % of plain percentiles', () => {
    const [n, samples] = [12, 3000];
    const random = drawn(randomSource(99), n * samples * 2).map((each) => each / 2 ** 32);
    let [held, at] = [0, 0];
    for (let seed = 0; seed < samples; seed++) {
      // Half of the queries tie, the others rise or fall, most of them a little: the true mean is 0.1.
      const deltas = Array.from({ length: n }, () => {
        const [tie = 0, size = 0] = [random[at], (random[at + 1] ?? 0) - 0.5];
        at += 2;
        return tie < 0.5 ? 0 : 0.2 + 4 * size * Math.abs(size);
      });
      const { low, high } = bootstrapMean(deltas, { confidence: 0.95, resamples: 1000, seed });
      if (low <= 0.1 && 0.1 <= high) held += 1;
    }
    expect(Math.abs(held / samples - 0.9063)).toBeLessThan(0.015);
  });
});

describe('quantiles', () => {
  it.each(Object.entries(expected.quantile.quantiles))('at %s as numpy has it', (share, value) => {
    const sorted = [...expected.quantile.values].sort((left, right) => left - right);
    expect(quantile(sorted, Number(share))).toBeCloseTo(value, 10);
  });

  it('are in order, and between the first and the last', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }),
        share,
        share,
        (values, p, q) => {
          const sorted = values.sort((left, right) => left - right);
          const [low, high] = [quantile(sorted, Math.min(p, q)), quantile(sorted, Math.max(p, q))];
          expect(low).toBeLessThanOrEqual(high + 1e-6);
          expect(low).toBeGreaterThanOrEqual((sorted[0] ?? 0) - 1e-6);
          expect(high).toBeLessThanOrEqual((sorted.at(-1) ?? 0) + 1e-6);
        },
      ),
    );
  });
});

describe('latency', () => {
  const times = (n: number) => Array.from({ length: n }, (_, i) => n - i);

  it('has percentiles where there are times enough', () => {
    expect(latencyOf([7])).toEqual({ n: 1, meanMs: 7, p50Ms: 7, p95Ms: null, p99Ms: null });
    expect(latencyOf(times(19))).toMatchObject({ n: 19, p50Ms: 10, p95Ms: null, p99Ms: null });
    expect(latencyOf(times(20))).toMatchObject({ p50Ms: 10.5, p95Ms: 19.1, p99Ms: null });
    expect(latencyOf(times(99))).toMatchObject({ p95Ms: 94.1, p99Ms: null });
    expect(latencyOf(times(101))).toEqual({ n: 101, meanMs: 51, p50Ms: 51, p95Ms: 96, p99Ms: 100 });
  });

  it('does not sort what it was given', () => {
    const given = [3, 1, 2];
    latencyOf(given);
    expect(given).toEqual([3, 1, 2]);
  });
});
