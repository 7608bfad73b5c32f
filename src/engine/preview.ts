import type { Address } from '../core/address.ts';
import type { Listener } from '../core/events.ts';
import type { JsonObject } from '../core/json.ts';
import type { Change, Outcome, Plan } from '../core/plan.ts';
import type { Resource } from '../core/resource.ts';
import { leavesOf, Reference, resolveReferences, toPlainJson, type Value } from '../core/value.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import type { VerificationReport } from '../verify/report.ts';
import { apply, plan } from './provision.ts';
import { isRolledOut, Release } from './release.ts';
import type { ApplyOptions } from './run.ts';

/** What the changes of a plan do to the results of searches. */
export interface Preview {
  /** The arms are `today` and `proposed`; gates are judged by apply, not here. */
  readonly reports: readonly VerificationReport[];
  /** Changes that searches would see and that reads alone cannot show. */
  readonly unseen: readonly { readonly address: Address; readonly because: string }[];
}

/**
 * Sends the queries of the verifications through each pipeline as it is and as it would be: the second one is
 * temporary, in the body of the search. Reads alone; a model that is not on the server yet cannot be asked.
 */
export async function preview(
  cluster: Cluster,
  plan: Plan,
  options: { readonly listener: Listener; readonly signal: AbortSignal },
): Promise<Preview> {
  const release = new Release(plan);
  const pending = new Map(plan.changes.map((change) => [change.address, change]));
  const unknown = (change: Change): Address | undefined =>
    leavesOf(change.resource.spec as Value).flatMap((leaf) => {
      const target = leaf instanceof Reference ? pending.get(leaf.address) : undefined;
      return target !== undefined && idOf(target) === undefined ? [target.address] : [];
    })[0];
  const seen = release.changes.filter((change) => !isRolledOut(change) && unknown(change) === undefined);
  const unseen = release.changes.flatMap((change) => {
    if (isRolledOut(change)) return [{ address: change.address, because: NO_COPY }];
    const address = unknown(change);
    if (address === undefined) return [];
    const kept = pending.get(address)?.restores !== undefined;
    const because = kept ? `${address} is kept and not deployed` : `${address} is not on the server yet`;
    return [{ address: change.address, because }];
  });
  if (seen.length === 0) return { reports: [], unseen };
  const specOf = ({ resource }: Change): JsonObject =>
    toPlainJson(
      resolveReferences(resource.spec as Value, (address) => idOf(pending.get(address))),
    ) as JsonObject;
  const { reports } = await release.only(seen).measure(cluster, specOf, { ...options, besideToday: true });
  return { reports, unseen };
}

/**
 * As `preview`, with what is not there yet: new models are deployed beside the others, under the lock of the stack, and
 * removed again. Searches and everything that was there stay as they are.
 */
export async function previewWithCanary(
  cluster: Cluster,
  resources: readonly Resource[],
  whole: Plan,
  options: Omit<ApplyOptions, 'canary' | 'keepCandidate'>,
): Promise<Preview & { readonly outcomes: readonly Outcome[] }> {
  const { changes } = new Release(whole);
  const targets = changes.filter((change) => !isRolledOut(change)).map(({ address }) => address);
  const copies = changes.filter(isRolledOut).map(({ address }) => ({ address, because: NO_COPY }));
  if (targets.length === 0) return { reports: [], unseen: copies, outcomes: [] };
  const prepared = await plan(cluster, resources, { stack: whole.stack, targets });
  const { release, outcomes } = await apply(cluster, prepared, { ...options, canary: true });
  const unseen = outcomes.flatMap((outcome) => {
    if (!targets.includes(outcome.address)) return [];
    if (outcome.result === 'failed') return [{ address: outcome.address, because: outcome.error.message }];
    if (release !== undefined || outcome.result !== 'skipped') return [];
    return [{ address: outcome.address, because: outcome.because }];
  });
  return { reports: release?.reports ?? [], unseen: [...unseen, ...copies], outcomes };
}

/** A copy of all documents is more than a preview should cost. */
const NO_COPY = 'a preview makes no second index; apply measures the new one before searches see it';

/** What is made anew has no ID yet, unless its name is its ID or it is kept from an earlier release. */
function idOf(change: Change | undefined): string | undefined {
  if (change?.action !== 'replace' || change.keepsId === true) return change?.id;
  return change.restores?.ready === true ? change.restores.id : undefined;
}
