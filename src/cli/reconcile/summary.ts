import { RerankctlError } from '../../core/errors.ts';
import type { Round } from '../../reconcile/events.ts';
import { countOf } from '../render/diagnostics.ts';
import { failureJson } from '../render/failure.ts';
import { renderSummary } from '../render/outcomes.ts';
import { leftOf } from './findings.ts';

/** One sentence or two on how a round ended; the same text for the same outcome. */
export function summaryOf(round: Round): string {
  const { end } = round;
  switch (end.result) {
    case 'in_sync':
      return `In sync: ${countOf(round.plan?.changes.length ?? 0, 'resource')}.`;
    case 'pending':
      return foundText(round);
    case 'applied':
    case 'incomplete':
      return renderSummary(end.report.outcomes).split('\n')[0] ?? '';
    case 'stopped':
      return end.report === undefined
        ? 'The release that its verifications stopped is held back until the manifests change, or for an hour.'
        : 'Stopped: the verifications did not let the release through.';
    case 'refused':
      return 'Refused: nothing was changed.';
    case 'skipped':
      return `Skipped: ${end.error.message}`;
    case 'failed':
      return `Failed: ${failureText(end.error)}`;
    case 'interrupted':
      return end.clean ? 'Stopped at a safe point.' : 'Broken off: the grace period was over.';
  }
}

function foundText(round: Round): string {
  const left = leftOf(round);
  const drifted = left.filter((change) => change.drifted).length;
  const waiting = left.length - drifted;
  const drift =
    drifted === 0
      ? 'No drift'
      : `Drift: ${drifted} of ${countOf(round.plan?.changes.length ?? 0, 'resource')}`;
  return waiting === 0 ? `${drift}.` : `${drift}; ${countOf(waiting, 'change')} in git not applied.`;
}

function failureText(error: unknown): string {
  const [first] = failureJson(error);
  const message = error instanceof RerankctlError ? error.message : (first?.message ?? '');
  const code = error instanceof RerankctlError ? error.code : 'RCTL_BUG';
  return `${code} ${message}`;
}
