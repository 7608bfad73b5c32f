import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankChange, summariseChange } from '../../../src/verify/measures/rank-change.ts';
// RBO by the package rbo 0.1.3, tau-b of the documents in both by scipy 1.17.1; A before, B after.
import expected from './expected.json' with { type: 'json' };
import { A, B } from './fixture.ts';

function of(query: string) {
  const [before, after] = [A, B].map((run) => (run.get(query) ?? []).map(({ document }) => document));
  return rankChange(before ?? [], after ?? []);
}

describe('how two rankings differ', () => {
  it.each(Object.entries(expected.change))('agrees with rbo and scipy: %s', (query, { rbo, tau }) => {
    const found = of(query);
    expect(found.rbo).toBeCloseTo(rbo, 12);
    expect(found.tau).toBeCloseTo(tau, 12);
  });

  it('has the printed figures', () => {
    // The first is cut, not rounded, where it was printed: 0.6416986.
    expect(Math.abs(of('q1').rbo - 0.641699)).toBeLessThan(1e-6);
    expect(of('q2').rbo).toBeCloseTo(0.565918, 6);
    expect(of('q8').rbo).toBeCloseTo(0.825809, 6);
    expect(of('q1').tau).toBeCloseTo(-0.022222, 6);
    expect(of('q2').tau).toBeCloseTo(-0.155556, 6);
    expect(of('q8').tau).toBe(0);
  });

  it('tells moves, overlap and a new first hit', () => {
    expect(rankChange(['a', 'b', 'c', 'd'], ['c', 'a', 'e'])).toMatchObject({
      overlap: 2 / 5,
      meanDisplacement: 1.5,
      maxDisplacement: 2,
      newFirst: true,
      tau: -1,
    });
    expect(of('q8').overlap).toBe(0.4);
  });

  it('has an answer for rankings without hits or without anything in common', () => {
    expect(rankChange([], [])).toEqual({
      rbo: 1,
      tau: null,
      overlap: 1,
      meanDisplacement: 0,
      maxDisplacement: 0,
      newFirst: false,
    });
    expect(rankChange(['a'], [])).toMatchObject({ rbo: 0, tau: null, overlap: 0, newFirst: true });
    expect(rankChange(['a', 'b'], ['c', 'd'])).toMatchObject({ rbo: 0, tau: null, overlap: 0 });
  });

  it('the same ranking is 1, another less, and before and after count alike', () => {
    const list = fc.shuffledSubarray(Array.from({ length: 12 }, (_, i) => `d${i}`));
    fc.assert(
      fc.property(list, list, (left, right) => {
        const [one, other] = [rankChange(left, right), rankChange(right, left)];
        expect(rankChange(left, left).rbo).toBeCloseTo(1, 12);
        expect(one.rbo).toBeGreaterThanOrEqual(0);
        expect(one.rbo).toBeLessThanOrEqual(1);
        expect(one.rbo).toBeCloseTo(other.rbo, 12);
        expect(one.tau).toBe(other.tau);
        expect(one.overlap).toBe(other.overlap);
        expect(one.maxDisplacement).toBe(other.maxDisplacement);
      }),
    );
  });
});

describe('the change of all queries', () => {
  it('is a mean, and of moves the largest', () => {
    const found = summariseChange([
      rankChange(['a', 'b', 'c'], ['c', 'b', 'a']),
      rankChange(['a', 'b'], ['a', 'b']),
      rankChange(['a'], ['b']),
    ]);
    expect(found).toMatchObject({ queries: 3, tau: 0, maxDisplacement: 2, newFirst: 2 / 3 });
    expect(found?.overlap).toBeCloseTo(2 / 3, 12);
    expect(found?.meanDisplacement).toBeCloseTo(4 / 9, 12);
  });

  it('is nothing without queries, and has no tau where no query has', () => {
    expect(summariseChange([])).toBeNull();
    expect(summariseChange([rankChange(['a'], ['b'])])?.tau).toBeNull();
  });
});
