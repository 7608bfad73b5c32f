import type { Address } from '../core/address.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { asDiagnostic, RerankctlError } from '../core/errors.ts';
import { isObject, type JsonObject, sameJson } from '../core/json.ts';
import type { Change, Outcome, Plan } from '../core/plan.ts';
import { resolveReferences, toPlainJson, type Value, type ValueObject } from '../core/value.ts';
import { type Applied, BEGUN, type ProvisionedKind, type StepContext } from '../kinds/kind.ts';
import { kindOf } from '../kinds/registry.ts';
import type { Capabilities } from '../opensearch/capabilities.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { type AttemptOptions, Attempts } from './attempts.ts';
import { Mutexes } from './concurrency.ts';
import { withFormer } from './former.ts';
import { recordedFor, sealIntent } from './intent.ts';
import { Ledger } from './ledger.ts';
import { isRolledOut, madeFor, Release, type ReleaseReport, stopped } from './release.ts';
import { Removals } from './removals.ts';
import { reporting } from './reporting.ts';
import { type Retired, retireAll } from './retire.ts';
import { sealSecrets } from './secrets.ts';
import type { Snapshot } from './snapshot.ts';
import type { StateRecord } from './state/read.ts';
import { type Successor, Successors } from './successors.ts';

export interface ApplyOptions extends AttemptOptions {
  /** Longest wait for one ML task or state, in milliseconds. */
  readonly waitMs: number;
  /** What is running, for whoever finds the stack locked: `rerankctl apply`. */
  readonly command: string;
  /** A model that its verifications stopped stays on the server, beside the one that searches use. */
  readonly keepCandidate?: boolean;
  /**
   * Only for a preview: what stands by is made, searches are measured today and as proposed, and all that was made is
   * removed again. Nothing that was there is changed.
   */
  readonly canary?: boolean;
}

export interface ApplyReport {
  readonly outcomes: readonly Outcome[];
  /** Something that went wrong outside of any one change, such as writing the state. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was measured before searches were let see the changes; absent when nothing had to be. */
  readonly release?: ReleaseReport;
}

/** What came of measuring a release: one of them. */
interface Measured {
  /** What had to be there and is not. */
  readonly blockedBy?: Address;
  readonly report?: ReleaseReport;
  readonly error?: Diagnostic;
}

/** One run of a plan. Every change waits for what it depends on, and is skipped when that did not succeed. */
export class Run {
  readonly #cluster: Cluster;
  readonly #capabilities: Capabilities;
  readonly #options: ApplyOptions;
  readonly #since = performance.now();
  readonly #startedAt = new Date().toISOString();
  readonly #plan: Plan;
  readonly #ledger: Ledger;
  readonly #attempts: Attempts;
  readonly #removals: Removals;
  readonly #release: Release;
  readonly #successors: Successors;
  #measured: Promise<Measured> | undefined;
  readonly #ids = new Map<Address, string>();
  readonly #running = new Map<Address, Promise<Outcome | undefined>>();
  readonly #announcements = new Map<Address, Promise<void>>();
  readonly #mutexes = new Mutexes();

