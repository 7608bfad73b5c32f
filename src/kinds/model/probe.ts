import { RerankctlError, ServerError } from '../../core/errors.ts';
import { listAt, numberAt } from '../../core/json.ts';
import { poll } from '../../opensearch/poll.ts';
import type { StepContext } from '../kind.ts';
import { modelFailure } from './failures.ts';

const READY_WITHIN_MS = 30_000;
const QUERY = 'What is the capital of the United States?';
const PASSAGES = ['Washington, D.C. is the capital of the United States.'];

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
        if (error instanceof ServerError) return { error };
        throw error;
      }
    },
    done: ({ error }) => error === undefined || !/Model not ready yet/i.test(error.reason),
    describe: () => 'not ready yet',
    signal: context.signal,
    deadlineMs: Math.min(READY_WITHIN_MS, context.waitMs),
    onPoll: (state, sinceMs) => context.polled(what, state, sinceMs),
  });
  if (last.error === undefined) return last.body;
  const { error } = last;
  const why = `a predict request failed: ${error.reason || error.message}`;
  throw useless(id, why, modelFailure('probe', error.reason, error));
}

function useless(id: string, why: string, cause?: RerankctlError): RerankctlError {
  return new RerankctlError(
    'server',
    cause !== undefined && cause.code !== 'RCTL_MODEL_TASK_FAILED' ? cause.code : 'RCTL_MODEL_PROBE_FAILED',
    `Model ${id} is deployed but cannot rerank: ${why}.`,
    {
      remedy:
        'A cross-encoder takes (input_ids, attention_mask, token_type_ids), each int64 of shape [1, L], and gives one finite logit for each pair. Nothing that searches use was changed.',
      cause,
    },
  );
}
