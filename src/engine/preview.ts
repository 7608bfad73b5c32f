import type { Address } from '../core/address.ts';
import type { Listener } from '../core/events.ts';
import type { JsonObject } from '../core/json.ts';
import type { Change, Plan } from '../core/plan.ts';
import { leavesOf, Reference, resolveReferences, toPlainJson, type Value } from '../core/value.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import type { VerificationReport } from '../verify/report.ts';
import { Release } from './release.ts';

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
  const seen = release.changes.filter((change) => unknown(change) === undefined);
  const unseen = release.changes.flatMap((change) => {
    const address = unknown(change);
    if (address === undefined) return [];
    return [{ address: change.address, because: `${address} is not on the server yet` }];
  });
  if (seen.length === 0) return { reports: [], unseen };
  const specOf = ({ resource }: Change): JsonObject =>
    toPlainJson(
      resolveReferences(resource.spec as Value, (address) => idOf(pending.get(address))),
    ) as JsonObject;
  const { reports } = await release.only(seen).measure(cluster, specOf, { ...options, besideToday: true });
  return { reports, unseen };
}

/** What is made anew has no ID yet, unless its name is its ID. */
function idOf(change: Change | undefined): string | undefined {
  return change === undefined || change.action === 'replace' ? undefined : change.id;
}
