import { type Change, type Outcome, type Plan, pendingChanges } from '../../core/plan.ts';
import type { Round, RoundEnd } from '../../reconcile/events.ts';
import { failureJson } from '../render/failure.ts';

/** The outcomes of a round that applied something. */
export function outcomesOf(end: RoundEnd): readonly Outcome[] {
  return 'report' in end ? (end.report?.outcomes ?? []) : [];
}

/** What was pending and still is after the round. A change that was made and taken back again is pending. */
export function leftOf({ plan, end }: Round): Change[] {
  if (plan === undefined) return [];
  const outcomes = outcomesOf(end);
  const settled = ({ address, action }: Change): boolean => {
    const own = outcomes.filter((outcome) => outcome.address === address);
    return own.length > 0 && own.every((outcome) => outcome.result === 'done' && outcome.action === action);
  };
  return pendingChanges(plan).filter((change) => !settled(change));
}

export function kindsOf(plan: Plan): string[] {
  return [...new Set(plan.changes.map(({ kind }) => kind))];
}

/** The codes of all that went wrong in a round, each once. */
export function codesOf(end: RoundEnd): string[] {
  const failed = outcomesOf(end).flatMap((outcome) => (outcome.result === 'failed' ? [outcome.error] : []));
  const aside = 'report' in end ? (end.report?.diagnostics ?? []) : [];
  const thrown = end.result === 'failed' || end.result === 'refused' ? failureJson(end.error) : [];
  const errors = [...failed, ...aside, ...thrown].filter(({ severity }) => severity === 'error');
  return [...new Set(errors.map(({ code }) => code))];
}
