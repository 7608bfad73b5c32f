import type { ChangeSummary, RankChange } from '../report.ts';

/** How much the first places count: about 86 % of the weight is on the first ten. */
const P = 0.9;

/** How far two rankings of the same query differ. Each document at most once in each. */
export function rankChange(before: readonly string[], after: readonly string[]): RankChange {
  const places = new Map(after.map((document, i) => [document, i]));
  const common = before.flatMap((document, i) => {
    const place = places.get(document);
    return place === undefined ? [] : [{ from: i, to: place }];
  });
  const moves = common.map(({ from, to }) => Math.abs(from - to));
  const union = before.length + after.length - common.length;
  return {
    rbo: rankBiasedOverlap(before, after),
    tau: kendall(common.map(({ to }) => to)),
    overlap: union === 0 ? 1 : common.length / union,
    meanDisplacement: moves.length === 0 ? 0 : meanOf(moves),
    maxDisplacement: moves.reduce((most, move) => Math.max(most, move), 0),
    newFirst: before[0] !== after[0],
  };
}

/** Rank-biased overlap, extrapolated, for lists of uneven length: equation 32 of Webber, Moffat and Zobel 2010. */
function rankBiasedOverlap(left: readonly string[], right: readonly string[]): number {
  const [short, long] = left.length <= right.length ? [left, right] : [right, left];
  const [s, l] = [short.length, long.length];
  if (s === 0) return l === 0 ? 1 : 0;
  const [inShort, inLong] = [new Set<string>(), new Set<string>()];
  let [overlap, overlapAtS, sum] = [0, 0, 0];
  for (let d = 1; d <= l; d++) {
    const [a, b] = [short[d - 1], long[d - 1]];
    if (b !== undefined) {
      inLong.add(b);
      if (inShort.has(b)) overlap += 1;
    }
    if (a !== undefined) {
      inShort.add(a);
      if (inLong.has(a)) overlap += 1;
    }
    if (d === s) overlapAtS = overlap;
    const extrapolated = d > s ? (overlapAtS * (d - s)) / (s * d) : 0;
    sum += (overlap / d + extrapolated) * P ** d;
  }
  // Equal rankings come out as 1 but for rounding.
  return Math.min(1, ((1 - P) / P) * sum + ((overlap - overlapAtS) / l + overlapAtS / s) * P ** l);
}

/** Kendall's tau of an order against 0, 1, 2, …: places cannot tie, so that tau-b is tau-a. */
function kendall(order: readonly number[]): number | null {
  const n = order.length;
  if (n < 2) return null;
  let balance = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) balance += (order[i] ?? 0) < (order[j] ?? 0) ? 1 : -1;
  }
  return balance / ((n * (n - 1)) / 2);
}

/** Means over queries; `null` when there are none. */
export function summariseChange(changes: readonly RankChange[]): ChangeSummary | null {
  if (changes.length === 0) return null;
  const taus = changes.flatMap(({ tau }) => tau ?? []);
  return {
    queries: changes.length,
    rbo: meanOf(changes.map(({ rbo }) => rbo)),
    tau: taus.length === 0 ? null : meanOf(taus),
    overlap: meanOf(changes.map(({ overlap }) => overlap)),
    meanDisplacement: meanOf(changes.map(({ meanDisplacement }) => meanDisplacement)),
    maxDisplacement: changes.reduce((most, { maxDisplacement }) => Math.max(most, maxDisplacement), 0),
    newFirst: changes.filter(({ newFirst }) => newFirst).length / changes.length,
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
