import type { Address } from '../core/address.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { asDiagnostic, RerankctlError } from '../core/errors.ts';
import type { Listener } from '../core/events.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import type { Change, Outcome, Plan } from '../core/plan.ts';
import { resolveReferences, toPlainJson, type Value, type ValueObject } from '../core/value.ts';
import {
  type Applied,
  BEGUN,
  type ProvisionedKind,
  type RemovalContext,
  type StepContext,
} from '../kinds/kind.ts';
import { kindOf } from '../kinds/registry.ts';
import type { Capabilities } from '../opensearch/capabilities.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { Gate, Mutexes } from './concurrency.ts';
import { dependentsOf } from './graph.ts';
import { recordedFor, sealIntent } from './intent.ts';
import { reporting } from './reporting.ts';
import { sealSecrets } from './secrets.ts';
import type { Snapshot } from './snapshot.ts';
import type { StateRecord } from './state/read.ts';
import { StateWriter } from './state/writer.ts';

export interface ApplyOptions {
  readonly listener: Listener;
  readonly signal: AbortSignal;
  /** How many changes are worked on at once. */
  readonly parallelism: number;
  /** Longest wait for one ML task or state, in milliseconds. */
  readonly waitMs: number;
  /** What is running, for whoever finds the stack locked: `rerankctl apply`. */
  readonly command: string;
}

export interface ApplyReport {
  readonly outcomes: readonly Outcome[];
  /** Something that went wrong outside of any one change, such as writing the state. */
  readonly diagnostics: readonly Diagnostic[];
}

/** One run of a plan. Every change waits for what it depends on, and is skipped when that did not succeed. */
export class Run {
  readonly #cluster: Cluster;
  readonly #capabilities: Capabilities;
  readonly #options: ApplyOptions;
  readonly #since = performance.now();
  readonly #plan: Plan;
  readonly #records: Map<Address, StateRecord>;
  readonly #writer: StateWriter;
  readonly #ids = new Map<Address, string>();
  readonly #running = new Map<Address, Promise<Outcome | undefined>>();
  readonly #stateWrites: Promise<void>[] = [];
  readonly #announcements = new Map<Address, Promise<void>>();
  readonly #gate: Gate;
  readonly #mutexes = new Mutexes();

  constructor(
    cluster: Cluster,
    capabilities: Capabilities,
    plan: Plan,
    { records, state }: Pick<Snapshot, 'records' | 'state'>,
    options: ApplyOptions,
  ) {
    this.#cluster = cluster;
    this.#capabilities = capabilities;
    this.#options = options;
    this.#plan = plan;
    this.#records = new Map(records);
    this.#writer = new StateWriter(cluster, plan.stack, state);
    this.#gate = new Gate(options.parallelism);
    for (const change of plan.changes) {
      if (change.id !== undefined) this.#ids.set(change.address, change.id);
    }
  }

