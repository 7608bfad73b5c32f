import { parseAddress } from '../core/address.ts';
import { type Diagnostic, hasErrors, sortDiagnostics } from '../core/diagnostic.ts';
import { RerankctlError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Plan } from '../core/plan.ts';
import type { Resource } from '../core/resource.ts';
import { resolveReferences, toPlainJson } from '../core/value.ts';
import { kindOf } from '../kinds/registry.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { applyPlan } from './apply.ts';
import { makePlan, type PlanRules } from './plan.ts';
import type { ApplyOptions, ApplyReport } from './run.ts';
import { selectChanges } from './select.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

/** A plan, and the state it was made from: what `apply` needs to carry it out by compare-and-swap. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly snapshot: Pick<Snapshot, 'records' | 'state'>;
}

/** What each kind has to say of its resources without a cluster: files that are missing, zips laid out wrong. */
export async function checkResources(resources: readonly Resource[]): Promise<Diagnostic[]> {
  const all = new Map(resources.map((resource) => [resource.address, resource]));
  const found = await Promise.all(
    resources.map((resource) => kindOf(resource.kind).check?.(resource, all) ?? []),
  );
  return sortDiagnostics(found.flat());
}

/** Reads the cluster and plans. Writes nothing. `plan.diagnostics` holds refusals: such a plan cannot be applied. */
export async function plan(
  cluster: Cluster,
  resources: readonly Resource[],
  options: { readonly stack: string } & PlanRules,
): Promise<PreparedPlan> {
  const remove = options.removals !== undefined;
  const snapshot = await readSnapshot(cluster, options.stack, resources, { remove });
  return { plan: makePlan(resources, snapshot, options), snapshot };
}

/** Carries a plan out. Throws when the plan holds refusals; failures of single changes are outcomes. */
export async function apply(
  cluster: Cluster,
  prepared: PreparedPlan,
  options: ApplyOptions,
): Promise<ApplyReport> {
  refuseIfRefused(prepared.plan);
  return applyPlan(cluster, prepared.plan, prepared.snapshot, options);
}

/** The same plan for a part of its resources: see `selectChanges`. */
export function limited(
  prepared: PreparedPlan,
  resources: readonly Resource[],
  { targets, excludes }: { readonly targets: readonly string[]; readonly excludes: readonly string[] },
): PreparedPlan {
  if (targets.length === 0 && excludes.length === 0) return prepared;
  const { plan: made, snapshot } = prepared;
  const known = [...resources, ...made.changes].map(({ address }) => address);
  const ground = { resources, records: snapshot.records };
  const part = selectChanges(made, { targets, excludes }, [...new Set(known)], ground);
  return { plan: part, snapshot };
}

/** Nothing is changed while any resource is refused. */
export function refuseIfRefused(made: Plan): void {
  if (!hasErrors(made.diagnostics)) return;
  throw new RerankctlError('refused', 'RCTL_REFUSED', 'Refused: nothing was changed.', {
    diagnostics: made.diagnostics.filter(({ severity }) => severity === 'error'),
  });
}

/**
 * A spec whose references are all to resources that bear their manifest's name on the server, with those names in
 * their place. Asks no cluster.
 */
export function resolveByName(resource: Resource): JsonObject {
  return toPlainJson(
    resolveReferences(resource.spec, (address) => {
      const target = parseAddress(address);
      const kind = target === undefined ? undefined : kindOf(target.kind);
      return kind?.provisions && kind.namedByManifest ? target?.name : undefined;
    }),
  ) as JsonObject;
}
