import type { Address } from '../core/address.ts';
import type { ClusterIdentity } from '../core/plan.ts';
import type { Resource } from '../core/resource.ts';
import type { Contents, KindSnapshot, Leaving, ProvisionedKind, Wanted } from '../kinds/kind.ts';
import { kindOf, provisionedKindAt } from '../kinds/registry.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { recordedFor, withLeftovers } from './intent.ts';
import { withMoves } from './moved.ts';
import { withSettings } from './settings.ts';
import { readState, type State, type StateRecord } from './state/read.ts';

/** Everything live that a plan needs, read with no write and in a number of requests that only the kinds set. */
export interface Snapshot {
  readonly stack: string;
  readonly cluster: ClusterIdentity;
  /** When it was read, in milliseconds since the epoch. */
  readonly readAt: number;
  readonly state: State;
  /** The records of the state by the addresses that the manifests give them now. */
  readonly records: ReadonlyMap<Address, StateRecord>;
  /** By its address of today, the one under which the state still knows a resource. */
  readonly moves: ReadonlyMap<Address, Address>;
  /** Records that no manifest names. */
  readonly leaving: readonly StateRecord[];
  readonly kinds: ReadonlyMap<string, KindSnapshot>;
}

/** `remove`: also what leaves is looked at. */
export async function readSnapshot(
  cluster: Cluster,
  stack: string,
  resources: readonly Resource[],
  options: { readonly remove: boolean },
): Promise<Snapshot> {
  const [identity, found, state] = await Promise.all([
    cluster.identity(),
    cluster.capabilities(),
    readState(cluster, stack),
  ]);
  const capabilities = withSettings(found, resources);
  const { records: recorded, moves } = withMoves(state.records, resources);
  const named = new Map(resources.map((resource) => [resource.address, resource]));
  const records = new Map(
    [...recorded].map(([address, record]) => {
      const kind = provisionedKindAt(address);
      return [address, kind === undefined ? record : withLeftovers(record, kind, named.get(address))];
    }),
  );
  const leaving = [...records.values()].filter(({ address }) => !named.has(address));
  const asked = new Map<ProvisionedKind, { wanted: Wanted[]; leaving: Leaving[] }>();
  const askedOf = (kind: ProvisionedKind) => {
    const known = asked.get(kind) ?? { wanted: [], leaving: [] };
    asked.set(kind, known);
    return known;
  };
  for (const resource of resources) {
    const kind = kindOf(resource.kind);
    if (!kind.provisions) continue;
    askedOf(kind).wanted.push({ resource, recorded: recordedFor(resource, records.get(resource.address)) });
  }
  for (const record of options.remove ? leaving : []) {
    const kind = provisionedKindAt(record.address);
    if (kind === undefined) continue;
    askedOf(kind).leaving.push({ recorded: record, contents: contentsOf(record, records) });
  }
  const kinds = await Promise.all(
    [...asked].map(
      async ([kind, list]) => [kind.name, await kind.snapshot(cluster, list, capabilities)] as const,
    ),
  );
  return {
    stack,
    cluster: identity,
    readAt: Date.now(),
    state,
    records,
    moves,
    leaving,
    kinds: new Map(kinds),
  };
}

/** What the stack itself has put into an object, as far as the state remembers. */
function contentsOf({ id }: StateRecord, records: ReadonlyMap<Address, StateRecord>): Contents {
  let documents = 0;
  let ids: string[] | undefined = [];
  for (const record of records.values()) {
    const contents = provisionedKindAt(record.address)?.contents?.(record);
    if (contents === undefined || contents.inside !== id) continue;
    documents += contents.documents;
    ids = contents.ids === undefined || ids === undefined ? undefined : [...ids, ...contents.ids];
  }
  return { documents, ids };
}
