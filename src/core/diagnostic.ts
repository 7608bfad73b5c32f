import type { Address } from './address.ts';

/** A place in a file of the user's. Lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Something that a user can mend: a value, collected with all others of the run and rendered late.
 * `code` is stable (`RCTL_…`); `remedy` says what to do, in one or two sentences.
 */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'note';
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  /** What the server said, word for word, where this tells it in other words. */
  readonly said?: string;
  readonly address?: Address;
  /** JSON pointer into the manifest document. */
  readonly pointer?: string;
  readonly location?: SourceLocation;
  /** The line of the file that the location names, without its line end. */
  readonly snippet?: string;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/** Stable order (file, line, column, code), each diagnostic once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const key = (d: Diagnostic): string =>
    [
      d.location?.file ?? '',
      String(d.location?.line ?? 0).padStart(9, '0'),
      String(d.location?.column ?? 0).padStart(6, '0'),
      d.address ?? '',
      d.code,
      d.message,
    ].join('\0');
  const unique = new Map(diagnostics.map((diagnostic) => [key(diagnostic), diagnostic]));
  return [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, d]) => d);
}
