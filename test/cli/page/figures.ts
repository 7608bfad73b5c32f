import type {
  ArmHit,
  Latency,
  Mean,
  MeasureReport,
  QueryReport,
  Relevance,
} from '../../../src/verify/report.ts';
import type { PairedComparison } from '../../../src/verify/statistics/types.ts';

/** Figures that look like those of a run. They are made up of simple formulas, and no test trusts them. */

type Arms = Pick<QueryReport, 'unreranked' | 'reranked' | 'others'>;

function hitsOf({ unreranked, reranked, others }: Arms, arm: string): readonly ArmHit[] {
  if (arm === 'unreranked') return unreranked?.hits ?? [];
  if (arm === 'reranked') return reranked?.hits ?? [];
  return others.find(({ name }) => name === arm)?.hits ?? [];
}

function figureOf(measure: string, hits: readonly ArmHit[], grades: readonly number[]): number {
  const [kind, cutoff = '10'] = measure.split('@');
  const top = hits.slice(0, Number(cutoff)).map(({ grade }) => grade);
  const gained = (all: readonly (number | null)[]): number =>
    all.reduce<number>((sum, grade, i) => sum + (grade ?? 0) / Math.log2(i + 2), 0);
  const relevant = top.filter((grade) => (grade ?? 0) > 0).length;
  const first = top.findIndex((grade) => (grade ?? 0) > 0);
  switch (kind) {
    case 'ndcg':
      return gained(top) / gained([...grades].sort((a, b) => b - a).slice(0, Number(cutoff)));
    case 'mrr':
      return first === -1 ? 0 : 1 / (first + 1);
    case 'p':
      return relevant / Number(cutoff);
    case 'judged':
      return top.filter((grade) => grade !== null).length / Math.max(top.length, 1);
    default: {
      let seen = 0;
      const precisions = top.map((grade, i) => ((grade ?? 0) > 0 ? ++seen / (i + 1) : 0));
      return precisions.reduce((sum, each) => sum + each, 0) / grades.filter((grade) => grade > 0).length;
    }
  }
}

export function valuesOf(
  arms: Arms,
  grades: readonly number[],
  measures: readonly string[],
): Record<string, Record<string, number>> {
  const names = ['unreranked', 'reranked', ...arms.others.map(({ name }) => name)];
  return Object.fromEntries(
    measures.map((measure) => [
      measure,
      Object.fromEntries(names.map((arm) => [arm, figureOf(measure, hitsOf(arms, arm), grades)])),
    ]),
  );
}

function meanOf(values: readonly number[]): Mean & { readonly spread: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length - 1, 1);
  const half = 1.96 * Math.sqrt(variance / Math.max(values.length, 1));
  return { mean, interval: { low: mean - half, high: mean + half }, spread: Math.sqrt(variance) };
}

function comparisonOf(deltas: readonly number[]): PairedComparison {
  const { mean, interval, spread } = meanOf(deltas);
  const n = deltas.length;
  const z = spread === 0 ? 0 : Math.abs(mean) / (spread / Math.sqrt(n));
  return {
    n,
    meanDelta: mean,
    interval,
    effectSize: spread === 0 ? null : mean / spread,
    wins: deltas.filter((delta) => delta > 1e-9).length,
    ties: deltas.filter((delta) => Math.abs(delta) <= 1e-9).length,
    losses: deltas.filter((delta) => delta < -1e-9).length,
    p: Math.max(Math.exp(-0.717 * z - 0.416 * z * z), 1 / 10_001),
    exact: n <= 16,
    smallestP: Math.max(2 ** (1 - n), 1 / 10_001),
    detectable: n < 2 ? null : (2.8 * spread) / Math.sqrt(n),
  };
}

function measureOf(queries: readonly QueryReport[], arms: readonly string[], measure: string): MeasureReport {
  const [, cutoff] = measure.split('@');
  const value = (query: QueryReport, arm: string): number => query.measures?.[measure]?.[arm] ?? 0;
  return {
    measure,
    convention: measure.startsWith('ndcg')
      ? `${measure}[gain=linear,ideal=cut,ties=server]`
      : `${measure}[rel=1,cut=${cutoff},ties=server]`,
    arms: Object.fromEntries(
      arms.map((arm) => {
        const { mean, interval } = meanOf(queries.map((query) => value(query, arm)));
        return [arm, { mean, interval }];
      }),
    ),
    lift: Object.fromEntries(
      arms
        .slice(1)
        .map((arm) => [
          arm,
          comparisonOf(queries.map((query) => value(query, arm) - value(query, arms[0] ?? ''))),
        ]),
    ),
  };
}

export function relevanceOf(
  queries: readonly QueryReport[],
  arms: readonly string[],
  measures: readonly string[],
): Relevance {
  const judged = queries.filter((query) => query.measures !== undefined);
  const reports = measures.map((measure) => measureOf(judged, arms, measure));
  const segments = new Map<string, QueryReport[]>();
  for (const query of judged) {
    for (const [label, value] of Object.entries(query.labels)) {
      const key = JSON.stringify([label, value]);
      segments.set(key, [...(segments.get(key) ?? []), query]);
    }
  }
  const first = reports[0];
  const [from, to] = [first?.arms.unreranked?.mean ?? 0, first?.arms.reranked?.mean ?? 0];
  const oracle = 0.93;
  return {
    queries: judged.length,
    withoutJudgments: queries.filter(({ verdict }) => verdict === 'error').map(({ id }) => id),
    withoutRelevant: queries
      .filter(({ measures: own, verdict }) => own === undefined && verdict !== 'error')
      .map(({ id }) => id),
    unanswered: [],
    unknownQueries: [],
    confidence: 0.95,
    measures: reports,
    headroom:
      first === undefined
        ? null
        : { measure: first.measure, windowRecall: 0.84, oracle, used: (to - from) / (oracle - from) },
    segments: [...segments]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, own]) => {
        const [label, value] = JSON.parse(key) as [string, string];
        return {
          label,
          value,
          queries: own.length,
          measures: Object.fromEntries(measures.map((measure) => [measure, measureOf(own, arms, measure)])),
        };
      }),
  };
}

export function latencyOf(queries: readonly QueryReport[], arms: readonly string[]): Record<string, Latency> {
  return Object.fromEntries(
    arms.flatMap((arm) => {
      const times = queries
        .flatMap((query) => {
          if (arm === 'unreranked') return query.unreranked?.elapsedMs ?? [];
          if (arm === 'reranked') return query.reranked?.elapsedMs ?? [];
          return query.others.find(({ name }) => name === arm)?.elapsedMs ?? [];
        })
        .sort((a, b) => a - b);
      const n = times.length;
      if (n === 0) return [];
      const at = (share: number): number => times[Math.min(Math.floor(share * n), n - 1)] ?? 0;
      const meanMs = times.reduce((sum, time) => sum + time, 0) / n;
      return [
        [
          arm,
          { n, meanMs, p50Ms: at(0.5), p95Ms: n < 20 ? null : at(0.95), p99Ms: n < 100 ? null : at(0.99) },
        ],
      ];
    }),
  );
}
