import type { JsonObject } from '../core/json.ts';
import type { Resource } from '../core/resource.ts';
import type { Baseline } from './baseline.ts';
import type { GateRule } from './gate-rule.ts';
import type { Measure } from './measures/name.ts';
import type { Convention, Judgments } from './measures/types.ts';
import type { StatisticsOptions } from './statistics/types.ts';

export interface Query {
  readonly id: string;
  readonly queryText: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  readonly expected: JsonObject;
}

export interface CanarySpec {
  readonly queryText: string;
  readonly passages: readonly string[];
  /** `undefined`: only the order counts. */
  readonly scores: readonly number[] | undefined;
  readonly tolerance: number;
}

/** A `Verification`, its files read and every default in place. */
export interface Experiment {
  readonly resource: Pick<Resource, 'address' | 'locate'>;
  readonly index: string;
  readonly pipeline: string;
  /** Further pipelines to compare. */
  readonly others: readonly { readonly name: string; readonly pipeline: string }[];
  /** Fields of the documents that the report shows; empty: those that the reranker reads. */
  readonly fields: readonly string[];
  /** How judgments name a document: `_id`, or a field. */
  readonly documentId: string;
  readonly queries: readonly Query[];
  /** By ID of the query; `undefined` where the manifest names none. */
  readonly judgments: Judgments | undefined;
  /** Queries of the judgments that are not asked. */
  readonly unknownQueries: readonly string[];
  /** The first is what queries are sorted by. */
  readonly measures: readonly [Measure, ...Measure[]];
  readonly convention: Convention;
  readonly statistics: StatisticsOptions;
  readonly gates: readonly GateRule[];
  readonly baseline: BaselineFile | undefined;
  readonly canaries: readonly CanarySpec[];
  readonly concurrency: number;
}

export interface BaselineFile {
  /** As the manifest names it. */
  readonly file: string;
  readonly path: string;
  /** `undefined`: there is no such file yet. */
  readonly content: Baseline | undefined;
}
