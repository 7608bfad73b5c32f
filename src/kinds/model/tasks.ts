import { RerankctlError } from '../../core/errors.ts';
import { textAt } from '../../core/json.ts';
import { poll } from '../../opensearch/poll.ts';
import type { StepContext } from '../kind.ts';
import { getModel, type LiveModel } from './live.ts';

export interface Task {
  readonly state: string;
  readonly modelId: string | undefined;
  readonly error: string | undefined;
}

const ENDED = new Set(['COMPLETED', 'COMPLETED_WITH_ERROR', 'FAILED', 'CANCELLED', 'EXPIRED', 'UNREACHABLE']);

export function hasEnded(task: Task): boolean {
  return ENDED.has(task.state);
}

/** `GONE` when the server does not know the task any more (404 `Failed to find task`). */
export async function getTask(context: Pick<StepContext, 'cluster'>, id: string): Promise<Task> {
  const { status, body } = await context.cluster.request({
    method: 'GET',
    path: `/_plugins/_ml/tasks/${encodeURIComponent(id)}`,
    accept: [404],
  });
  if (status === 404) return { state: 'GONE', modelId: undefined, error: undefined };
  return {
    state: textAt(body, 'state') ?? 'UNKNOWN',
    modelId: textAt(body, 'model_id'),
    error: textAt(body, 'error'),
  };
}

/** Waits until an ML task has ended, well or badly, or is not known any more. */
export async function awaitTask(context: StepContext, id: string, what: string): Promise<Task> {
  return poll({
    what,
    read: () => getTask(context, id),
    done: (task) => hasEnded(task) || task.state === 'GONE',
    describe: (task) => task.state,
    signal: context.signal,
    deadlineMs: context.waitMs,
    onPoll: (state, sinceMs) => context.polled(what, state, sinceMs),
  });
}

export async function awaitModel(
  context: Pick<StepContext, 'cluster' | 'signal' | 'waitMs' | 'polled'>,
  id: string,
  what: string,
  done: (model: LiveModel) => boolean,
): Promise<LiveModel> {
  const model = await poll({
    what,
    read: () => getModel(context.cluster, id),
    done: (found) => found === undefined || done(found),
    describe: (found) => found?.state ?? 'gone',
    signal: context.signal,
    deadlineMs: context.waitMs,
    onPoll: (state, sinceMs) => context.polled(what, state, sinceMs),
  });
  if (model === undefined) {
    throw new RerankctlError(
      'server',
      'RCTL_MODEL_GONE',
      `Model ${id} was deleted while it was waited for.`,
      {
        remedy: 'Apply again: it will be registered anew.',
      },
    );
  }
  return model;
}
