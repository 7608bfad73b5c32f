import { ServerError } from '../../core/errors.ts';
import { dig, numberAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { type Hit, searchAll } from '../../opensearch/paging.ts';
import { isPending, ORPHANED, type Task, taskOf } from './task.ts';

/** Asked this rarely: a task that ends by itself mostly does so before the first look. */
const FIRST_LOOK_MS = 1_000;
const LOOK_EVERY_MS = 3_000;
/** A node that is cut off for a moment goes on working, and comes back. */
const ABSENT_FOR_MS = 30_000;

/** Knows better than a task's own document how it stands: the state that it ought to have; `undefined` to believe it. */
export interface TaskWatch {
  verdict(task: Task): Promise<string | undefined>;
}

/**
 * Watches a task for the death of who works at it. What a task has still to do is known to the memory of its nodes
 * alone: once all of them were restarted or have left, it stays CREATED or RUNNING for ever (2.19.1, 3.6.0).
 */
export class OrphanWatch implements TaskWatch {
  readonly #cluster: Cluster;
  #nextLook = performance.now() + FIRST_LOOK_MS;
  #absentSince: number | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** `ORPHANED` when nobody can end it any more. Asks the cluster now and then only. */
  async verdict(task: Task): Promise<string | undefined> {
    const now = performance.now();
    if (now < this.#nextLook || !isPending(task)) return undefined;
    this.#nextLook = now + LOOK_EVERY_MS;
    const lost = await workersLost(this.#cluster, task);
    if (lost !== 'absent') this.#absentSince = undefined;
    else this.#absentSince ??= now;
    const absent = this.#absentSince !== undefined && now - this.#absentSince >= ABSENT_FOR_MS;
    return lost === 'restarted' || absent ? ORPHANED : undefined;
  }
}

/** `undefined`: one of them has been there since before the task, or it cannot be told. */
async function workersLost(cluster: Cluster, task: Task): Promise<'restarted' | 'absent' | undefined> {
  const { workers, touched } = task;
  if (workers.length === 0 || touched === undefined) return undefined;
  const { status, body } = await cluster.request({
    method: 'GET',
    path: `/_nodes/${workers.map(encodeURIComponent).join(',')}/jvm`,
    query: { filter_path: 'nodes.*.jvm.start_time_in_millis' },
    accept: [400, 403, 404],
  });
  if (status !== 200) return undefined;
  const started = workers.map((node) => numberAt(dig(body, 'nodes', node), 'jvm', 'start_time_in_millis'));
  if (started.some((at) => at !== undefined && at <= touched)) return undefined;
  return started.includes(undefined) ? 'absent' : 'restarted';
}

/**
 * Does any registration run that could be the one of a model which is REGISTERING? Its task does not name the model
 * before it is COMPLETED. `true` also where this user may not ask.
 */
export async function mayBeRegistering(cluster: Cluster): Promise<boolean> {
  const query = {
    bool: {
      filter: [{ term: { task_type: 'REGISTER_MODEL' } }, { terms: { state: ['CREATED', 'RUNNING'] } }],
    },
  };
  const hits = await searchTasks(cluster, query);
  if (hits === undefined) return true;
  const lost = await Promise.all(hits.map(({ _source }) => workersLost(cluster, taskOf(_source))));
  return lost.some((each) => each !== 'restarted');
}

/** Tasks, as far as a search sees them; `undefined` where this user may not ask. */
export async function searchTasks(cluster: Cluster, query: object): Promise<Hit[] | undefined> {
  try {
    return await searchAll(cluster, '/_plugins/_ml/tasks/_search', query);
  } catch (error) {
    if (error instanceof ServerError && error.status === 403) return undefined;
    throw error;
  }
}

/** Removes a task that will never end. A task that is RUNNING cannot be deleted (400), and is left as it is. */
export async function deleteTask(cluster: Cluster, id: string): Promise<void> {
  await cluster.request({
    method: 'DELETE',
    path: `/_plugins/_ml/tasks/${encodeURIComponent(id)}`,
    accept: [400, 403, 404, 500],
  });
}
