import type { ClusterIdentity } from '../core/plan.ts';
import type { Resource } from '../core/resource.ts';
import type { KindSnapshot, ProvisionedKind, Wanted } from '../kinds/kind.ts';
import { kindOf } from '../kinds/registry.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { recordedFor } from './intent.ts';
import { readState, type State } from './state.ts';

/** Everything live that a plan needs, read with no write and in a number of requests that only the kinds set. */
export interface Snapshot {
  readonly stack: string;
  readonly cluster: ClusterIdentity;
  readonly state: State;
  readonly kinds: ReadonlyMap<string, KindSnapshot>;
}

export async function readSnapshot(
  cluster: Cluster,
  stack: string,
  resources: readonly Resource[],
): Promise<Snapshot> {
  const [identity, capabilities, state] = await Promise.all([
    cluster.identity(),
    cluster.capabilities(),
    readState(cluster, stack),
  ]);
  const wanted = new Map<ProvisionedKind, Wanted[]>();
  for (const resource of resources) {
    const kind = kindOf(resource.kind);
    if (!kind.provisions) continue;
    const list = wanted.get(kind) ?? [];
    list.push({ resource, recorded: recordedFor(resource, state.records.get(resource.address)) });
    wanted.set(kind, list);
  }
  const kinds = await Promise.all(
    [...wanted].map(
      async ([kind, list]) => [kind.name, await kind.snapshot(cluster, list, capabilities)] as const,
    ),
  );
  return { stack, cluster: identity, state, kinds: new Map(kinds) };
}
