import type { Json } from '../../core/json.ts';

/** What is wrong in a file of queries, judgments or rankings. Lines count from 1. */
export interface InputProblem {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
}

export interface Read<T> {
  readonly value: T;
  readonly problems: readonly InputProblem[];
}

/** One query of a file. */
export interface QueryRow {
  readonly id: string;
  readonly queryText: string;
  /** Segments that it belongs to: `{group: head, language: en}`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Everything else of its row: what a body template may name. */
  readonly variables: Readonly<Record<string, Json>>;
  readonly line: number;
}
