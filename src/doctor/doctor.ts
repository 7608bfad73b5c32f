import { asDiagnostic, RerankctlError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import type { Plan } from '../core/plan.ts';
import type { Resource } from '../core/resource.ts';
import { plan } from '../engine/provision.ts';
import { readState } from '../engine/state/read.ts';
import { KINDS } from '../kinds/registry.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { readNodeFacts } from '../opensearch/nodes.ts';
import { CLUSTER_CHECKS, type ClusterFacts } from './cluster-checks.ts';

/** Answers that mean "you may not ask" or "not on this service". */
const NOT_TOLD = [400, 401, 403, 404, 405, 408];

/**
 * Looks at a cluster before anything is changed: can it carry these resources, or, without any, can it be provisioned at
 * all? Sends no write. A cluster that cannot be reached, or does not let us in, is the one finding then, and its cause.
 */
export async function examine(
  cluster: Cluster,
  resources: readonly Resource[],
  options: { readonly stack: string },
): Promise<readonly Finding[]> {
  try {
    await cluster.identity();
  } catch (error) {
    return [failed('reachable', error)];
  }
  const [facts, planned, lock] = await Promise.all([
    readFacts(cluster),
    resources.length === 0 ? undefined : planOf(cluster, resources, options.stack),
    lockOf(cluster, options.stack),
  ]);
  const coming = planned === undefined || 'check' in planned ? resources : toBeMade(planned, resources);
  const kinds = await Promise.all(
    KINDS.map(
      ({ name, examine: look }) =>
        look?.({ cluster, ...facts, coming: coming.filter(({ kind }) => kind === name) }) ?? [],
    ),
  );
  return [
    ...CLUSTER_CHECKS.flatMap((check) => check(facts, resources)),
    ...kinds.flat(),
    ...lock,
    ...(planned === undefined ? [] : 'check' in planned ? [planned] : ofPlan(planned)),
  ];
}

async function readFacts(cluster: Cluster): Promise<ClusterFacts> {
  const read = async (path: string): Promise<unknown> => {
    const { status, body } = await cluster.request({ method: 'GET', path, accept: NOT_TOLD });
    return status === 200 ? body : undefined;
  };
  const [identity, capabilities, nodes, health, account] = await Promise.all([
    cluster.identity(),
    cluster.capabilities(),
    readNodeFacts(cluster),
    read('/_cluster/health'),
    read('/_plugins/_security/authinfo'),
  ]);
  return { identity, capabilities, nodes, health, account };
}

async function planOf(
  cluster: Cluster,
  resources: readonly Resource[],
  stack: string,
): Promise<Plan | Finding> {
  try {
    return (await plan(cluster, resources, { stack })).plan;
  } catch (error) {
    return failed('plan', error);
  }
}

/** What an apply would make, and what it would have to make if it were not refused. */
function toBeMade({ changes, diagnostics }: Plan, resources: readonly Resource[]): readonly Resource[] {
  const made = changes.filter(({ action }) => action === 'create' || action === 'replace');
  const addresses = new Set([...made, ...diagnostics].map(({ address }) => address));
  return resources.filter(({ address }) => addresses.has(address));
}

/** What plan would refuse, at its place in the manifests. */
function ofPlan({ diagnostics, changes }: Plan): Finding[] {
  const refused = diagnostics.filter(({ severity }) => severity !== 'note');
  if (!refused.some(({ severity }) => severity === 'error')) {
    const pending = changes.filter(({ action }) => action !== 'none').length;
    const message = `plan refuses nothing: ${pending} of ${changes.length} resources would be changed.`;
    return [...refused.map(ofDiagnostic), { check: 'plan', level: 'ok', message }];
  }
  return refused.map(ofDiagnostic);
}

function ofDiagnostic(diagnostic: Plan['diagnostics'][number]): Finding {
  const { severity, message, remedy } = diagnostic;
  return { check: 'plan', level: severity, message, ...(remedy === undefined ? {} : { remedy }), diagnostic };
}

async function lockOf(cluster: Cluster, stack: string): Promise<Finding[]> {
  try {
    const { lock } = await readState(cluster, stack);
    const holder = lock?.record.holder;
    if (holder === undefined) return [];
    const message = `Stack ${stack} is held by ${holder.user} on ${holder.host} (process ${holder.pid}) since ${holder.since}: ${holder.command}.`;
    const remedy = `Wait for it. If it is dead, the next apply takes over by itself after a while, or: rerankctl state unlock --stack ${stack}`;
    return [{ check: 'lock', level: 'note', message, remedy }];
  } catch (error) {
    return [failed('state', error)];
  }
}

/** A failure of the server or the connection is a finding; a bug is not. */
function failed(check: string, error: unknown): Finding {
  if (!(error instanceof RerankctlError)) throw error;
  const diagnostic = asDiagnostic(error);
  const { message, remedy } = diagnostic;
  return { check, level: 'error', message, ...(remedy === undefined ? {} : { remedy }), diagnostic };
}
