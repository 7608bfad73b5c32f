import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePaired, meanInterval } from '../../../src/verify/statistics/compare.ts';
import { randomisationTest } from '../../../src/verify/statistics/randomisation.ts';
import type { StatisticsOptions } from '../../../src/verify/statistics/types.ts';
import { A, B, QRELS, SERVER } from '../measures/fixture.ts';
import { valuesIn } from '../measures/support.ts';
// By scipy 1.17.1 and numpy 1.26.4: permutation_test of the sums, over all sign patterns or a million of them;
// bootstrap by percentiles, at the expanded level, with 500,000 resamples; norm.ppf.
import expectations from './expected.json' with { type: 'json' };

const OPTIONS: StatisticsOptions = { confidence: 0.95, resamples: 10_000, seed: 1 };

interface Expected {
  readonly deltas: readonly number[];
  readonly exactP?: number;
  readonly sampledP?: number;
  readonly interval: readonly number[];
  readonly mean: number;
  readonly effectSize: number;
  readonly detectable: number;
}

describe('agreement with scipy', () => {
  it.each(Object.entries<Expected>(expectations.paired))('%s', (_name, expected) => {
    const found = comparePaired(expected.deltas, OPTIONS);
    expect(found.meanDelta).toBeCloseTo(expected.mean, 12);
    expect(found.effectSize).toBeCloseTo(expected.effectSize, 10);
    expect(found.detectable).toBeCloseTo(expected.detectable, 10);
    expect(found.exact).toBe(expected.exactP !== undefined);
    if (expected.exactP !== undefined) expect(found.p).toBe(expected.exactP);
    else expect(Math.abs(found.p - (expected.sampledP ?? Number.NaN))).toBeLessThan(0.005);
    // Two bootstraps with other random numbers: to a twentieth of the width of the interval.
    const [low = Number.NaN, high = Number.NaN] = expected.interval;
    expect(Math.abs(found.interval.low - low)).toBeLessThan((high - low) / 20);
    expect(Math.abs(found.interval.high - high)).toBeLessThan((high - low) / 20);
  });

  it('B against A of the fixture, by nDCG@10', () => {
    const [before, after] = [A, B].map((run) => valuesIn('ndcg@10', SERVER, run, QRELS));
    const deltas = Object.entries(after ?? {}).map(([query, value]) => value - (before?.[query] ?? 0));
    const found = comparePaired(deltas, OPTIONS);
    expect(found).toMatchObject({ n: 8, wins: 6, ties: 1, losses: 1, exact: true, p: 0.03125 });
    expect(found.meanDelta).toBeCloseTo(0.2567599332, 10);
    // The tie decides nothing: seven queries are left.
    expect(found.smallestP).toBe(2 ** -6);
  });
});

describe('the randomisation test', () => {
  it.each([5, 8, 16])('%d wins and nothing else have the smallest p there is', (n) => {
    const found = comparePaired(
      Array.from({ length: n }, (_, i) => 0.1 + i / 100),
      OPTIONS,
    );
    expect(found).toMatchObject({ p: 2 ** (1 - n), smallestP: 2 ** (1 - n), exact: true });
  });

  it('is never 0 where patterns are drawn, and says what it could be at least', () => {
    const found = comparePaired(
      Array.from({ length: 60 }, () => 0.2),
      OPTIONS,
    );
    expect(found).toMatchObject({ p: 1 / 10_001, smallestP: 1 / 10_001, exact: false });
  });

  it('counts patterns of equal sums as equal, whatever the last digits are', () => {
    // Each of the patterns with one sign turned has the sum that was seen: 0.1 + 0.2 - 0.3 and the like.
    expect(comparePaired([0.1, 0.2, -0.3], OPTIONS).p).toBe(1);
    expect(comparePaired([0.1, 0.2, 0.3, -0.6], OPTIONS).p).toBe(1);
    // The unit of the figures does not matter.
    const tiny = [3e-10, 1e-10, 2e-10, 5e-10, 4e-10, 2e-10];
    expect(comparePaired(tiny, OPTIONS).p).toBe(2 ** -5);
  });

  it('drawn patterns come close to all of them', () => {
    const sixteen = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(sixteen, (deltas) => {
        const all = randomisationTest(deltas, OPTIONS);
        // A 17th difference too small to matter has the patterns drawn.
        const drawn = randomisationTest([...deltas, Number.MIN_VALUE], OPTIONS);
        fc.pre(deltas.every((delta) => delta !== 0));
        expect([all.exact, drawn.exact]).toEqual([true, false]);
        expect(Math.abs(all.p - drawn.p)).toBeLessThan(0.025);
      }),
      { numRuns: 30 },
    );
  });
});

