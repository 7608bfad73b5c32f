import { asDiagnostic, RerankctlError } from '../core/errors.ts';
import { type Plan, pendingChanges } from '../core/plan.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { fenced } from './fence.ts';
import { type ApplyOptions, type ApplyReport, Run } from './run.ts';
import { withSettings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import { historyChanges, historyEntry, historyOperations } from './state/history.ts';
import { acquireLease } from './state/lock.ts';

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
  const staying = plan.changes.filter(({ action }) => action !== 'delete' && action !== 'forget');
  const capabilities = withSettings(
    await cluster.capabilities(),
    staying.map(({ resource }) => resource),
  );
  const lease = await acquireLease(cluster, plan.stack, snapshot.state, options);
  let report: ApplyReport;
  try {
    report = await new Run(fenced(cluster, lease), capabilities, plan, snapshot, options).go();
  } catch (bug) {
    await lease.release().catch(() => undefined);
    throw bug;
  }
  try {
    await lease.release(historyOperations(plan.stack, historyEntry(lease, historyChanges(report.outcomes))));
    return report;
  } catch (error) {
    if (!(error instanceof RerankctlError)) throw error;
    return { ...report, diagnostics: [...report.diagnostics, asDiagnostic(error)] };
  }
}
