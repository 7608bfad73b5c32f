import { Counter, Gauge, Registry } from 'prom-client';
import type { Change } from '../../core/plan.ts';
import { VERSION } from '../../core/version.ts';
import type { ReconcileEvent, Round, RoundResult } from '../../reconcile/events.ts';
import { codesOf, kindsOf, leftOf, outcomesOf } from './findings.ts';

const RESULTS = {
  in_sync: 'success',
  pending: 'success',
  applied: 'success',
  stopped: 'failure',
  incomplete: 'failure',
  refused: 'failure',
  failed: 'failure',
  skipped: 'neither',
  interrupted: 'neither',
} as const satisfies Record<RoundResult, string>;

/**
 * What a Prometheus server is told. Labels are results, kinds, actions and codes, of which there are a few dozen in all:
 * no names of resources, and nothing that anybody could make up.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #info = this.#gauge('rerankctl_info', 'This process. Always 1.', ['version', 'stack', 'mode']);
  readonly #cluster = this.#gauge('rerankctl_cluster_info', 'The cluster as last seen. Always 1.', [
    'name',
    'uuid',
    'version',
  ]);
  readonly #rounds = this.#counter('rerankctl_rounds_total', 'Rounds that ended, by how they did.', [
    'result',
  ]);
  readonly #failures = this.#counter(
    'rerankctl_failures_total',
    'Rounds in which something failed with this code.',
    ['code'],
  );
  readonly #applied = this.#counter('rerankctl_changes_applied_total', 'Changes that were made.', [
    'kind',
    'action',
  ]);
  readonly #found = this.#counter(
    'rerankctl_drift_found_total',
    'Resources found drifted that were not in the round before.',
    ['kind'],
  );
  readonly #drifted = this.#gauge(
    'rerankctl_drifted_resources',
    'Resources that are not as they were last applied, after the last round that could tell.',
    ['kind'],
  );
  readonly #pending = this.#gauge(
    'rerankctl_pending_resources',
    'Resources with a change in git that is not applied, after the last round that could tell.',
    ['kind'],
  );
  readonly #took = this.#gauge('rerankctl_last_round_duration_seconds', 'How long the last round took.');
  readonly #success = this.#gauge(
    'rerankctl_last_success_timestamp_seconds',
    'When a round last ended in_sync, pending or applied; 0 before the first.',
  );
  #before: ReadonlySet<string> = new Set();

  constructor({ stack, mode }: { readonly stack: string; readonly mode: 'watch' | 'apply' }) {
    this.#info.set({ version: VERSION, stack, mode }, 1);
    // A rate needs a zero to begin from.
    for (const result of Object.keys(RESULTS)) this.#rounds.inc({ result }, 0);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** In the text format of Prometheus, 0.0.4. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  on(event: ReconcileEvent): void {
    if (event.type === 'round.finished') this.#finished(event.round);
  }

  #finished(round: Round): void {
    const { end, plan, tookMs } = round;
    this.#rounds.inc({ result: end.result });
    this.#took.set(tookMs / 1000);
    if (RESULTS[end.result] === 'success') this.#success.setToCurrentTime();
    for (const code of codesOf(end)) this.#failures.inc({ code });
    if (plan === undefined) return;
    const { name, uuid, version } = plan.cluster;
    this.#cluster.reset();
    this.#cluster.set({ name, uuid, version }, 1);
    const kindOf = new Map(plan.changes.map(({ address, kind }) => [address, kind]));
    for (const outcome of outcomesOf(end)) {
      const kind = kindOf.get(outcome.address);
      if (kind !== undefined && outcome.result === 'done') {
        this.#applied.inc({ kind, action: outcome.action });
      }
    }
    // In the middle of somebody else's apply everything seems to drift.
    if (end.result !== 'skipped') this.#count(round, kindsOf(plan));
  }

  #count(round: Round, kinds: readonly string[]): void {
    const left = leftOf(round);
    this.#drifted.reset();
    this.#pending.reset();
    for (const kind of kinds) {
      const mine = left.filter((change) => change.kind === kind);
      this.#drifted.set({ kind }, mine.filter(isDrift).length);
      this.#pending.set({ kind }, mine.filter((change) => !isDrift(change)).length);
      this.#found.inc({ kind }, 0);
    }
    for (const { address, kind } of (round.plan?.changes ?? []).filter(isDrift)) {
      if (!this.#before.has(address)) this.#found.inc({ kind });
    }
    this.#before = new Set(left.filter(isDrift).map(({ address }) => address));
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<L extends string>(name: string, help: string, labelNames: L[] = []): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}

function isDrift(change: Change): boolean {
  return change.drifted === true;
}
