import type { Address } from '../core/address.ts';
import { asDiagnostic, RerankctlError } from '../core/errors.ts';
import { sameJson } from '../core/json.ts';
import type { Change, Outcome } from '../core/plan.ts';
import type { RemovalContext } from '../kinds/kind.ts';
import { provisionedKindAt } from '../kinds/registry.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import type { AttemptOptions, Attempts } from './attempts.ts';
import { leftBehind, settleFormer } from './former.ts';
import { dependentsOf } from './graph.ts';
import type { Ledger } from './ledger.ts';
import { reporting } from './reporting.ts';
import type { StateRecord } from './state/read.ts';

export interface RemovalsOptions extends AttemptOptions {
  readonly waitMs: number;
}

/** Takes objects off the server: what the plan deletes, what a replacement left behind, what was not let through. */
export class Removals {
  readonly #cluster: Cluster;
  readonly #ledger: Ledger;
  readonly #attempts: Attempts;
  readonly #options: RemovalsOptions;

  constructor(cluster: Cluster, ledger: Ledger, attempts: Attempts, options: RemovalsOptions) {
    this.#cluster = cluster;
    this.#ledger = ledger;
    this.#attempts = attempts;
    this.#options = options;
  }

  /** Removes once everything that referred to it refers to something else: dependents first. */
  async removeAll(leaving: readonly Change[], made: readonly Outcome[]): Promise<Outcome[]> {
    const failed = made.find(({ result }) => result !== 'done');
    if (failed !== undefined && !this.#options.signal.aborted) {
      return leaving.map((change) => this.#attempts.skip(change, `${failed.address} did not succeed`));
    }
    const dependents = dependentsOf(leaving.map((change) => change.resource));
    const removals = new Map<Address, Promise<Outcome>>();
    for (const change of leaving) {
      const before = (dependents.get(change.address) ?? []).flatMap((address) => removals.get(address) ?? []);
      removals.set(change.address, this.#removeAfter(before, change));
    }
    return Promise.all(removals.values());
  }

  async #removeAfter(dependents: readonly Promise<Outcome>[], change: Change): Promise<Outcome> {
    const blocked = (await Promise.all(dependents)).find(({ result }) => result !== 'done');
    if (blocked !== undefined && !this.#options.signal.aborted) {
      return this.#attempts.skip(change, `${blocked.address} is still there`);
    }
    return this.#attempts.run(change, () => this.#remove(change));
  }

  async #remove(change: Change): Promise<string> {
    const recorded = this.#ledger.get(change.address);
    if (change.action === 'delete' && change.id !== undefined && recorded !== undefined) {
      // What replacements left behind, or kept for a rollback, goes as well.
      await this.#take(change.address, [change.id, ...leftBehind(recorded)]);
    }
    this.#ledger.forget(change.address);
    return change.id ?? '';
  }

  /**
   * Takes care of what nothing refers to any more: what a replacement left behind rests or goes, and so do earlier ones
   * whose time has come.
   */
  async retire({ address, resource }: Change): Promise<Outcome | undefined> {
    const record = this.#ledger.get(address);
    const rest = provisionedKindAt(address)?.rest;
    if (record === undefined || (record.retire === undefined && rest === undefined)) return undefined;
    // What it stands in goes: it cannot be kept there.
    const homeless = resource.dependsOn.some((each) => this.#ledger.get(each)?.retire !== undefined);
    const lifecycle = rest === undefined || homeless ? { keep: 0 } : resource.lifecycle;
    const settled = settleFormer(record, lifecycle, Date.now());
    if (sameJson(settled.record, record)) return undefined;
    try {
      await this.#rest(address, settled.rest);
      await this.#take(address, settled.remove);
    } catch (error) {
      if (this.#options.signal.aborted) return undefined;
      if (!(error instanceof RerankctlError)) throw error;
      return this.#attempts.fail({ address, action: 'delete' }, asDiagnostic(error, address), {
        details: error.diagnostics,
      });
    }
    this.#ledger.record(settled.record);
    return undefined;
  }

  /**
   * Removes an object that was made beside the one that it was to replace, and remembers that one again. `undefined`
   * where nothing was made.
   */
  withdraw(change: Change): Promise<Outcome> | undefined {
    const record = this.#ledger.get(change.address);
    const previous = record?.previous;
    if (record === undefined || previous === undefined) return undefined;
    return this.#attempts.run({ ...change, action: 'delete' }, async () => {
      const kept = (record.former ?? []).map(({ id }) => id);
      const made = [record.id, ...(record.retire ?? [])].filter(
        (id) => id !== undefined && id !== previous.id,
      ) as string[];
      await this.#take(
        change.address,
        made.filter((id) => !kept.includes(id)),
      );
      await this.#rest(
        change.address,
        made.filter((id) => kept.includes(id)),
      );
      if (change.resource.lifecycle.strategy === 'recreate' && previous.id !== undefined) {
        await provisionedKindAt(change.address)?.wake?.(
          this.#contextFor(change.address, record),
          previous.id,
        );
      }
      const { previous: _previous, retire: _retire, facts: _facts, ...rest } = record;
      this.#ledger.record({ ...rest, ...previous });
      return previous.id ?? '';
    });
  }

  async #take(address: Address, ids: readonly string[]): Promise<void> {
    const recorded = this.#ledger.get(address);
    if (recorded === undefined) return;
    const context = this.#contextFor(address, recorded);
    for (const id of new Set(ids)) await provisionedKindAt(address)?.remove(context, id);
  }

  async #rest(address: Address, ids: readonly string[]): Promise<void> {
    const recorded = this.#ledger.get(address);
    if (recorded === undefined) return;
    const context = this.#contextFor(address, recorded);
    for (const id of new Set(ids)) await provisionedKindAt(address)?.rest?.(context, id);
  }

  #contextFor(address: Address, recorded: StateRecord): RemovalContext {
    const { listener, signal, waitMs } = this.#options;
    return { cluster: this.#cluster, signal, waitMs, recorded, ...reporting(address, listener) };
  }
}
