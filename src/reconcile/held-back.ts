import { type Change, type Plan, pendingChanges } from '../core/plan.ts';

/** So long at most: judgments and queries are files beside the manifests, and mending them shows in no digest. */
const HELD_MS = 60 * 60_000;

/**
 * Remembers a release that verifications have stopped. To upload, deploy and measure the same model every few minutes
 * would load the cluster and change nothing.
 */
export class HeldBack {
  #held:
    | { readonly digest: string; readonly changes: ReadonlySet<string>; readonly until: number }
    | undefined;

  remember(digest: string, plan: Plan): void {
    const changes = new Set(pendingChanges(plan).map(keyOf));
    this.#held = { digest, changes, until: performance.now() + HELD_MS };
  }

  /** Would this plan only do again what was stopped? Drift is always healed. */
  holds(digest: string, plan: Plan): boolean {
    const held = this.#held;
    if (held?.digest !== digest || performance.now() > held.until) return false;
    const pending = pendingChanges(plan);
    return pending.every((change) => change.drifted !== true && held.changes.has(keyOf(change)));
  }
}

function keyOf({ address, action, fingerprint }: Change): string {
  return `${address} ${action} ${fingerprint ?? ''}`;
}
