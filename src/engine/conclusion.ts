import { hasErrors } from '../core/diagnostic.ts';
import type { Outcome } from '../core/plan.ts';
import type { ApplyReport } from './run.ts';

/** `stopped`: all went well but that the verifications did not let the release through. */
export type Conclusion = 'done' | 'stopped' | 'incomplete';

/** What an apply came to, in one word. */
export function conclusionOf({ outcomes, diagnostics, release }: ApplyReport): Conclusion {
  if (hasErrors(diagnostics)) return 'incomplete';
  if (outcomes.every(({ result }) => result === 'done')) return 'done';
  return release !== undefined && outcomes.every(isDoneOrStopped) ? 'stopped' : 'incomplete';
}

function isDoneOrStopped(outcome: Outcome): boolean {
  return (
    outcome.result === 'done' ||
    (outcome.result === 'failed' && outcome.error.code === 'RCTL_RELEASE_STOPPED')
  );
}
