import { asDiagnostic, RerankctlError } from '../core/errors.ts';
import { type Plan, pendingChanges } from '../core/plan.ts';
import { VERSION } from '../core/version.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { fenced } from './fence.ts';
import { type ApplyOptions, type ApplyReport, Run } from './run.ts';
import type { Snapshot } from './snapshot.ts';
import { type HistoryEntry, historyChanges, historyOperations } from './state/history.ts';
import { acquireLease, type Lease } from './state/lock.ts';

function historyOf(lease: Lease, report: ApplyReport): HistoryEntry {
  const { user, host, command, since } = lease.holder;
  return {
    fence: lease.fence,
    command,
    by: user,
    host,
    version: VERSION,
    startedAt: since,
    endedAt: new Date().toISOString(),
    changes: historyChanges(report.outcomes),
  };
}

/**
 * Makes it so, alone: under the lock of the stack, which also tells whether the plan is still true. Changes run in
 * dependency order and in parallel where they may; a failure stops what depends on it and nothing else. Aborting
 * the signal ends every wait; requests under way are let finish, so that the next run knows what they did.
 */
export async function applyPlan(
  cluster: Cluster,
  plan: Plan,
  snapshot: Pick<Snapshot, 'records' | 'state'>,
  options: ApplyOptions,
): Promise<ApplyReport> {
  if (pendingChanges(plan).length === 0) return { outcomes: [], diagnostics: [] };
  const capabilities = await cluster.capabilities();
  const lease = await acquireLease(cluster, plan.stack, snapshot.state, options);
  let report: ApplyReport;
  try {
    report = await new Run(fenced(cluster, lease), capabilities, plan, snapshot, options).go();
  } catch (bug) {
    await lease.release().catch(() => undefined);
    throw bug;
  }
  try {
    await lease.release(historyOperations(plan.stack, historyOf(lease, report)));
    return report;
  } catch (error) {
    if (!(error instanceof RerankctlError)) throw error;
    return { ...report, diagnostics: [...report.diagnostics, asDiagnostic(error)] };
  }
}
