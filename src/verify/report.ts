import type { Address } from '../core/address.ts';
import type { Diagnostic } from '../core/diagnostic.ts';

/** `fail`: the answer is not what it must be. `error`: there was no answer to judge. */
export type Verdict = 'pass' | 'fail' | 'error';

/** One hit of the arm without the reranker. Ranks count from 1. */
export interface UnrerankedHit {
  readonly rank: number;
  readonly _index: string;
  readonly _id: string;
  /** `null` where the search sorts by something else. */
  readonly score: number | null;
  /** Its rank with the reranker; `null`: no longer in the window. */
  readonly now: number | null;
  /** The passage, cut to 300 characters; empty where the search returns no text of it. */
  readonly text: string;
}

export interface RerankedHit {
  readonly rank: number;
  readonly _index: string;
  readonly _id: string;
  readonly score: number | null;
  /** Its rank without the reranker; `null`: it was not in the window. */
  readonly was: number | null;
  /** How far it rose (positive) or fell (negative); `null` where `was` is. */
  readonly move: number | null;
  readonly unrerankedScore: number | null;
  readonly text: string;
}

export interface Arm<Hit> {
  /** The server's own count. It leaves out what response processors take, and so the reranker. */
  readonly tookMs: number;
  /** From request to answer, as seen from here. */
  readonly elapsedMs: number;
  readonly hits: readonly Hit[];
}

/** Why it is not proven that the reranker did its work. */
export type ReasonCode =
  | 'pipeline_missing'
  | 'processor_absent'
  | 'processor_failed'
  | 'ignored_failure'
  | 'model_missing'
  | 'model_not_deployed'
  | 'scores_identical'
  | 'empty_document_field'
  | 'no_hits';

export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
  readonly remedy: string;
}

/** Did the reranker really run, and on text? */
export interface Proof {
  /** True when there is no reason to doubt it. */
  readonly ran: boolean;
  /** The processors of the pipeline that rerank, in the order in which they ran, e.g. `rerank`. */
  readonly processor: string | null;
  /** What they took together, by the trace of the server; `null` when it does not tell. */
  readonly tookMs: number | null;
  /** The document fields that the pipeline gives to the model; `null` when they cannot be read. */
  readonly fields: readonly string[] | null;
  readonly reasons: readonly Reason[];
  /** What is odd and proves nothing. */
  readonly warnings: readonly string[];
}

export interface Expectation {
  readonly kind: 'first' | 'top' | 'not_first';
  /** What was expected, in words: `passage_text contains "Washington, D.C."`. */
  readonly what: string;
  readonly pass: boolean;
  /** What is there instead, in words. */
  readonly actual: string;
  /** Rank with the reranker of the first hit that meets the condition; `null`: none in the window does. */
  readonly foundAt: number | null;
}

export interface QueryReport {
  readonly id: string;
  readonly queryText: string;
  readonly verdict: Verdict;
  /** How many hits the reranker had to work with: what `size` returned, the same in both arms. */
  readonly window: number;
  /** `null`: this arm gave no answer. */
  readonly unreranked: Arm<UnrerankedHit> | null;
  readonly reranked: Arm<RerankedHit> | null;
  readonly proof: Proof;
  readonly expectations: readonly Expectation[];
  /** With verdict `error`. */
  readonly error?: Diagnostic;
}

export interface VerificationReport {
  readonly address: Address;
  readonly index: string;
  readonly searchPipeline: string;
  readonly verdict: Verdict;
  readonly queries: readonly QueryReport[];
}

export function worstOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('error')) return 'error';
  return verdicts.includes('fail') ? 'fail' : 'pass';
}

/** The verdict on all verifications of a run. */
export function overallVerdict(reports: readonly Pick<VerificationReport, 'verdict'>[]): Verdict {
  return worstOf(reports.map(({ verdict }) => verdict));
}
