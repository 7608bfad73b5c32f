export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface StatisticsOptions {
  /** Of the intervals, and 1 minus the level of the tests: 0.95. */
  readonly confidence: number;
  /** Resamples of the bootstrap, and random permutations where there are too many for all of them: 10,000. */
  readonly resamples: number;
  /** Of the random numbers: the same input and seed give the same figures, bit by bit. */
  readonly seed: number;
}

/** What the differences of a measure between two arms, query by query, allow to say. Positive: the first is better. */
export interface PairedComparison {
  /** The queries that were compared. */
  readonly n: number;
  readonly meanDelta: number;
  readonly interval: Interval;
  /** Mean over standard deviation of the differences; `null` where they are all the same. */
  readonly effectSize: number | null;
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** Two-sided p value of the paired randomisation test; `exact`: every sign pattern was looked at. */
  readonly p: number;
  readonly exact: boolean;
  /** The smallest p that so many untied queries can give: 2^(1-n). */
  readonly smallestP: number;
  /** The mean difference that so many queries show with a power of 0.8; `null` with fewer than two of them. */
  readonly detectable: number | null;
}
