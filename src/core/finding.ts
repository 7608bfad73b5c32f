import type { Diagnostic } from './diagnostic.ts';

export type FindingLevel = 'ok' | 'note' | 'warning' | 'error';

/**
 * What one check of `rerankctl doctor` saw. `warning`: something will hurt sooner or later; `error`: what was asked for
 * cannot work as things are.
 */
export interface Finding {
  /** Stable name of the check, e.g. `native-memory`. */
  readonly check: string;
  readonly level: FindingLevel;
  /** What was seen, with the value, and what follows from it. */
  readonly message: string;
  readonly remedy?: string;
  /** The setting of the cluster that would mend it: `--fix` sets it, and nothing else. */
  readonly fix?: SettingFix;
  /** Where it concerns a manifest: the place, and the code that plan would refuse it with. */
  readonly diagnostic?: Diagnostic;
}

/** A persistent setting. `before` is its effective value now; `undefined`: not told. */
export interface SettingFix {
  readonly setting: string;
  readonly before: string | undefined;
  readonly value: string;
}
