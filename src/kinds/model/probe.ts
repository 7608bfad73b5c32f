import { RerankctlError, ServerError } from '../../core/errors.ts';
import { listAt, numberAt, textAt } from '../../core/json.ts';
import { poll } from '../../opensearch/poll.ts';
import type { StepContext } from '../kind.ts';
import { modelFailure } from './failures.ts';
import { getModel } from './live.ts';
import { askableAs } from './remote.ts';

const READY_WITHIN_MS = 30_000;
const QUERY = 'What is the capital of the United States?';
const PASSAGES = ['Washington, D.C. is the capital of the United States.'];
/** Two, so that a connector which answers for one passage only is found out. */
const REMOTE_PASSAGES = [...PASSAGES, 'Carson City is the capital of "Nevada".'];

/** The predict body for each kind of local model that can be asked without knowing its connector. */
const PROBES: Readonly<Record<string, { path: string; body: object }>> = {
  TEXT_SIMILARITY: { path: 'text_similarity', body: { query_text: QUERY, text_docs: PASSAGES } },
  TEXT_EMBEDDING: {
    path: 'text_embedding',
    body: { text_docs: PASSAGES, target_response: ['sentence_embedding'] },
  },
  SPARSE_ENCODING: { path: 'sparse_encoding', body: { text_docs: PASSAGES } },
};

/**
 * One real predict. DEPLOYED is no proof: a TEXT_SIMILARITY model with the wrong signature, input type or output
 * deploys without complaint and fails at its first search (2.19 to 3.8, there is no warm-up).
 */
export async function probe(context: StepContext, id: string, algorithm: string | undefined): Promise<void> {
  if (algorithm === 'REMOTE') return probeRemote(context, id);
  const asked = PROBES[algorithm ?? ''];
  if (asked === undefined) return;
  const answer = await predict(context, id, asked);
  if (algorithm !== 'TEXT_SIMILARITY') return;
  const results = listAt(answer, 'inference_results').length;
  // More than one tensor for a pair, and the rerank processor counts more scores than hits.
  const tensors = listAt(answer, 'inference_results', 0, 'output').length;
  const score = numberAt(answer, 'inference_results', 0, 'output', 0, 'data', 0);
  if (results !== 1 || tensors !== 1 || !Number.isFinite(score)) {
    const found = `${results} results of ${tensors} tensors, with the score ${score ?? 'missing'}`;
    throw useless(id, `for one pair of query and passage it gave ${found}`);
  }
}

/**
 * A remote model is asked through its connector, where that can make a request of a question, and scores of what the
 * service answers. Its tensors come in one list, in the order of the passages (2.19.1, 3.6.0).
 */
async function probeRemote(context: StepContext, id: string): Promise<void> {
  const kind = askableAs(await connectorOf(context, id));
  const asked = PROBES[kind ?? ''];
  if (kind === undefined || asked === undefined) {
    context.progress('probe', 'left out: the connector has no functions that make a request and scores');
    return;
  }
  const body = kind === 'TEXT_SIMILARITY' ? { query_text: QUERY, text_docs: REMOTE_PASSAGES } : asked.body;
  const answer = await predict(context, id, { ...asked, body });
  if (kind !== 'TEXT_SIMILARITY') return;
  const tensors = listAt(answer, 'inference_results').flatMap((result) => listAt(result, 'output'));
  const scores = tensors.map((tensor) => numberAt(tensor, 'data', 0));
  if (scores.length !== REMOTE_PASSAGES.length || !scores.every(Number.isFinite)) {
    const found = `${scores.length} scores (${scores.map((score) => score ?? 'missing').join(', ')})`;
    throw useless(id, `for ${REMOTE_PASSAGES.length} passages it gave ${found}`, undefined, REMOTE_REMEDY);
  }
}

const REMOTE_REMEDY =
  'post_process_function makes one tensor named similarity, of shape [1], for each passage, in their order. Nothing that searches use was changed.';

/** The connector of a model, which may be a part of it. */
async function connectorOf({ cluster }: StepContext, id: string): Promise<unknown> {
  const model = await getModel(cluster, id);
  const connector = textAt(model?.body, 'connector_id');
  if (connector === undefined) return model?.body.connector;
  const path = `/_plugins/_ml/connectors/${encodeURIComponent(connector)}`;
  const { status, body } = await cluster.request({ method: 'GET', path, accept: [403, 404] });
  return status === 200 ? body : undefined;
}

/**
 * A node may take its model a moment after the deployment's task is COMPLETED: until then a predict is answered with
 * 400 `Model not ready yet`. That is waited for; anything else counts at once.
 */
async function predict(
  context: StepContext,
  id: string,
  asked: { path: string; body: object },
): Promise<unknown> {
  const what = 'the model to answer';
  const last = await poll({
    what,
    read: async () => {
      try {
        const path = `/_plugins/_ml/_predict/${asked.path}/${encodeURIComponent(id)}`;
        const { body } = await context.cluster.request({
          method: 'POST',
          path,
          body: asked.body,
          repeatable: true,
        });
        return { body };
      } catch (error) {
        // That this user may not ask says nothing about the model.
        if (error instanceof ServerError && error.code !== 'RCTL_FORBIDDEN') return { error };
        throw error;
      }
    },
    done: ({ error }) => error === undefined || !/Model not ready yet/i.test(error.reason),
    describe: () => 'not ready yet',
    signal: context.signal,
    deadlineMs: Math.min(READY_WITHIN_MS, context.waitMs),
    onPoll: (state, sinceMs, deadlineMs) => context.polled(what, state, sinceMs, deadlineMs),
  });
  if (last.error === undefined) return last.body;
  const { error } = last;
  const why = `a predict request failed: ${error.reason || error.message}`;
  throw useless(id, why, modelFailure('probe', error.reason, error));
}

const LOCAL_REMEDY =
  'A cross-encoder takes (input_ids, attention_mask, token_type_ids), each int64 of shape [1, L], and gives one finite logit for each pair. Nothing that searches use was changed.';

function useless(
  id: string,
  why: string,
  cause?: RerankctlError,
  remedy: string = LOCAL_REMEDY,
): RerankctlError {
  const known = cause !== undefined && cause.code !== 'RCTL_MODEL_TASK_FAILED';
  return new RerankctlError(
    'server',
    known ? cause.code : 'RCTL_MODEL_PROBE_FAILED',
    `Model ${id} is deployed but cannot rerank: ${why}.`,
    {
      remedy: known ? cause.remedy : remedy,
      cause,
    },
  );
}