  constructor(
    cluster: Cluster,
    capabilities: Capabilities,
    plan: Plan,
    snapshot: Pick<Snapshot, 'records' | 'state'>,
    options: ApplyOptions,
  ) {
    this.#cluster = cluster;
    this.#capabilities = capabilities;
    this.#options = options;
    this.#plan = plan;
    this.#ledger = new Ledger(cluster, plan.stack, snapshot);
    this.#attempts = new Attempts(options);
    this.#removals = new Removals(cluster, this.#ledger, this.#attempts, options);
    this.#release = new Release(plan);
    this.#successors = new Successors(this.#ledger, this.#attempts, options);
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
    const retired = this.#options.canary === true ? [] : retireAll(staying, (change) => this.#retire(change));
    const made = [
      ...(await Promise.all(this.#running.values())),
      ...(await Promise.all(retired)).map(({ outcome }) => outcome),
    ].filter(isThere);
    const measured = await this.#measured;
    const withdrawn = await this.#withdraw(measured?.report);
    const removed = await this.#removals.removeAll(leaving, made);
    return {
      outcomes: [...made, ...withdrawn, ...removed],
      diagnostics: await this.#ledger.problems(),
      ...(measured?.report === undefined ? {} : { release: measured.report }),
    };
  }

  /**
   * Writes down what is about to be created, where the server would create it twice. All of a plan in one request,
   * and behind the back of what comes first; waited for just before the creation itself.
   */
  #announce({ kind: name, action, address, resource }: Change): void {
    const kind = kindOf(name);
    if (!kind.provisions || !kind.announced || (action !== 'create' && action !== 'replace')) return;
    const before = this.#ledger.get(address);
    // A run that was interrupted has written down more than this one knows yet.
    if (recordedFor(resource, before)?.intent !== undefined) return;
    const intent = sealIntent(resource, { step: BEGUN });
    const begun = { address, dependsOn: resource.dependsOn, ...before, intent };
    this.#announcements.set(address, this.#ledger.announce(begun));
  }

  /** The outcome of a change; `undefined` for one that has nothing to do. */
  async #follow(change: Change): Promise<Outcome | undefined> {
    if (!isRolledOut(change) || this.#options.canary === true) return this.#followWith(change, undefined);
    const dependencies = change.resource.dependsOn.filter((address) => !this.#release.comesAfter(address));
    const before = dependencies.map((address) => this.#running.get(address));
    const contextOf = (): StepContext =>
      this.#contextFor(change, toPlainJson(this.#resolved(change)) as JsonObject);
    return this.#successors.along(change, { before, contextOf }, (successor) =>
      this.#followWith(change, successor),
    );
  }

  async #followWith(change: Change, successor: Promise<Successor> | undefined): Promise<Outcome | undefined> {
    const dependencies = await Promise.all(
      change.resource.dependsOn.map(async (address) => ({
        address,
        outcome: await this.#running.get(address),
      })),
    );
    if (change.action === 'none' || this.#isLeftOut(change)) return undefined;
    const blocked = dependencies.find(({ outcome }) => outcome !== undefined && outcome.result !== 'done');
    if (blocked !== undefined && !this.#options.signal.aborted) {
      return this.#attempts.skip(change, `${blocked.address} did not succeed`);
    }
    const kind = kindOf(change.kind);
    const recreated = change.action === 'replace' && change.resource.lifecycle.strategy === 'recreate';
    if (this.#options.canary === true && recreated) {
      return this.#attempts.skip(
        change,
        'with lifecycle.strategy recreate there is no room beside the old one',
      );
    }
    if (this.#options.canary === true && kind.provisions && !kind.standsBy && !this.#release.holds(change)) {
      return this.#attempts.skip(change, 'a preview does not make it');
    }
    const failed = (await successor)?.failed;
    if (failed !== undefined) return failed;
    return (await this.#stop(change)) ?? this.#attempts.run(change, () => this.#carryOut(change));
  }

  /** A preview changes nothing that is there: what is to be updated is measured as it is. */
  #isLeftOut(change: Change): boolean {
    const made = change.action === 'create' || change.action === 'replace';
    return this.#options.canary === true && !this.#release.holds(change) && !made;
  }

  /** The outcome of a change that searches would see, when the verifications do not let it be made. */
  async #stop(change: Change): Promise<Outcome | undefined> {
    if (!this.#release.holds(change) || this.#options.signal.aborted) return undefined;
    this.#measured ??= this.#measure();
    const { blockedBy, report, error } = await this.#measured;
    const through = report?.verdict === 'pass' && this.#options.canary !== true;
    if (this.#options.signal.aborted || through) return undefined;
    if (this.#options.canary === true && report !== undefined) {
      return this.#attempts.skip(change, 'it was only previewed');
    }
    if (blockedBy !== undefined) return this.#attempts.skip(change, `${blockedBy} did not succeed`);
    const why = report === undefined ? error : stopped(report, change);
    if (why === undefined) throw new Error(`${change.address} was stopped for no reason`);
    return this.#attempts.fail(change, why);
  }

  /** Once for all changes of the release, when everything they need is there. */
  async #measure(): Promise<Measured> {
    for (const address of this.#release.needs) {
      const outcome = await this.#running.get(address);
      if (outcome !== undefined && outcome.result !== 'done') return { blockedBy: address };
    }
    const { listener, signal, canary = false } = this.#options;
    const instead = await this.#successors.names(this.#release.changes);
    if ('missing' in instead) return { blockedBy: instead.missing };
    try {
      const specOf = (change: Change): JsonObject => toPlainJson(this.#resolved(change)) as JsonObject;
      return {
        report: await this.#release.measure(this.#cluster, specOf, {
          ...{ listener, signal, besideToday: canary },
          instead: instead.names,
        }),
      };
    } catch (error) {
      if (!(error instanceof RerankctlError)) throw error;
      return { error: asDiagnostic(error) };
    }
  }

