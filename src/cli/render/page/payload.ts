import type { Expectation, Proof, RankChange, ReasonCode, Verdict } from '../../../verify/report.ts';

/** What the list of queries is made of: one column for each property, because names cost more than numbers. */
export interface QueryList {
  readonly address: string;
  /** `unreranked`, `reranked`, others. */
  readonly arms: readonly string[];
  readonly measures: readonly string[];
  /** `group=head`: all that occur, sorted. */
  readonly labels: readonly string[];
  readonly ids: readonly string[];
  /** Empty texts where they are left out. */
  readonly texts: readonly string[];
  readonly verdicts: readonly Verdict[];
  /** By query, places in `labels`. */
  readonly labelled: readonly (readonly number[])[];
  /** By measure, then by arm, then by query; `null`: not judged. */
  readonly values: readonly (readonly (readonly (number | null)[])[])[];
  /** By arm, then by query: milliseconds. */
  readonly elapsed: readonly (readonly (number | null)[])[];
  /** 1 - RBO of the reranked arm: how much it has reordered. */
  readonly reordered: readonly (number | null)[];
  readonly newFirst: readonly (boolean | null)[];
  /** Queries in each chunk of details. */
  readonly chunkSize: number;
}

/** The details of some queries, in the order of the list, with each document once. */
export interface Chunk {
  readonly documents: readonly DocumentDetail[];
  readonly queries: readonly QueryDetail[];
}

export type DocumentDetail = readonly [id: string, ownId: string | null, text: string];

/** `was`: the rank without the reranker, `null` when it was not in the window; in the unreranked arm its own. */
export type HitDetail = readonly [
  document: number,
  score: number | null,
  grade: number | null,
  was: number | null,
];

export interface ArmDetail {
  readonly tookMs: number;
  readonly elapsedMs: number;
  /** By rank. */
  readonly hits: readonly HitDetail[];
}

/** Something wrong, and what to do. Without texts, the code stands for a message that may hold some. */
export interface ProblemDetail {
  readonly code: ReasonCode | string;
  readonly message: string;
  readonly remedy: string;
}

export interface QueryDetail {
  readonly window: number;
  /** By arm; `null`: no answer. */
  readonly arms: readonly (ArmDetail | null)[];
  /** `null`: nothing was asked. */
  readonly proof: Pick<Proof, 'ran' | 'processor' | 'tookMs' | 'fields'> | null;
  readonly problems: readonly ProblemDetail[];
  readonly warnings: readonly string[];
  readonly expectations: readonly Expectation[];
  readonly change: RankChange | null;
}