  async go(): Promise<ApplyReport> {
    const { changes } = this.#plan;
    const leaving = changes.filter(isRemoval);
    const staying = changes.filter((change) => !isRemoval(change));
    for (const change of staying) this.#announce(change);
    // In dependency order, so that the promise of a dependency is there before its dependents look for it.
    for (const change of staying) this.#running.set(change.address, this.#follow(change));
    const dependents = dependentsOf(staying.map((change) => change.resource));
    const retired = staying.map((change) => this.#retire(change, dependents.get(change.address) ?? []));
    const made = (await Promise.all([...this.#running.values(), ...retired])).filter(isThere);
    const removed = await this.#removeAll(leaving, made);
    return { outcomes: [...made, ...removed], diagnostics: await this.#stateProblems() };
  }

  /** Removes once everything that referred to it refers to something else: dependents first. */
  async #removeAll(leaving: readonly Change[], made: readonly Outcome[]): Promise<Outcome[]> {
    const failed = made.find(({ result }) => result !== 'done');
    if (failed !== undefined && !this.#options.signal.aborted) {
      return leaving.map((change) => this.#skip(change, `${failed.address} did not succeed`));
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
      return this.#skip(change, `${blocked.address} is still there`);
    }
    return this.#attempt(change, () => this.#remove(change));
  }

  async #remove(change: Change): Promise<string> {
    const kind = kindOf(change.kind) as ProvisionedKind;
    const recorded = this.#records.get(change.address);
    if (change.action === 'delete' && change.id !== undefined && recorded !== undefined) {
      // What an interrupted replacement left behind goes as well.
      for (const id of new Set([change.id, ...(recorded.retire ?? [])])) {
        await kind.remove({ ...this.#removalContext(change.address), recorded }, id);
      }
    }
    this.#records.delete(change.address);
    this.#remember(this.#writer.forget(change.address));
    return change.id ?? '';
  }

  #removalContext(address: Address): Omit<RemovalContext, 'recorded'> {
    const { listener, signal, waitMs } = this.#options;
    return { cluster: this.#cluster, signal, waitMs, ...reporting(address, listener, waitMs) };
  }

  #skip({ address, action }: Change, because: string): Outcome {
    return this.#finish({ address, action, tookMs: 0, result: 'skipped', because });
  }

  /**
   * Writes down what is about to be created, where the server would create it twice. All of a plan in one request,
   * and behind the back of what comes first; waited for just before the creation itself.
   */
  #announce({ kind: name, action, address, resource }: Change): void {
    const kind = kindOf(name);
    if (!kind.provisions || !kind.announced || (action !== 'create' && action !== 'replace')) return;
    const before = this.#records.get(address);
    // A run that was interrupted has written down more than this one knows yet.
    if (recordedFor(resource, before)?.intent !== undefined) return;
    const intent = sealIntent(resource, { step: BEGUN });
    const written = this.#writer.write({ address, dependsOn: resource.dependsOn, ...before, intent });
    written.catch(() => undefined);
    this.#announcements.set(address, written);
  }

  async #stateProblems(): Promise<Diagnostic[]> {
    const settled = await Promise.allSettled(this.#stateWrites);
    const problems = settled.flatMap((write) =>
      write.status === 'rejected' ? [write.reason as unknown] : [],
    );
    const bug = problems.find((problem) => !(problem instanceof RerankctlError));
    if (bug !== undefined) throw bug;
    return problems
      .filter((problem) => problem instanceof RerankctlError)
      .map((problem) => asDiagnostic(problem));
  }

  /** The outcome of a change; `undefined` for one that has nothing to do. */
  async #follow(change: Change): Promise<Outcome | undefined> {
    const dependencies = await Promise.all(
      change.resource.dependsOn.map(async (address) => ({
        address,
        outcome: await this.#running.get(address),
      })),
    );
    if (change.action === 'none') return undefined;
    const blocked = dependencies.find(({ outcome }) => outcome !== undefined && outcome.result !== 'done');
    if (blocked !== undefined && !this.#options.signal.aborted) {
      return this.#skip(change, `${blocked.address} did not succeed`);
    }
    return this.#attempt(change, () => this.#carryOut(change));
  }

  /** Runs one change when there is room for it, and makes an outcome of whatever comes of it. Bugs are rethrown. */
  #attempt(change: Change, work: () => Promise<string>): Promise<Outcome> {
    const base = { address: change.address, action: change.action };
    return this.#gate.run(async () => {
      if (this.#options.signal.aborted) return this.#finish({ ...base, tookMs: 0, result: 'interrupted' });
      const started = performance.now();
      this.#options.listener({ type: 'change.started', address: change.address, action: change.action });
      const tookMs = (): number => Math.round(performance.now() - started);
      try {
        const id = await work();
        return this.#finish({ ...base, tookMs: tookMs(), result: 'done', id });
      } catch (error) {
        if (this.#options.signal.aborted)
          return this.#finish({ ...base, tookMs: tookMs(), result: 'interrupted' });
        if (!(error instanceof RerankctlError)) throw error;
        const diagnostic: Diagnostic = {
          ...asDiagnostic(error, change.address),
          ...change.resource.locate('/spec'),
        };
        return this.#finish({
          ...base,
          tookMs: tookMs(),
          result: 'failed',
          error: diagnostic,
          details: error.diagnostics,
        });
      }
    });
  }

