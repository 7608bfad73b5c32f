import type { Address } from '../core/address.ts';
import type { Diagnostic, SourceLocation } from '../core/diagnostic.ts';
import type { Convention } from './measures/types.ts';
import type { Interval, PairedComparison } from './statistics/types.ts';

/**
 * `fail`: the answer is not what it must be. `inconclusive`: too little data to say. `error`: there was no answer to
 * judge.
 */
export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'error';

/** The arms that every verification has. The first is what the others are compared with. */
export const UNRERANKED = 'unreranked';
export const RERANKED = 'reranked';

/** One hit of an arm. Ranks count from 1. */
export interface ArmHit {
  readonly rank: number;
  readonly _index: string;
  readonly _id: string;
  /** The ID that judgments know the document by: `_id`, or the value of the field `document_id` names. */
  readonly document: string;
  /** `null` where the search sorts by something else. */
  readonly score: number | null;
  /** `null`: nobody has judged it, or there are no judgments of this query. */
  readonly grade: number | null;
  /** The passage, cut to 300 characters; empty where the search returns no text of it. */
  readonly text: string;
}

/** One hit of the arm without the reranker. */
export interface UnrerankedHit extends ArmHit {
  /** Its rank with the reranker; `null`: no longer in the window. */
  readonly now: number | null;
}

export interface RerankedHit extends ArmHit {
  /** Its rank without the reranker; `null`: it was not in the window. */
  readonly was: number | null;
  /** How far it rose (positive) or fell (negative); `null` where `was` is. */
  readonly move: number | null;
  readonly unrerankedScore: number | null;
}

export interface Arm<Hit> {
  /** The server's own count. It leaves out what response processors take, and so the reranker. */
  readonly tookMs: number;
  /** From request to answer, as seen from here. */
  readonly elapsedMs: number;
  readonly hits: readonly Hit[];
}

