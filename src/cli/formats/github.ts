import type { Diagnostic } from '../../core/diagnostic.ts';
import { fileInCheckout } from './places.ts';
import { problemsOf, type Report } from './told.ts';

/** GitHub shows ten annotations of a level for each step, and drops the rest without a word. */
const MOST = 10;

const LEVELS = ['error', 'warning', 'notice'] as const;
const LEVEL_OF = { error: 'error', warning: 'warning', note: 'notice' } as const;

/**
 * Workflow commands for the annotations of a run, at the lines of the manifests, ten of each level; what has no place comes
 * last. Source of the syntax: GitHub's "Workflow commands for GitHub Actions".
 */
export function renderAnnotations({ told, root }: Report): string {
  const problems = problemsOf(told);
  return LEVELS.flatMap((level) => {
    const all = problems
      .filter(({ severity }) => LEVEL_OF[severity] === level)
      .toSorted((a, b) => Number(a.location === undefined) - Number(b.location === undefined));
    const shown = all.length > MOST ? all.slice(0, MOST - 1) : all;
    const left = all.length - shown.length;
    const more = left === 0 ? [] : [`::${level} title=rerankctl::and ${left} more: see the log\n`];
    return [...shown.map((problem) => annotation(level, problem, root)), ...more];
  }).join('');
}

function annotation(level: string, { code, message, remedy, location }: Diagnostic, root: string): string {
  const file = fileInCheckout(location, root);
  const place =
    file === undefined || location === undefined
      ? []
      : [`file=${property(file)}`, `line=${location.line}`, `col=${location.column}`];
  const text = remedy === undefined ? message : `${message}\n${remedy}`;
  return `::${level} ${[...place, `title=${property(code)}`].join(',')}::${data(text)}\n`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