  #finish(outcome: Outcome): Outcome {
    this.#options.listener({ type: 'change.finished', outcome });
    return outcome;
  }

  async #carryOut(change: Change): Promise<string> {
    const kind = kindOf(change.kind) as ProvisionedKind;
    const { resource, address } = change;
    await this.#announcements.get(address);
    const resolved = resolveReferences(resource.spec as Value, (target) => this.#ids.get(target));
    const before = this.#records.get(address);
    const applied: Applied = change.keepsObject
      ? { id: change.id ?? '', ...(change.facts === undefined ? {} : { facts: change.facts }) }
      : await kind.apply(this.#contextFor(change, toPlainJson(resolved) as JsonObject));
    this.#ids.set(address, applied.id);
    const replaced = change.action === 'replace' && change.id !== undefined ? [change.id] : [];
    const retire = [...new Set([...(before?.retire ?? []), ...replaced])].filter((id) => id !== applied.id);
    const facts = applied.facts ?? (change.keepsObject ? before?.facts : undefined);
    const { prevent_destroy, on_remove } = resource.lifecycle;
    this.#record({
      address,
      id: applied.id,
      applied: sealSecrets(without(resolved, kind.bulky), before?.applied) as JsonObject,
      ...(facts === undefined ? {} : { facts }),
      ...(retire.length === 0 ? {} : { retire }),
      lifecycle: {
        ...(prevent_destroy === undefined ? {} : { prevent_destroy }),
        ...(on_remove === undefined ? {} : { on_remove }),
      },
      dependsOn: resource.dependsOn,
    });
    if (change.movedFrom !== undefined) this.#remember(this.#writer.forget(change.movedFrom));
    return applied.id;
  }

  /** Written behind the work's back, and waited for at the end: what a kill loses here, adoption finds again. */
  #record(record: StateRecord): void {
    this.#records.set(record.address, record);
    this.#remember(this.#writer.write(record));
  }

  #remember(written: Promise<void>): void {
    written.catch(() => undefined);
    this.#stateWrites.push(written);
  }

  #contextFor(change: Change, spec: JsonObject): StepContext {
    const { listener, signal, waitMs } = this.#options;
    const { address, resource } = change;
    const changed =
      change.action === 'create' || change.id === undefined
        ? ({ action: 'create' } as const)
        : ({
            action: change.action === 'replace' ? 'replace' : 'update',
            id: change.id,
            fields: change.fields,
          } as const);
    return {
      cluster: this.#cluster,
      capabilities: this.#capabilities,
      signal,
      resource,
      spec,
      recorded: recordedFor(resource, this.#records.get(address)),
      change: changed,
      since: this.#since,
      waitMs,
      journal: async (intent) => {
        const before = this.#records.get(address);
        const record = {
          address,
          dependsOn: resource.dependsOn,
          ...before,
          intent: sealIntent(resource, intent),
        };
        this.#records.set(address, record);
        await this.#writer.write(record);
      },
      exclusive: (key, work) => this.#mutexes.run(key, work),
      ...reporting(address, listener, waitMs),
    };
  }

  /** Removes what a replacement left behind, once everything that referred to it refers to its successor. */
  async #retire(change: Change, dependents: readonly Address[]): Promise<Outcome | undefined> {
    const own = await this.#running.get(change.address);
    const others = await Promise.all(dependents.map((address) => this.#running.get(address)));
    const settled = [own, ...others].every((outcome) => outcome === undefined || outcome.result === 'done');
    const kind = kindOf(change.kind);
    const record = this.#records.get(change.address);
    if (!settled || !kind.provisions || record?.retire === undefined) return undefined;
    const { signal } = this.#options;
    const context = { ...this.#removalContext(change.address), recorded: record };
    try {
      for (const id of record.retire) await kind.remove(context, id);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof RerankctlError)) throw error;
      const base = { address: change.address, action: 'delete' as const, tookMs: 0 };
      return this.#finish({
        ...base,
        result: 'failed',
        error: asDiagnostic(error, change.address),
        details: [],
      });
    }
    const { retire: _done, ...rest } = record;
    this.#record(rest);
    return undefined;
  }
}

function without(spec: Value, keys: readonly string[] = []): Value {
  if (keys.length === 0 || !isObject(spec)) return spec;
  return Object.fromEntries(Object.entries(spec).filter(([key]) => !keys.includes(key))) as ValueObject;
}

function isRemoval({ action }: Change): boolean {
  return action === 'delete' || action === 'forget';
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}
