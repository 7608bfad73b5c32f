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
  readonly standing: ReadonlyMap<string, Standing | 'all there'>;
}

export interface Content {
  readonly digest: string;
  readonly documents: number;
  readonly bytes: number;
  /** Each document, where the source is small. */
  readonly small: readonly Wish[] | undefined;
}
