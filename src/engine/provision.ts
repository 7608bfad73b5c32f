import { withArticle } from '../core/article.ts';
import { type Diagnostic, hasErrors, sortDiagnostics } from '../core/diagnostic.ts';
import { RerankctlError } from '../core/errors.ts';
import type { LintLevels } from '../core/lint.ts';
import type { Plan } from '../core/plan.ts';
import { diagnosticAt, type Resource } from '../core/resource.ts';
import type { LifecycleOption } from '../kinds/kind.ts';
import { KINDS, kindOf } from '../kinds/registry.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { applyPlan } from './apply.ts';
import { lintAgainst } from './lint.ts';
import { makePlan, type PlanRules } from './plan.ts';
import { tooMany } from './removal.ts';
import type { ApplyOptions, ApplyReport } from './run.ts';
import { scrubbed } from './scrub.ts';
import { type Selection, selectChanges } from './select.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import { tooNewFor } from './versions.ts';

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
  return sortDiagnostics([...found.flat(), ...resources.flatMap(unusedLifecycle)]);
}

/** Options of a lifecycle that only some kinds honour. */
const OPTIONS: readonly LifecycleOption[] = ['strategy', 'retire_after', 'keep', 'rollout'];

function unusedLifecycle(resource: Resource): Diagnostic[] {
  const kind = kindOf(resource.kind);
  const honoured = kind.provisions ? (kind.lifecycle ?? []) : [];
  const unused = OPTIONS.filter((each) => resource.lifecycle[each] !== undefined && !honoured.includes(each));
  return unused.map((each) =>
    diagnosticAt(resource, `/metadata/lifecycle/${each}`, {
      severity: 'error',
      code: 'RCTL_LIFECYCLE_UNUSED',
      message: `lifecycle.${each} means nothing to ${withArticle(resource.kind)}.`,
      remedy: `Leave it out; it is for: ${KINDS.filter(
        (other) => other.provisions && other.lifecycle?.includes(each),
      )
        .map(({ name }) => name)
        .join(', ')}.`,
    }),
  );
}

export interface PlanOptions extends PlanRules, Partial<Selection> {
  readonly stack: string;
  /** Look for traps that the server accepts, too; a rule that is not named keeps its own level. */
  readonly lint?: LintLevels;
}

/** Reads the cluster and plans. Writes nothing. `plan.diagnostics` holds refusals: such a plan cannot be applied. */
export async function plan(
  cluster: Cluster,
  resources: readonly Resource[],
  options: PlanOptions,
): Promise<PreparedPlan> {
  const { stack, removals, targets = [], excludes = [], lint: levels } = options;
  const snapshot = await readSnapshot(scrubbed(cluster, resources), stack, resources, {
    remove: removals !== undefined,
  });
  const whole = makePlan(resources, snapshot, options);
  const known = [...resources, ...whole.changes].map(({ address }) => address);
  const ground = { resources, records: snapshot.records };
  const part = selectChanges(whole, { targets, excludes }, [...new Set(known)], ground);
  const capped = removals === undefined ? [] : tooMany(part.changes, removals);
  const version = whole.cluster.version;
  const tooNew = tooNewFor(
    version,
    part.changes.map(({ resource }) => resource),
  );
  const traps = levels === undefined ? [] : await lintAgainst(cluster, version, resources, levels);
  return { plan: { ...part, diagnostics: [...part.diagnostics, ...tooNew, ...capped, ...traps] }, snapshot };
}

/** Carries a plan out. Throws when the plan holds refusals; failures of single changes are outcomes. */
export async function apply(
  cluster: Cluster,
  prepared: PreparedPlan,
  options: ApplyOptions,
): Promise<ApplyReport> {
  refuseIfRefused(prepared.plan);
  const { plan: made, snapshot } = prepared;
  const resources = [...made.changes.map(({ resource }) => resource), ...made.verifications];
  return applyPlan(scrubbed(cluster, resources), made, snapshot, options);
}

/** Nothing is changed while any resource is refused. */
export function refuseIfRefused(made: Plan): void {
  if (!hasErrors(made.diagnostics)) return;
  throw new RerankctlError('refused', 'RCTL_REFUSED', 'Refused: nothing was changed.', {
    diagnostics: made.diagnostics.filter(({ severity }) => severity === 'error'),
  });
}