/** Another pipeline that is compared; its hits say how they moved against the unreranked arm. */
export interface OtherArm extends Arm<RerankedHit> {
  readonly name: string;
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
  | 'scores_invalid'
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

/** How far two rankings of one query differ. */
export interface RankChange {
  /** Rank-biased overlap, p = 0.9, extrapolated: 1 for the same ranking. */
  readonly rbo: number;
  /** Kendall's tau-b of the documents in both; `null` with fewer than two of them. */
  readonly tau: number | null;
  /** Share of the documents in both among those in either, of the whole window. */
  readonly overlap: number;
  /** Places that a document in both moved, on average and at most. */
  readonly meanDisplacement: number;
  readonly maxDisplacement: number;
  readonly newFirst: boolean;
}

export interface QueryReport {
  readonly id: string;
  readonly queryText: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly verdict: Verdict;
  /** How many hits the reranker had to work with: what `size` returned, the same in both arms. */
  readonly window: number;
  /** `null`: this arm gave no answer. */
  readonly unreranked: Arm<UnrerankedHit> | null;
  readonly reranked: Arm<RerankedHit> | null;
  readonly others: readonly OtherArm[];
  /** `null` where rankings were read from files and nothing was asked. */
  readonly proof: Proof | null;
  readonly expectations: readonly Expectation[];
  /** By measure (`ndcg@10`), then by arm; absent without judgments of this query. */
  readonly measures?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The reranked arm against the unreranked one; absent when one of them gave no answer. */
  readonly change?: RankChange;
  /** With verdict `error`. */
  readonly error?: Diagnostic;
}

/** A mean over the judged queries, and where it lies with the confidence of the report. */
export interface Mean {
  readonly mean: number;
  readonly interval: Interval;
}

export interface MeasureReport {
  /** `ndcg@10` */
  readonly measure: string;
  /** The number's exact meaning: `ndcg@10[gain=linear,ideal=cut,ties=server]`. */
  readonly convention: string;
  /** By arm. */
  readonly arms: Readonly<Record<string, Mean>>;
  /** By arm, without `unreranked`: that arm against `unreranked`. */
  readonly lift: Readonly<Record<string, PairedComparison>>;
}

/** What any reranker could do with the windows that the retrieval gave it. */
export interface Headroom {
  readonly measure: string;
  /** Share of the relevant documents that are in the window, mean over the judged queries. */
  readonly windowRecall: number;
  /** The measure of the best possible order of each window, mean. */
  readonly oracle: number;
  /** (reranked - unreranked) / (oracle - unreranked); `null` where nothing is to be won. */
  readonly used: number | null;
}

export interface SegmentReport {
  readonly label: string;
  readonly value: string;
  readonly queries: number;
  /** By measure. */
  readonly measures: Readonly<Record<string, MeasureReport>>;
}

export interface Relevance {
  /** Queries that the means are over. */
  readonly queries: number;
  /** IDs of queries that nobody has judged, and of those with no relevant document: both are left out. */
  readonly withoutJudgments: readonly string[];
  readonly withoutRelevant: readonly string[];
  /** IDs of queries with judgments that were not measured, because an arm gave no answer. */
  readonly unanswered: readonly string[];
  /** IDs with judgments that no query has. */
  readonly unknownQueries: readonly string[];
  readonly confidence: number;
  readonly measures: readonly MeasureReport[];
  readonly headroom: Headroom | null;
  readonly segments: readonly SegmentReport[];
}

/** Means over all queries that both arms answered. */
export interface ChangeSummary extends Omit<RankChange, 'newFirst' | 'tau'> {
  readonly queries: number;
  readonly tau: number | null;
  /** Share of the queries with another first hit. */
  readonly newFirst: number;
}

/** Milliseconds, as seen from here. A percentile is `null` where the queries are too few for it to mean anything. */
export interface Latency {
  readonly n: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** A pair of texts whose score is known. */
export interface Canary {
  readonly queryText: string;
  readonly passages: readonly {
    readonly text: string;
    readonly score: number | null;
    /** `null`: only the order counts. */
    readonly expected: number | null;
  }[];
  readonly pass: boolean;
  /** What is wrong, in words; empty when it passes. */
  readonly problem: string;
}

export interface Gate {
  /** The rule in words: `ndcg@10 of reranked >= 0.42`. */
  readonly rule: string;
  readonly verdict: Verdict;
  /** `null`: nothing to compute it from. */
  readonly actual: number | null;
  readonly threshold: number;
  /** Where the verdict stands on an interval. */
  readonly interval: Interval | null;
  /** Of `actual` and `threshold`: a measure, milliseconds, or how many times as long. */
  readonly unit: 'measure' | 'ms' | 'times';
  /** Number of queries. */
  readonly n: number;
  /** Why, in a sentence. */
  readonly because: string;
  /** The line of the manifest that declares it. */
  readonly location?: SourceLocation;
  readonly pointer: string;
}

/** What the figures were measured on. Digests are SHA-256 over canonical JSON. */
export interface MeasuredOn {
  /** Version of the server; `null` where rankings were read from files. */
  readonly server: string | null;
  /** Of the IDs, texts, labels and bodies of the queries. */
  readonly queries: string;
  /** `null` without judgments. */
  readonly judgments: string | null;
  /** Content hashes of the local models that the pipeline asks. */
  readonly models: readonly string[];
  readonly convention: Convention;
}

export interface BaselineReport {
  /** As the manifest names it. */
  readonly file: string;
  readonly state: 'compared' | 'missing' | 'different' | 'written';
  /** What the baseline was measured on and this run was not, in words. */
  readonly differences: readonly string[];
  /** By measure: the reranked arm against the baseline's, query by query. */
  readonly measures: Readonly<Record<string, PairedComparison>>;
}

/** Two runs on the same data give the same report but for times: `latency`, gates of latency, and what ends in `Ms`. */
export interface VerificationReport {
  readonly address: Address;
  readonly index: string;
  readonly searchPipeline: string;
  readonly verdict: Verdict;
  readonly measuredOn: MeasuredOn;
  /** `unreranked`, `reranked`, and the names of the others, in this order. */
  readonly arms: readonly string[];
  readonly queries: readonly QueryReport[];
  /** `null` without judgments. */
  readonly relevance: Relevance | null;
  /** `null` when no query was answered by both arms. */
  readonly change: ChangeSummary | null;
  /** By arm. */
  readonly latency: Readonly<Record<string, Latency>>;
  readonly canaries: readonly Canary[];
  readonly gates: readonly Gate[];
  readonly baseline: BaselineReport | null;
  /** What is odd and decides nothing: few judgments, queries without any. */
  readonly warnings: readonly string[];
}

const ORDER: readonly Verdict[] = ['error', 'fail', 'inconclusive', 'pass'];

export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'pass';
}

/** The verdict on all verifications of a run. */
export function overallVerdict(reports: readonly Pick<VerificationReport, 'verdict'>[]): Verdict {
  return worstOf(reports.map(({ verdict }) => verdict));
}
