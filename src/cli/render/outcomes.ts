import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Action, Outcome } from '../../core/plan.ts';
import { countOf, type RenderStyle, renderDiagnostics } from './diagnostics.ts';

const DONE: Readonly<Record<Action, string>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'deleted',
  adopt: 'adopted',
  move: 'moved',
  forget: 'forgotten',
  none: 'unchanged',
};

export function outcomeText(outcome: Outcome): string {
  switch (outcome.result) {
    case 'done':
      return `${DONE[outcome.action]} in ${seconds(outcome.tookMs)}`;
    case 'failed':
      return `failed: ${outcome.error.message}`;
    case 'skipped':
      return `skipped, because ${outcome.because}`;
    case 'interrupted':
      return 'interrupted';
  }
}

export function seconds(ms: number): string {
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** Failures in full, for stderr. */
export function renderFailures(outcomes: readonly Outcome[], style: RenderStyle): string {
  const diagnostics: Diagnostic[] = outcomes.flatMap((outcome) =>
    outcome.result === 'failed' ? [outcome.error, ...outcome.details] : [],
  );
  return renderDiagnostics(diagnostics, style);
}

/** The last lines of an apply, for stdout. */
export function renderSummary(outcomes: readonly Outcome[]): string {
  const count = (result: Outcome['result']): number => outcomes.filter((o) => o.result === result).length;
  const parts = [`${countOf(count('done'), 'change')} applied`];
  if (count('failed') > 0) parts.push(`${count('failed')} failed`);
  if (count('skipped') > 0) parts.push(`${count('skipped')} skipped`);
  if (count('interrupted') > 0) parts.push(`${count('interrupted')} interrupted`);
  // Whoever stopped it wants to know where it stands; otherwise what is done has been told.
  const stopped = count('interrupted') > 0;
  const done = stopped ? outcomes.filter(({ result }) => result === 'done') : [];
  const open = outcomes.filter(({ result }) => result === 'skipped' || result === 'interrupted');
  return `${[
    `Apply: ${parts.join(', ')}.`,
    ...done.map((outcome) => `  done: ${outcome.address}: ${outcomeText(outcome)}`),
    ...open.map((outcome) => `  ${stopped ? 'not done:' : '-'} ${outcome.address}: ${outcomeText(outcome)}`),
  ].join('\n')}\n`;
}
