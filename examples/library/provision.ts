/**
 * Provisions a folder of manifests and measures what reranking does, with rerankctl as a library:
 *
 *     node provision.js manifests/by-field-tutorial http://127.0.0.1:9200 my-stack
 */
import {
  apply,
  checkResources,
  connect,
  hasErrors,
  loadManifests,
  overallVerdict,
  pendingChanges,
  plan,
  RerankctlError,
  resolveByName,
  verify,
} from 'rerankctl';

const [folder = 'manifests', url = 'http://127.0.0.1:9200', stack = 'default'] = process.argv.slice(2);

// Everything that is wrong with the manifests, at once, each with its place. No network so far.
const loaded = await loadManifests([folder], { cwd: process.cwd(), env: process.env, vars: {} });
const diagnostics = [...loaded.diagnostics, ...(await checkResources(loaded.resources))];
for (const { severity, code, message, location } of diagnostics) {
  console.error(`${location?.file ?? '-'}:${location?.line ?? 0}: ${severity} ${code}: ${message}`);
}
if (hasErrors(diagnostics)) process.exit(3);

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort(new Error('interrupted')));

const cluster = connect({ url }, { signal: interrupt.signal });
try {
  const prepared = await plan(cluster, loaded.resources, { stack });
  for (const { address, action } of pendingChanges(prepared.plan)) console.log(`${action} ${address}`);

  const report = await apply(cluster, prepared, {
    listener: (event) => {
      if (event.type === 'step.started') console.error(`${event.address}: ${event.step} …`);
    },
    signal: interrupt.signal,
    parallelism: 10,
    waitMs: 600_000,
    command: 'examples/library/provision',
  });
  const undone = report.outcomes.filter(({ result }) => result !== 'done');
  for (const { address, result } of undone) console.error(`${address}: ${result}`);
  if (undone.length > 0 || hasErrors(report.diagnostics)) process.exit(5);

  const verifications = loaded.resources
    .filter(({ kind }) => kind === 'Verification')
    .map((resource) => ({ resource, spec: resolveByName(resource) }));
  const reports = await verify(cluster, verifications, { signal: interrupt.signal });
  for (const { address, verdict } of reports) console.log(`${address}: ${verdict}`);
  process.exitCode = overallVerdict(reports) === 'pass' ? 0 : 6;
} catch (error) {
  if (!(error instanceof RerankctlError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await cluster.close();
}
