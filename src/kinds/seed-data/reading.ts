import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Standing, Wish } from './compare.ts';
import type { Facts } from './facts.ts';
import type { LiveIndex } from './live.ts';

/** What is known of one SeedData: its source, and what was found under each name that its index may have. */
export interface Reading {
  readonly diagnostics: readonly Diagnostic[];
  readonly facts: Facts | undefined;
  /** Absent while the documents hold references that are not resolved yet. */
  readonly wanted: Content | undefined;
  readonly live: ReadonlyMap<string, LiveIndex>;
  readonly found: ReadonlyMap<string, Found>;
}

/** The documents of one source in one index. */
export interface Found {
  /** Of a large source it is only known whether all of it is there. */
  readonly standing: Standing | 'all there';
  /** Do searches find all of it? Only asked where the state does not know the index: what it knows was refreshed. */
  readonly searchable: boolean;
}

export interface Content {
  readonly digest: string;
  readonly documents: number;
  readonly bytes: number;
  /** Each document, where the source is small. */
  readonly small: readonly Wish[] | undefined;
}
