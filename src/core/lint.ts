export const LINT_LEVELS = ['off', 'note', 'warning', 'error'] as const;
export type LintLevel = (typeof LINT_LEVELS)[number];

/** What the user wants of each rule; the others keep their own level. */
export type LintLevels = ReadonlyMap<string, LintLevel>;
