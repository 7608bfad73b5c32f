import type { Address } from '../../core/address.ts';
import { RerankctlError } from '../../core/errors.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { forbiddenItem } from '../../opensearch/permissions.ts';
import { type StateOutcome, writeState } from './bulk.ts';
import { documentId, type Revision, stateDocument } from './format.ts';
import type { State, StateRecord } from './read.ts';

/** What is to become of the record of one address: written, or forgotten. */
type Pending = { readonly address: Address; readonly record: StateRecord | undefined };

/**
 * Writes records of one stack, each by compare-and-swap against the revision it was read at. Writes that come
 * while one request is under way go together in the next: many resources cost few requests. Expects the index to
 * be there.
 */
export class StateWriter {
  readonly #cluster: Cluster;
  readonly #stack: string;
  readonly #revisions: Map<Address, Revision>;
  #waiting = new Map<Address, Pending>();
  #running: Promise<void> = Promise.resolve();
  #scheduled: Promise<void> | undefined;

  constructor(cluster: Cluster, stack: string, state: State) {
    this.#cluster = cluster;
    this.#stack = stack;
    this.#revisions = new Map(state.revisions);
  }

  /** Resolves when the record is durable. A later one of the same address takes the place of a waiting one. */
  write(record: StateRecord): Promise<void> {
    return this.#enqueue({ address: record.address, record });
  }

  forget(address: Address): Promise<void> {
    return this.#enqueue({ address, record: undefined });
  }

  #enqueue(pending: Pending): Promise<void> {
    this.#waiting.set(pending.address, pending);
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

  async #send(batch: readonly Pending[]): Promise<void> {
    const outcomes = await writeState(
      this.#cluster,
      batch.map(({ address, record }) => {
        const id = documentId(this.#stack, address);
        const revision = this.#revisions.get(address);
        return record === undefined
          ? { id, delete: true, revision }
          : { id, revision, document: stateDocument(this.#stack, 'resource', record, address) };
      }),
    );
    // All of them first: a record that was written keeps its new revision, whatever became of its neighbours.
    const problems = batch.flatMap((pending, i) => {
      const outcome = outcomes[i];
      return outcome === undefined ? [] : (this.#settle(pending, outcome) ?? []);
    });
    if (problems[0] !== undefined) throw problems[0];
  }

  #settle({ address, record }: Pending, outcome: StateOutcome): RerankctlError | undefined {
    if ('revision' in outcome) {
      if (record === undefined) this.#revisions.delete(address);
      else this.#revisions.set(address, outcome.revision);
      return undefined;
    }
    if (outcome.conflict) {
      return new RerankctlError(
        'refused',
        'RCTL_STATE_CONFLICT',
        `Somebody else changed the state of ${address} in stack ${this.#stack} while this apply ran.`,
        {
          remedy: 'Wait for the other run to end, then plan and apply again.',
          cause: new Error(outcome.problem),
        },
      );
    }
    const forbidden = forbiddenItem(outcome.problem, 'writing the state');
    if (forbidden !== undefined) return forbidden;
    return new RerankctlError(
      'server',
      'RCTL_STATE_WRITE',
      `The state of ${address} could not be written: ${outcome.problem}`,
      { remedy: 'Plan and apply again: what exists is recognised.' },
    );
  }
}
