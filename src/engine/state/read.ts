import type { Address } from '../../core/address.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Lifecycle } from '../../core/resource.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { type Hit, searchAll } from '../../opensearch/paging.ts';
import { FORMAT, type Revision, readDocument, STATE_INDEX, type StateDocument } from './format.ts';
import type { LockRecord } from './holder.ts';

/** What stood here in an earlier release, kept so that a rollback can return to it. */
export interface Former {
  readonly id?: string;
  readonly applied?: JsonObject;
  readonly facts?: JsonObject;
  /** When the run began that put something else in its place: the same for all of one release. ISO 8601. */
  readonly until?: string;
  /** Until then it stays in service, although nothing refers to it (`lifecycle.retire_after`). ISO 8601. */
  readonly restsAt?: string;
}

/** What the state keeps of one resource. Everything in it can be found again from the cluster. */
export interface StateRecord {
  readonly address: Address;
  readonly id?: string;
  readonly applied?: JsonObject;
  readonly facts?: JsonObject;
  readonly intent?: JsonObject;
  /** What stood here before a replacement, until nothing refers to it any more. */
  readonly previous?: Pick<StateRecord, 'id' | 'applied' | 'facts'>;
  /** The latest first. */
  readonly former?: readonly Former[];
  /** Server IDs that a replacement has left behind and that are still to be removed. */
  readonly retire?: readonly string[];
  /** As last applied: it protects also when the manifest is gone. */
  readonly lifecycle?: Lifecycle;
  readonly dependsOn: readonly Address[];
}

export interface State {
  readonly records: ReadonlyMap<Address, StateRecord>;
  readonly revisions: ReadonlyMap<Address, Revision>;
  /** Of the last apply of this stack, under way or ended; `undefined` where there was none. */
  readonly lock: { readonly record: LockRecord; readonly revision: Revision } | undefined;
  /** The index is there, and its mapping is that of this format. */
  readonly indexReady: boolean;
}

/** All documents of a stack: its resources and its lock, or else its history. */
export async function readDocuments(
  cluster: Cluster,
  stack: string,
  types: { readonly history: boolean },
): Promise<{ hit: Hit; document: StateDocument }[]> {
  const history = { term: { type: 'history' } };
  const mine = { term: { stack } };
  const query = { bool: types.history ? { filter: [mine, history] } : { filter: mine, must_not: history } };
  const hits = await searchAll(cluster, `/${STATE_INDEX}/_search`, query, { revisions: true });
  return hits.flatMap((hit) => {
    const document = readDocument(stack, hit._source);
    return document === undefined ? [] : [{ hit, document }];
  });
}

/** Reads the state of one stack, in one request (paging aside). An index that is not there is an empty state. */
export async function readState(cluster: Cluster, stack: string): Promise<State> {
  const records = new Map<Address, StateRecord>();
  const revisions = new Map<Address, Revision>();
  let lock: State['lock'];
  const documents = await readDocuments(cluster, stack, { history: false });
  for (const { hit, document } of documents) {
    const { record, type } = document;
    if (type === 'lock' && hit.revision !== undefined) {
      lock = { record: record as unknown as LockRecord, revision: hit.revision };
    } else if (type === 'resource' && document.address !== undefined) {
      const address = document.address as Address;
      records.set(address, record as unknown as StateRecord);
      if (hit.revision !== undefined) revisions.set(address, hit.revision);
    }
  }
  const indexReady = documents.length > 0 && documents.every(({ document }) => document.format === FORMAT);
  return { records, revisions, lock, indexReady };
}