  /**
   * Removes the models that were made for a release which its verifications stopped. When nobody answered, they stay:
   * the next apply measures them again.
   */
  async #withdraw(report: ReleaseReport | undefined): Promise<Outcome[]> {
    const { canary = false, keepCandidate = false } = this.#options;
    const unproven = report?.verdict === 'fail' || report?.verdict === 'inconclusive';
    if (!canary && (!unproven || keepCandidate)) return [];
    const withdrawn: Outcome[] = [];
    for (const change of madeFor(this.#release, this.#plan.changes)) {
      const outcome = await this.#removals.withdraw(change);
      if (outcome !== undefined) withdrawn.push(outcome);
    }
    const created = canary ? this.#createdNow() : [];
    return [...withdrawn, ...(await this.#removals.removeAll(created, []))];
  }

  /** What this run has created, as deletions. */
  #createdNow(): Change[] {
    return this.#plan.changes.flatMap((change) => {
      const id = this.#ledger.get(change.address)?.id;
      return change.action === 'create' && id !== undefined
        ? [{ ...change, action: 'delete' as const, id }]
        : [];
    });
  }

  #resolved({ resource }: Change): Value {
    return resolveReferences(resource.spec as Value, (target) => this.#ids.get(target));
  }

  async #carryOut(change: Change): Promise<string> {
    const kind = kindOf(change.kind) as ProvisionedKind;
    const { resource, address } = change;
    await this.#announcements.get(address);
    const resolved = this.#resolved(change);
    const before = this.#ledger.get(address);
    const applied: Applied = change.keepsObject
      ? { id: change.id ?? '', ...(change.facts === undefined ? {} : { facts: change.facts }) }
      : await kind.apply(this.#contextFor(change, toPlainJson(resolved) as JsonObject));
    this.#ids.set(address, applied.id);
    const replaced = change.action === 'replace' && change.id !== undefined ? [change.id] : [];
    const retire = [...new Set([...(before?.retire ?? []), ...replaced])].filter((id) => id !== applied.id);
    const facts = applied.facts ?? (change.keepsObject ? before?.facts : undefined);
    const sealed = sealSecrets(without(resolved, kind.bulky), before?.applied) as JsonObject;
    const released = kind.servesSearches && before?.applied && !sameJson(before.applied, sealed);
    const former = released ? withFormer(before, resource, this.#startedAt) : before?.former;
    const { ignore_changes: _always, ...lifecycle } = resource.lifecycle;
    this.#ledger.record({
      address,
      id: applied.id,
      applied: sealed,
      ...(facts === undefined ? {} : { facts }),
      ...(former === undefined || former.length === 0 ? {} : { former }),
      ...(retire.length === 0 ? {} : { retire, previous: before?.previous ?? lastOf(before) }),
      lifecycle,
      dependsOn: resource.dependsOn,
    });
    if (change.movedFrom !== undefined) this.#ledger.forget(change.movedFrom);
    return applied.id;
  }

  #contextFor(change: Change, spec: JsonObject): StepContext {
    const { listener, signal, waitMs } = this.#options;
    const { address, resource } = change;
    const changed =
      change.action === 'create' || change.id === undefined
        ? ({ action: 'create' } as const)
        : change.action === 'replace'
          ? ({
              action: 'replace',
              id: change.id,
              fields: change.fields,
              ...(change.restores === undefined ? {} : { restores: change.restores.id }),
            } as const)
          : ({ action: 'update', id: change.id, fields: change.fields } as const);
    return {
      cluster: this.#cluster,
      capabilities: this.#capabilities,
      signal,
      resource,
      spec,
      recorded: recordedFor(resource, this.#ledger.get(address)),
      change: changed,
      since: this.#since,
      waitMs,
      journal: async (intent) => {
        const before = this.#ledger.get(address);
        const begun = { address, dependsOn: resource.dependsOn, ...before };
        await this.#ledger.write({ ...begun, intent: sealIntent(resource, intent) });
      },
      exclusive: (key, work) => this.#mutexes.run(key, work),
      ...reporting(address, listener),
    };
  }

  /** Takes care of what earlier objects of this resource there were. */
  async #retire(change: Change): Promise<Retired> {
    const own = await this.#running.get(change.address);
    if (own !== undefined && own.result !== 'done') return { settled: false };
    const outcome = await this.#removals.retire(change);
    return outcome === undefined ? { settled: !this.#options.signal.aborted } : { settled: false, outcome };
  }
}

/** What stands in the way of nothing but a release: it is remembered again when that is stopped. */
function lastOf(record: StateRecord | undefined): NonNullable<StateRecord['previous']> {
  const { id, applied, facts } = record ?? {};
  return {
    ...(id === undefined ? {} : { id }),
    ...(applied === undefined ? {} : { applied }),
    ...(facts === undefined ? {} : { facts }),
  };
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
