import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Standing, Wish } from './compare.ts';
import type { Facts } from './facts.ts';
import type { LiveIndex } from './live.ts';

/** What is known of one SeedData: its source, and what stands under each name that its index may have. */
export interface Reading {
  readonly diagnostics: readonly Diagnostic[];
  readonly facts: Facts | undefined;
  /** Absent while the documents hold references that are not resolved yet. */
  readonly wanted: Content | undefined;
  readonly live: ReadonlyMap<string, LiveIndex>;
  readonly standing: ReadonlyMap<string, Found>;
}

/** What was found in an index of which nothing is remembered, or in one that is known. */
export interface Found {
  /** Of a large source it is only known whether all of it is there. */
  readonly standing: Standing | 'all there';
  /** Do searches find it? Asked only where the index is not known and holds everything. */
  readonly searchable: boolean;
}

export interface Content {
  readonly digest: string;
  readonly documents: number;
  readonly bytes: number;
  /** Each document, where the source is small. */
  readonly small: readonly Wish[] | undefined;
}
