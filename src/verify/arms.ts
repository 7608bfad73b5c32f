import { RerankctlError } from '../core/errors.ts';
import { isObject, type JsonObject, numberAt } from '../core/json.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { type Hit, hitsOf } from './hit.ts';
import { type Step, traceOf } from './trace.ts';

export interface Answered {
  readonly tookMs: number;
  readonly elapsedMs: number;
  readonly hits: readonly Hit[];
}

export interface Traced {
  readonly answered: Answered;
  readonly trace: readonly Step[];
}

export interface Search {
  readonly cluster: Cluster;
  readonly index: string;
  readonly body: JsonObject;
  /** Where the same copy of a shard answers every time: its ties and its statistics are then the same. */
  readonly preference: string;
  readonly signal?: AbortSignal | undefined;
}

/** The trace repeats each document twice for each processor; IDs and scores are enough. */
const KEPT = [
  'took,timed_out,_shards,hits,error,status',
  ...['processor_name', 'status', 'error', 'duration_millis'].map((key) => `processor_results.${key}`),
  ...['_index', '_id', '_score'].map((key) => `processor_results.*_data.${key}`),
].join(',');

/** The search itself: what names a pipeline or asks for reranking is taken out, other extensions stay. */
function plainBody(body: JsonObject): JsonObject {
  const { search_pipeline: _pipeline, ext, ...rest } = body;
  if (!isObject(ext)) return rest;
  const { rerank: _rerank, ...others } = ext as JsonObject;
  return Object.keys(others).length === 0 ? rest : { ...rest, ext: others };
}

function rerankBody(body: JsonObject, queryText: string): JsonObject {
  const plain = plainBody(body);
  const ext = isObject(plain.ext) ? (plain.ext as JsonObject) : {};
  return { ...plain, ext: { ...ext, rerank: { query_context: { query_text: queryText } } } };
}

async function ask(
  search: Search,
  body: JsonObject,
  query: Record<string, string | boolean>,
): Promise<Answered & { readonly answer: unknown }> {
  const started = performance.now();
  const { body: answer } = await search.cluster.request({
    method: 'POST',
    path: `/${encodeURIComponent(search.index)}/_search`,
    query: { ...query, preference: search.preference },
    body,
    repeatable: true,
    signal: search.signal,
  });
  const elapsedMs = Math.round((performance.now() - started) * 10) / 10;
  refusePartial(answer, search.index);
  return { tookMs: numberAt(answer, 'took') ?? 0, elapsedMs, hits: hitsOf(answer), answer };
}

/** Half an answer would be judged as if it were the whole one. */
function refusePartial(answer: unknown, index: string): void {
  const failed = numberAt(answer, '_shards', 'failed') ?? 0;
  const timedOut = isObject(answer) && answer.timed_out === true;
  if (failed === 0 && !timedOut) return;
  throw new RerankctlError(
    'server',
    'RCTL_VERIFY_PARTIAL',
    timedOut
      ? `The search in ${index} ran out of time and returned only what it had found until then.`
      : `${failed} of ${numberAt(answer, '_shards', 'total') ?? failed} shards of ${index} gave no answer.`,
    { remedy: 'Ranks in half an answer mean nothing. Verify again when the index is green.' },
  );
}

/** The pipeline of an arm: by name, by its definition, which lives in the search alone, or `undefined`: none at all. */
export type ArmPipeline = string | JsonObject | undefined;

/**
 * The search through one arm, and the trace of what each processor of the pipeline did. With `verbose_pipeline` the server swallows the failure of a processor and answers
 * 200 with the hits as they were, also without `ignore_failure` (2.19.1, 3.6.0): a failure is then seen in the trace
 * alone.
 */
export async function searchArm(
  search: Search,
  arm: { readonly pipeline: ArmPipeline; readonly queryText: string },
): Promise<Traced> {
  if (arm.pipeline === undefined) {
    const { answer: _answer, ...answered } = await ask(search, plainBody(search.body), {
      search_pipeline: '_none',
    });
    return { answered, trace: [] };
  }
  const body = rerankBody(search.body, arm.queryText);
  const traced = { verbose_pipeline: true, filter_path: KEPT };
  const { answer, ...answered } =
    typeof arm.pipeline === 'string'
      ? await ask(search, body, { ...traced, search_pipeline: arm.pipeline })
      : await ask(search, { ...body, search_pipeline: arm.pipeline }, traced);
  return { answered, trace: traceOf(answer, answered.elapsedMs) };
}
