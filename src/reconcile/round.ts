import { type Diagnostic, hasErrors } from '../core/diagnostic.ts';
import { RerankctlError } from '../core/errors.ts';
import type { Listener } from '../core/events.ts';
import { type Plan, pendingChanges } from '../core/plan.ts';
import type { Resource } from '../core/resource.ts';
import { conclusionOf } from '../engine/conclusion.ts';
import { apply, type PlanOptions, type PreparedPlan, plan, refuseIfRefused } from '../engine/provision.ts';
import type { ApplyOptions, ApplyReport } from '../engine/run.ts';
import { holderOf, locked } from '../engine/state/lock.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { abortable } from '../opensearch/signals.ts';
import type { ReconcileEvent, Round, RoundEnd } from './events.ts';
import { graceAfter } from './grace.ts';
import type { HeldBack } from './held-back.ts';

export interface Manifests {
  readonly resources: readonly Resource[];
  /** Nothing worse than warnings. */
  readonly diagnostics: readonly Diagnostic[];
  /** Changes whenever a resource does. */
  readonly digest: string;
}

export interface RoundOptions {
  /** Reads the manifests anew; throws what is wrong with them. */
  load(): Promise<Manifests>;
  /** Anew for each round: a cluster object knows settings, plugins and credentials as they were when it was made. */
  connect(): Promise<Cluster>;
  readonly planning: PlanOptions;
  /** What is pending is applied; absent: only watched. */
  readonly applying?: Pick<ApplyOptions, 'parallelism' | 'waitMs' | 'command'>;
  /** Aborted: the round ends at its next safe point, or after `graceMs` wherever it stands. */
  readonly signal: AbortSignal;
  readonly graceMs: number;
  /** Hears what the engine does in a round. */
  readonly listener: Listener;
  /** Hears of the rounds. */
  readonly onEvent: (event: ReconcileEvent) => void;
}

/** Loads, plans, and applies where that is wanted. Whatever goes wrong is how the round ended: nothing is thrown. */
export async function runRound(number: number, options: RoundOptions, heldBack: HeldBack): Promise<Round> {
  const started = performance.now();
  const known: Known = { notes: [] };
  options.onEvent({ type: 'round.started', number });
  const end = await lookAndAct(number, options, { heldBack, known }).catch((error: unknown) =>
    endOf(error, options),
  );
  const tookMs = Math.round(performance.now() - started);
  return { number, tookMs, reached: wasReached(end, known.plan), ...known, end };
}

/** What a round knows already when it ends early. */
interface Known {
  plan?: Plan;
  notes: readonly Diagnostic[];
}

async function lookAndAct(
  number: number,
  options: RoundOptions,
  { heldBack, known }: { readonly heldBack: HeldBack; readonly known: Known },
): Promise<RoundEnd> {
  const manifests = await options.load();
  known.notes = manifests.diagnostics;
  const cluster = await options.connect();
  const grace = graceAfter(options.signal, options.graceMs);
  try {
    const prepared = await abortable(plan(cluster, manifests.resources, options.planning), options.signal);
    known.plan = prepared.plan;
    options.onEvent({ type: 'round.planned', number, plan: prepared.plan });
    refuseIfRefused(prepared.plan);
    if (pendingChanges(prepared.plan).length === 0) return { result: 'in_sync' };
    if (options.applying === undefined) return watched(prepared);
    if (heldBack.holds(manifests.digest, prepared.plan)) return { result: 'stopped' };
    const { signal, listener, applying } = options;
    const report = await abortable(apply(cluster, prepared, { ...applying, signal, listener }), grace.signal);
    const end = applied(report, signal);
    if (end.result === 'stopped') heldBack.remember(manifests.digest, prepared.plan);
    return end;
  } catch (error) {
    return grace.signal.aborted ? { result: 'interrupted', clean: false } : endOf(error, options);
  } finally {
    grace.cancel();
    // Breaks what is still under way when the grace period is over.
    await cluster.close();
  }
}

/** In the middle of somebody's apply everything seems to drift. */
function watched({ plan: { stack }, snapshot }: PreparedPlan): RoundEnd {
  const holder = holderOf(snapshot.state);
  return holder === undefined ? { result: 'pending' } : { result: 'skipped', error: locked(stack, holder) };
}

function applied(report: ApplyReport, signal: AbortSignal): RoundEnd {
  const conclusion = conclusionOf(report);
  if (conclusion === 'done') return { result: 'applied', report };
  if (signal.aborted) return { result: 'interrupted', clean: !hasErrors(report.diagnostics), report };
  // One that nobody could measure is tried again soon: its candidate was kept.
  const measured = report.release?.verdict === 'fail' || report.release?.verdict === 'inconclusive';
  return { result: conclusion === 'stopped' && measured ? 'stopped' : 'incomplete', report };
}

function endOf(error: unknown, { signal }: RoundOptions): RoundEnd {
  const told = signal.aborted && error === signal.reason;
  if (!(error instanceof RerankctlError || told)) return { result: 'failed', error };
  // Before the lock was taken: nothing was begun.
  if (signal.aborted || !(error instanceof RerankctlError)) return { result: 'interrupted', clean: true };
  if (error.code === 'RCTL_LOCKED' || error.code === 'RCTL_PLAN_STALE') return { result: 'skipped', error };
  return { result: error.failure === 'refused' ? 'refused' : 'failed', error };
}

function wasReached(end: RoundEnd, made: Plan | undefined): boolean {
  if (end.result !== 'failed') return made !== undefined || end.result === 'refused';
  const failure = end.error instanceof RerankctlError ? end.error.failure : undefined;
  return failure === 'server' || (made !== undefined && failure !== 'connection');
}
