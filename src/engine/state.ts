import type { Address } from '../core/address.ts';
import { RerankctlError } from '../core/errors.ts';
import { digest, isObject, type JsonObject, listAt, numberAt, textAt } from '../core/json.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { searchAll } from '../opensearch/paging.ts';

export const STATE_INDEX = '.rerankctl-state';

/** Version of the documents below; a reader that meets a newer one refuses to touch it. */
const FORMAT = 1;

/** What the state keeps of one resource. Everything in it can be found again from the cluster. */
export interface StateRecord {
  readonly address: Address;
  readonly id?: string;
  readonly applied?: JsonObject;
  readonly facts?: JsonObject;
  readonly intent?: JsonObject;
  /** Server IDs that a replacement has left behind and that are still to be removed. */
  readonly retire?: readonly string[];
  readonly dependsOn: readonly Address[];
}

/** Where a document stood when it was read: the ground of compare-and-swap. */
interface Revision {
  readonly seqNo: number;
  readonly primaryTerm: number;
}

export interface State {
  readonly records: ReadonlyMap<Address, StateRecord>;
  readonly revisions: ReadonlyMap<Address, Revision>;
  readonly indexExists: boolean;
}

const MAPPINGS = {
  dynamic: 'strict',
  properties: {
    format: { type: 'integer' },
    stack: { type: 'keyword' },
    address: { type: 'keyword' },
    updated_at: { type: 'date' },
    // Never searched, and free in shape: kept as it is.
    record: { type: 'object', enabled: false },
  },
};

function documentId(stack: string, address: Address): string {
  const id = `${stack}:${address}`;
  // An `_id` may have at most 512 bytes.
  return Buffer.byteLength(id) <= 500 ? id : `${stack.slice(0, 200)}:${digest(address)}`;
}

/** Reads the state of one stack, in one request (paging aside). An index that is not there is an empty state. */
export async function readState(cluster: Cluster, stack: string): Promise<State> {
  const hits = await searchAll(cluster, `/${STATE_INDEX}/_search`, { term: { stack } }, { revisions: true });
  const records = new Map<Address, StateRecord>();
  const revisions = new Map<Address, Revision>();
  for (const hit of hits) {
    const format = numberAt(hit._source, 'format') ?? 0;
    if (format > FORMAT) {
      throw new RerankctlError(
        'refused',
        'RCTL_STATE_TOO_NEW',
        `The state of stack ${stack} was written by a newer rerankctl (format ${format}; this one knows ${FORMAT}).`,
        { remedy: 'Upgrade rerankctl.' },
      );
    }
    const record = hit._source.record;
    const address = textAt(hit._source, 'address');
    if (!isObject(record) || address === undefined) continue;
    records.set(address as Address, record as unknown as StateRecord);
    if (hit.revision !== undefined) revisions.set(address as Address, hit.revision);
  }
  return { records, revisions, indexExists: hits.length > 0 };
}

/**
 * Writes records of one stack, each by compare-and-swap against the revision it was read at. Writes that come
 * while one request is under way go together in the next: many resources cost few requests.
 */
export class StateWriter {
  readonly #cluster: Cluster;
  readonly #stack: string;
  readonly #revisions: Map<Address, Revision>;
  #waiting = new Map<Address, StateRecord>();
  #running: Promise<void> = Promise.resolve();
  #scheduled: Promise<void> | undefined;
  #index: Promise<void> | undefined;

  constructor(cluster: Cluster, stack: string, state: State) {
    this.#cluster = cluster;
    this.#stack = stack;
    this.#revisions = new Map(state.revisions);
    if (state.indexExists) this.#index = Promise.resolve();
  }

  /** Resolves when the record is durable. A later record of the same address takes the place of a waiting one. */
  write(record: StateRecord): Promise<void> {
    this.#waiting.set(record.address, record);
    this.#scheduled ??= this.#running.then(() => {
      const batch = this.#waiting;
      this.#waiting = new Map();
      this.#scheduled = undefined;
      const sent = this.#send([...batch.values()]);
      // The next batch goes its way whether or not this one failed: whoever waits for this one is told.
      this.#running = sent.catch(() => undefined);
      return sent;
    });
    return this.#scheduled;
  }

  async #send(records: readonly StateRecord[]): Promise<void> {
    this.#index ??= this.#createIndex();
    await this.#index;
    const lines = records.flatMap((record) => {
      const _id = documentId(this.#stack, record.address);
      const revision = this.#revisions.get(record.address);
      const action =
        revision === undefined
          ? { create: { _id } }
          : { index: { _id, if_seq_no: revision.seqNo, if_primary_term: revision.primaryTerm } };
      const document = {
        format: FORMAT,
        stack: this.#stack,
        address: record.address,
        updated_at: new Date().toISOString(),
        record,
      };
      return [JSON.stringify(action), JSON.stringify(document)];
    });
    const { body } = await this.#cluster.request({
      method: 'POST',
      path: `/${STATE_INDEX}/_bulk`,
      // The next run may read at once, and a search sees only what was refreshed.
      query: { refresh: true },
      body: `${lines.join('\n')}\n`,
      contentType: 'application/x-ndjson',
    });
    // All of them first: a record that was written keeps its new revision, whatever became of its neighbours.
    const problems = listAt(body, 'items').flatMap((item, i) => {
      const record = records[i];
      return record === undefined ? [] : (this.#settle(record, outcomeOf(item)) ?? []);
    });
    if (problems[0] !== undefined) throw problems[0];
  }

  #settle(record: StateRecord, result: unknown): RerankctlError | undefined {
    const seqNo = numberAt(result, '_seq_no');
    const primaryTerm = numberAt(result, '_primary_term');
    if (seqNo !== undefined && primaryTerm !== undefined) {
      this.#revisions.set(record.address, { seqNo, primaryTerm });
      return undefined;
    }
    const reason = textAt(result, 'error', 'reason') ?? JSON.stringify(result);
    if (numberAt(result, 'status') === 409) {
      return new RerankctlError(
        'refused',
        'RCTL_STATE_CONFLICT',
        `Somebody else changed the state of ${record.address} in stack ${this.#stack} while this apply ran.`,
        { remedy: 'Wait for the other run to end, then plan and apply again.', cause: new Error(reason) },
      );
    }
    return new RerankctlError(
      'server',
      'RCTL_STATE_WRITE',
      `The state of ${record.address} could not be written: ${reason}`,
      { remedy: 'Plan and apply again: what exists is recognised.' },
    );
  }

  async #createIndex(): Promise<void> {
    await this.#cluster.request({
      method: 'PUT',
      path: `/${STATE_INDEX}`,
      body: {
        settings: { index: { hidden: true, number_of_shards: 1, auto_expand_replicas: '0-1' } },
        mappings: MAPPINGS,
      },
      // 400 resource_already_exists_exception: another run was faster.
      accept: [400],
    });
  }
}

/** A bulk item is `{create: {…}}` or `{index: {…}}`. */
function outcomeOf(item: unknown): unknown {
  return isObject(item) ? (item.create ?? item.index) : undefined;
}
