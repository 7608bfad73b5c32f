import { RerankctlError } from '../../core/errors.ts';
import { poll } from '../../opensearch/poll.ts';
import type { StepContext } from '../kind.ts';
import { getModel, type LiveModel } from './live.ts';
import { OrphanWatch, type TaskWatch } from './orphans.ts';
import { GONE, isPending, type Task, taskOf } from './task.ts';

export async function getTask(context: Pick<StepContext, 'cluster'>, id: string): Promise<Task> {
  const { status, body } = await context.cluster.request({
    method: 'GET',
    path: `/_plugins/_ml/tasks/${encodeURIComponent(id)}`,
    accept: [404],
  });
  return status === 404 ? { ...taskOf(undefined), state: GONE } : taskOf(body);
}

/** What waiting takes. */
export type Waiting = Pick<StepContext, 'cluster' | 'signal' | 'waitMs' | 'polled'>;

/** Waits until an ML task has ended, well or badly, or never will: it is not known any more, or was orphaned. */
export async function awaitTask(
  context: Waiting,
  id: string,
  what: string,
  watch: TaskWatch = new OrphanWatch(context.cluster),
): Promise<Task> {
  return poll({
    what,
    read: async () => {
      const task = await getTask(context, id);
      return { ...task, state: (await watch.verdict(task)) ?? task.state };
    },
    done: (task) => !isPending(task),
    describe: (task) => task.state,
    signal: context.signal,
    deadlineMs: context.waitMs,
    onPoll: (state, sinceMs, deadlineMs) => context.polled(what, state, sinceMs, deadlineMs),
  });
}

export async function awaitModel(
  context: Waiting,
  id: string,
  what: string,
  done: (model: LiveModel) => boolean | Promise<boolean>,
): Promise<LiveModel> {
  const { model } = await poll({
    what,
    read: async () => {
      const found = await getModel(context.cluster, id);
      return { model: found, ended: found === undefined || (await done(found)) };
    },
    done: ({ ended }) => ended,
    describe: (found) => found.model?.state ?? 'gone',
    signal: context.signal,
    deadlineMs: context.waitMs,
    onPoll: (state, sinceMs, deadlineMs) => context.polled(what, state, sinceMs, deadlineMs),
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
