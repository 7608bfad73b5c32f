/**
 * The library behind the command: load manifests, plan, apply and verify. docs/api.md tells how.
 *
 * ```ts
 * const { resources, diagnostics } = await loadManifests(['manifests'], { cwd, env: process.env, vars: {} });
 * const cluster = connect({ url: 'http://127.0.0.1:9200' });
 * const prepared = await plan(cluster, resources, { stack: 'default' });
 * await apply(cluster, prepared, { listener, signal, parallelism: 10, waitMs: 600_000, command: 'my deployment' });
 * ```
 */
export type { Address } from './core/address.ts';
export { type Diagnostic, hasErrors, type SourceLocation } from './core/diagnostic.ts';
export { type FailureClass, RerankctlError, ServerError } from './core/errors.ts';
export type { Event, Listener } from './core/events.ts';
export type { Action, Change, ClusterIdentity, FieldChange, Outcome, Plan } from './core/plan.ts';
export { pendingChanges } from './core/plan.ts';
export type { Resource } from './core/resource.ts';
export { type Preview, preview, previewWithCanary } from './engine/preview.ts';
export { apply, checkResources, type PlanOptions, type PreparedPlan, plan } from './engine/provision.ts';
export type { ReleaseReport } from './engine/release.ts';
export { resolveByName } from './engine/resolve-by-name.ts';
export type { ApplyOptions, ApplyReport } from './engine/run.ts';
export { type Loaded, type LoadOptions, loadManifests } from './manifest/load.ts';
export type { Cluster, Connection, ConnectOptions } from './opensearch/cluster.ts';
export { connect } from './opensearch/connect.ts';
export { overallVerdict, type VerificationReport } from './verify/report.ts';
export { type VerificationToRun, type VerifyOptions, verify } from './verify/verify.ts';
