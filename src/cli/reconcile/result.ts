import { hasErrors } from '../../core/diagnostic.ts';
import { RerankctlError } from '../../core/errors.ts';
import { pendingChanges } from '../../core/plan.ts';
import type { Round } from '../../reconcile/events.ts';
import { exitCodeOfReport } from '../commands/carry-out.ts';
import { EXIT, exitCodeOf } from '../exit.ts';
import { failureJson } from '../render/failure.ts';
import { planJson } from '../render/plan.ts';
import { outcomesOf } from './findings.ts';

/** As `drift` or `apply` would have ended, but for one that found another run at work: nothing is wrong then. */
export function exitCodeOfRound({ end, plan }: Round, mode: 'watch' | 'apply'): number {
  const drifted = plan !== undefined && pendingChanges(plan).some((change) => change.drifted);
  switch (end.result) {
    case 'in_sync':
    case 'skipped':
      return EXIT.done;
    case 'pending':
      return drifted ? EXIT.pending : EXIT.done;
    case 'applied':
    case 'stopped':
    case 'incomplete':
      return end.report === undefined ? EXIT.gateFailed : exitCodeOfReport(end.report);
    case 'refused':
      return drifted && mode === 'watch' ? EXIT.pending : EXIT.refused;
    case 'failed':
      return end.error instanceof RerankctlError ? exitCodeOf(end.error.failure) : EXIT.bug;
    case 'interrupted':
      return EXIT.interrupted;
  }
}

export function jsonOfRound({ end, plan, notes }: Round): Record<string, unknown> {
  const planned = plan === undefined ? {} : planJson(plan);
  const drifted = plan === undefined ? [] : pendingChanges(plan).filter((change) => change.drifted);
  const refusals = plan !== undefined && hasErrors(plan.diagnostics);
  const thrown =
    end.result === 'failed' || end.result === 'skipped' || (end.result === 'refused' && !refusals)
      ? failureJson(end.error)
      : [];
  const aside = 'report' in end ? (end.report?.diagnostics ?? []) : [];
  return {
    ...planned,
    result: end.result,
    ...(plan === undefined ? {} : { drifted: drifted.length }),
    outcomes: outcomesOf(end),
    diagnostics: [...notes, ...(plan?.diagnostics ?? []), ...thrown, ...aside],
  };
}
