/** A document in an answer, by the ID that judgments know it by. The first of a ranking is the best. */
export interface Ranked {
  readonly document: string;
  /** `null` where the search sorts by something else. */
  readonly score: number | null;
}

/** Grades by document. A document that is not in it is unjudged; a grade below 1 is not relevant. */
export type Grades = ReadonlyMap<string, number>;

/** Grades by ID of the query. */
export type Judgments = ReadonlyMap<string, Grades>;

/** The rankings of one arm, by ID of the query. */
export type Run = ReadonlyMap<string, readonly Ranked[]>;

/** What the tools of the field do differently, chosen. The defaults are those of trec_eval. */
export interface Convention {
  /** What a document of grade g is worth to nDCG: g itself (trec_eval), or 2^g - 1 (gdeval, `_rank_eval`). */
  readonly gain: 'linear' | 'exponential';
  /** The lowest grade that the binary measures call relevant. */
  readonly relevantFrom: number;
  /**
   * The order of hits with equal scores: as the server gave them, or by document ID, descending, as trec_eval sorts
   * them (which looks at scores alone).
   */
  readonly ties: 'server' | 'trec';
  /** Unjudged documents count as not relevant (trec_eval), or are taken out of the ranking before it is measured. */
  readonly unjudged: 'nonrelevant' | 'condensed';
}
