import { LINT_LEVELS, type LintLevel, type LintLevels } from '../core/lint.ts';
import { didYouMean } from '../core/suggest.ts';
import { LINT_RULES } from '../engine/lint.ts';
import { type Flags, usage } from './flags.ts';

/** What `--lint RULE=LEVEL` asks of each rule; the last word on a rule counts. */
export function lintLevels(flags: Flags): LintLevels {
  const names = LINT_RULES;
  return new Map(
    Object.entries(flags.pairs('lint')).map(([name, level]) => {
      if (!names.includes(name)) {
        throw usage(
          `There is no lint rule ${name}.`,
          didYouMean(name, names) ?? `The rules are ${names.join(', ')}.`,
        );
      }
      if (!isLevel(level)) {
        throw usage(
          `--lint ${name}=${level}: ${level === '' ? 'nothing' : level} is no level.`,
          `It is one of ${LINT_LEVELS.join(', ')}.`,
        );
      }
      return [name, level];
    }),
  );
}

function isLevel(text: string): text is LintLevel {
  return LINT_LEVELS.some((level) => level === text);
}