describe('laws', () => {
  const deltas = fc.array(
    fc.oneof(fc.constantFrom(0, 0.5, -0.5), fc.double({ min: -1, max: 1, noNaN: true })),
    { minLength: 1, maxLength: 30 },
  );
  const few = { ...OPTIONS, resamples: 1000 };

  it('the other way around everything is the same, with the other sign', () => {
    fc.assert(
      fc.property(deltas, (all) => {
        const [there, back] = [
          comparePaired(all, few),
          comparePaired(
            all.map((delta) => -delta),
            few,
          ),
        ];
        expect(back.meanDelta).toBeCloseTo(-there.meanDelta, 14);
        expect(back.p).toBe(there.p);
        expect([back.wins, back.ties, back.losses]).toEqual([there.losses, there.ties, there.wins]);
        expect(back.interval.low).toBeCloseTo(-there.interval.high, 12);
        expect(back.interval.high).toBeCloseTo(-there.interval.low, 12);
      }),
    );
  });

  it('the interval holds the mean, inside of the values, and a higher confidence is no narrower', () => {
    fc.assert(
      fc.property(deltas, (all) => {
        const { meanDelta, interval } = comparePaired(all, few);
        const wide = comparePaired(all, { ...few, confidence: 0.99 }).interval;
        const rounding = 1e-9;
        expect(interval.low).toBeGreaterThanOrEqual(Math.min(...all) - rounding);
        expect(interval.high).toBeLessThanOrEqual(Math.max(...all) + rounding);
        expect(wide.low).toBeLessThanOrEqual(interval.low + rounding);
        expect(wide.high).toBeGreaterThanOrEqual(interval.high - rounding);
        expect(interval.low).toBeLessThanOrEqual(meanDelta + rounding);
        expect(interval.high).toBeGreaterThanOrEqual(meanDelta - rounding);
      }),
    );
  });

  it('p is a share, never below the smallest', () => {
    fc.assert(
      fc.property(deltas, (all) => {
        const { p, smallestP } = comparePaired(all, few);
        expect(p).toBeGreaterThanOrEqual(smallestP);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the same figures again', () => {
  const deltas = Array.from({ length: 50 }, (_, i) => Math.round(Math.sin(i) * 1000) / 5000 + 0.03);

  it('bit by bit, whatever was computed in between', () => {
    const first = comparePaired(deltas, OPTIONS);
    meanInterval([1, 2, 3], OPTIONS);
    expect(comparePaired(deltas, OPTIONS)).toEqual(first);
    expect(comparePaired(deltas, { ...OPTIONS, seed: 2 }).interval).not.toEqual(first.interval);
  });

  it('on every machine', () => {
    expect(comparePaired(deltas, OPTIONS)).toMatchObject({
      p: 0.1346865313468653,
      interval: { low: -0.010959266153517977, high: 0.0713010826918975 },
    });
  });
});

describe('edges', () => {
  it.each([1, 2, 20])('%d differences of nothing: p is 1, and the interval is nothing', (n) => {
    const found = comparePaired(new Array<number>(n).fill(0), OPTIONS);
    expect(found).toMatchObject({ n, meanDelta: 0, interval: { low: 0, high: 0 }, p: 1, ties: n });
    expect(found).toMatchObject({ smallestP: 1, effectSize: null });
  });

  it('rounding is no difference', () => {
    const found = comparePaired([0.1 + 0.2 - 0.3, 0.7 - 0.1 - 0.6], OPTIONS);
    expect(found).toMatchObject({ ties: 2, p: 1, interval: { low: 0, high: 0 } });
  });

  it('one query shows nothing', () => {
    expect(comparePaired([0.4], OPTIONS)).toEqual({
      n: 1,
      meanDelta: 0.4,
      interval: { low: 0.4, high: 0.4 },
      effectSize: null,
      wins: 1,
      ties: 0,
      losses: 0,
      p: 1,
      exact: true,
      smallestP: 1,
      detectable: null,
    });
  });

  it('two queries reach no further than themselves', () => {
    expect(meanInterval([0.2, 0.6], OPTIONS)).toEqual({ low: 0.2, high: 0.6 });
  });

  it('2,000 queries take less than two seconds', () => {
    const many = Array.from({ length: 2000 }, (_, i) => Math.sin(i * i) / 3 + 0.01);
    const start = performance.now();
    comparePaired(many, OPTIONS);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
