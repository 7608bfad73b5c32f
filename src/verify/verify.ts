import { asDiagnostic, RerankctlError } from '../core/errors.ts';
import type { Listener } from '../core/events.ts';
import { isObject, type JsonObject, listAt, textAt } from '../core/json.ts';
import type { Resource } from '../core/resource.ts';
import { compareVersions } from '../opensearch/capabilities.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { type Answered, type Search, searchReranked, searchUnreranked } from './arms.ts';
import { compareArms } from './compare.ts';
import { judgeExpectations } from './expect.ts';
import { fieldsOf, type Pipeline, readPipeline } from './pipeline.ts';
import { proveReranked, refusalOf, unproven } from './proof.ts';
import { type Proof, type QueryReport, type Verdict, type VerificationReport, worstOf } from './report.ts';
import type { Step } from './trace.ts';

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
  readonly listener?: Listener | undefined;
}

/** A `Verification`, and its spec with everything resolved: names in the place of references. */
export interface VerificationToRun {
  readonly resource: Pick<Resource, 'address'>;
  readonly spec: JsonObject;
}

interface Run extends VerificationToRun {
  readonly cluster: Cluster;
  readonly options: VerifyOptions;
  readonly index: string;
  readonly name: string;
  readonly pipeline: Pipeline;
  readonly resolvesPaths: boolean;
}

interface Query {
  readonly id: string;
  readonly queryText: string;
  readonly body: JsonObject;
  readonly expected: JsonObject;
}

/**
 * Runs every query with the reranker and without, one after the other so that the times mean something. A query that
 * cannot be answered is a verdict of its own and stops no other; only an interruption, and a cluster that does not
 * even tell its pipelines, throw.
 */
export async function verify(
  cluster: Cluster,
  verifications: readonly VerificationToRun[],
  options: VerifyOptions = {},
): Promise<VerificationReport[]> {
  if (verifications.length === 0) return [];
  const { version } = await cluster.identity();
  const resolvesPaths = compareVersions(version, '3.6.0') >= 0;
  const pipelines = new Map<string, Pipeline>();
  const reports: VerificationReport[] = [];
  for (const { resource, spec } of verifications) {
    const index = textAt(spec, 'index') ?? '';
    const name = textAt(spec, 'search_pipeline') ?? '';
    const pipeline = pipelines.get(name) ?? (await readPipeline(cluster, name, options.signal));
    pipelines.set(name, pipeline);
    const run = { cluster, options, resource, spec, index, name, pipeline, resolvesPaths };
    const queries: QueryReport[] = [];
    for (const query of queriesOf(spec)) queries.push(await timed(run, query));
    const verdict = worstOf(queries.map((query) => query.verdict));
    reports.push({ address: resource.address, index, searchPipeline: name, verdict, queries });
  }
  return reports;
}

function queriesOf(spec: JsonObject): Query[] {
  return listAt(spec, 'queries').map((query, i) => ({
    id: textAt(query, 'id') ?? `q${i + 1}`,
    queryText: textAt(query, 'query_text') ?? '',
    body: objectAt(query, 'body'),
    expected: objectAt(query, 'expect'),
  }));
}

function objectAt(value: unknown, key: string): JsonObject {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? (found as JsonObject) : {};
}

async function timed(run: Run, query: Query): Promise<QueryReport> {
  const { resource, options } = run;
  const step = { address: resource.address, step: `query ${query.id}` };
  options.listener?.({ type: 'step.started', ...step });
  const started = performance.now();
  const report = await verifyQuery(run, query);
  options.listener?.({ type: 'step.done', ...step, tookMs: Math.round(performance.now() - started) });
  return report;
}

async function verifyQuery(run: Run, query: Query): Promise<QueryReport> {
  const { cluster, index, name, pipeline, options } = run;
  const search: Search = { cluster, index, body: query.body, signal: options.signal };
  const unreranked = await answerOr(() => searchUnreranked(search));
  if (unreranked instanceof RerankctlError) return reportOf(run, query, { error: unreranked });
  const reranked = await answerOr(() => searchReranked(search, name, query.queryText));
  if (reranked instanceof RerankctlError) {
    const refusal = refusalOf(reranked, name, fieldsOf(pipeline));
    return reportOf(
      run,
      query,
      refusal === undefined ? { unreranked, error: reranked } : { unreranked, proof: refusal },
    );
  }
  return reportOf(run, query, { unreranked, ...reranked });
}

/** The answer, or the failure to get one. An interruption is neither: it ends the run. */
async function answerOr<T>(request: () => Promise<T>): Promise<T | RerankctlError> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof RerankctlError && error.failure !== 'interrupted') return error;
    throw error;
  }
}

interface Found {
  readonly unreranked?: Answered;
  readonly answered?: Answered;
  readonly trace?: readonly Step[];
  readonly proof?: Proof;
  readonly error?: RerankctlError;
}

function reportOf(run: Run, query: Query, found: Found): QueryReport {
  const { unreranked, answered, trace = [], error } = found;
  const before = unreranked?.hits ?? [];
  const after = answered?.hits ?? [];
  const proof = found.proof ?? (answered === undefined ? unproven(fieldsOf(run.pipeline)) : prove());
  function prove(): Proof {
    return proveReranked({ ...run, trace, unreranked: before, reranked: after });
  }
  const compared = compareArms(before, after, shownFields(run.spec, proof));
  const expectations = answered === undefined ? [] : judgeExpectations(query.expected, after);
  const met = proof.ran && expectations.every(({ pass }) => pass);
  const verdict: Verdict = error !== undefined ? 'error' : met ? 'pass' : 'fail';
  return {
    id: query.id,
    queryText: query.queryText,
    verdict,
    window: Math.max(before.length, after.length),
    unreranked: unreranked === undefined ? null : { ...timesOf(unreranked), hits: compared.unreranked },
    reranked: answered === undefined ? null : { ...timesOf(answered), hits: compared.reranked },
    proof,
    expectations,
    ...(error === undefined ? {} : { error: asDiagnostic(error, run.resource.address) }),
  };
}

function timesOf({ tookMs, elapsedMs }: Answered): Pick<Answered, 'tookMs' | 'elapsedMs'> {
  return { tookMs, elapsedMs };
}

/** What stands for a document in the report: the fields of the manifest, else those that the model reads. */
function shownFields(spec: JsonObject, proof: Proof): readonly string[] {
  const named = listAt(spec, 'fields').filter((field) => typeof field === 'string');
  return named.length > 0 ? named : (proof.fields ?? []);
}
