import type { Address } from '../core/address.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { asDiagnostic, RerankctlError } from '../core/errors.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import type { Snapshot } from './snapshot.ts';
import type { StateRecord } from './state/read.ts';
import { StateWriter } from './state/writer.ts';

/** The state of a stack during a run: what is known of each resource, and how it is written down. */
export class Ledger {
  readonly #records: Map<Address, StateRecord>;
  readonly #writer: StateWriter;
  readonly #writes: Promise<void>[] = [];

  constructor(cluster: Cluster, stack: string, { records, state }: Pick<Snapshot, 'records' | 'state'>) {
    this.#records = new Map(records);
    this.#writer = new StateWriter(cluster, stack, state);
  }

  get(address: Address): StateRecord | undefined {
    return this.#records.get(address);
  }

  /** Written down when the promise resolves. */
  async write(record: StateRecord): Promise<void> {
    this.#records.set(record.address, record);
    await this.#writer.write(record);
  }

  /** Written before anything is known but that it was begun: the run's own view of it stays as it is. */
  announce(record: StateRecord): Promise<void> {
    const written = this.#writer.write(record);
    written.catch(() => undefined);
    return written;
  }

  /** Written behind the work's back, and waited for at the end: what a kill loses here, adoption finds again. */
  record(record: StateRecord): void {
    this.#records.set(record.address, record);
    this.#remember(this.#writer.write(record));
  }

  forget(address: Address): void {
    this.#records.delete(address);
    this.#remember(this.#writer.forget(address));
  }

  #remember(written: Promise<void>): void {
    written.catch(() => undefined);
    this.#writes.push(written);
  }

  /** Waits for all that is still being written. */
  async problems(): Promise<Diagnostic[]> {
    const settled = await Promise.allSettled(this.#writes);
    const problems = settled.flatMap((write) =>
      write.status === 'rejected' ? [write.reason as unknown] : [],
    );
    const bug = problems.find((problem) => !(problem instanceof RerankctlError));
    if (bug !== undefined) throw bug;
    return problems
      .filter((problem) => problem instanceof RerankctlError)
      .map((problem) => asDiagnostic(problem));
  }
}
