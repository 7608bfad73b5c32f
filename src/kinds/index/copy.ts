import { RerankctlError } from '../../core/errors.ts';
import { grouped } from '../../core/grouped.ts';
import { dig, isObject, listAt, numberAt, textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { poll } from '../../opensearch/poll.ts';
import type { StepContext } from '../kind.ts';

/**
 * An index whose default search pipeline reranks cannot be the source of a `_reindex`: it searches without a query, and
 * the processor fails (500 `null_pointer_exception`). `search_pipeline: "_none"` in `source` is not heeded, and as a
 * query parameter it is refused; an empty temporary pipeline in `source` is taken. With `slices` it is lost again on
 * the way to the slices, so a copy is not sliced (all seen on 2.19.1 and 3.6.0).
 */
const NO_PIPELINE = { request_processors: [] };

const REINDEX = 'indices:data/write/reindex';
const REFUSALS_SHOWN = 5;

export interface Copying {
  readonly from: string;
  /** An alias: see `fillingAlias`. */
  readonly to: string;
  /** Only what was written after this sequence number. */
  readonly above?: number;
  /**
   * `external` keeps the versions of documents. `internal` writes over whatever is there: a document that was deleted
   * and, a minute later, made again starts with version 1, below that of its copy.
   */
  readonly versions: 'external' | 'external_gte' | 'internal';
}

/** Copies, and waits for it. Resolves with the number of documents that were not written for their version. */
export async function copy(
  context: StepContext,
  step: string,
  { from, to, above, versions }: Copying,
  journal: (task: string) => Promise<void>,
): Promise<number> {
  const { cluster } = context;
  const query = above === undefined ? {} : { query: { range: { _seq_no: { gt: above } } } };
  const { body } = await cluster.request({
    method: 'POST',
    path: '/_reindex',
    query: { wait_for_completion: false, require_alias: true },
    body: {
      conflicts: 'proceed',
      source: { index: from, search_pipeline: NO_PIPELINE, ...query },
      dest: { index: to, version_type: versions },
    },
  });
  const task = textAt(body, 'task') ?? '';
  await journal(task);
  const ended = await awaitTask(context, step, task);
  complain(from, to, ended);
  return numberAt(ended, 'response', 'version_conflicts') ?? 0;
}

/** As long as it gets on: `waitMs` bounds how long it may stand still, not how long all of it takes. */
async function awaitTask(context: StepContext, step: string, task: string): Promise<unknown> {
  const { cluster, signal, waitMs } = context;
  const path = `/_tasks/${encodeURIComponent(task)}`;
  let last = '';
  for (;;) {
    const seen = last;
    const { status, body } = await poll({
      what: 'the documents to be copied',
      read: () => cluster.request({ method: 'GET', path, accept: [404] }),
      done: ({ status: code, body: found }) =>
        code === 404 || dig(found, 'completed') === true || progressOf(found) !== seen,
      describe: ({ body: found }) => progressOf(found),
      signal,
      deadlineMs: waitMs,
    });
    if (status === 404) {
      throw new RerankctlError(
        'server',
        'RCTL_ROLLOUT_COPY_LOST',
        `The copying (task ${task}) ended with the node that was at it.`,
        {
          remedy: 'Apply again: what was copied so far is thrown away, and searches go on in the old index.',
        },
      );
    }
    if (dig(body, 'completed') === true) return body;
    last = progressOf(body);
    context.progress(step, last);
  }
}

function progressOf(task: unknown): string {
  const done =
    (numberAt(task, 'task', 'status', 'created') ?? 0) + (numberAt(task, 'task', 'status', 'updated') ?? 0);
  return `${grouped(done)} of ${grouped(numberAt(task, 'task', 'status', 'total') ?? 0)} documents`;
}

/** `completed` is said of a task that failed, too: of all of it (`error`), or of some documents (`failures`). */
function complain(from: string, to: string, task: unknown): void {
  const failures = listAt(task, 'response', 'failures');
  const whole = dig(task, 'error');
  const cancelled = textAt(task, 'response', 'canceled');
  if (failures.length === 0 && whole === undefined && cancelled === undefined) return;
  const said = failures
    .slice(0, REFUSALS_SHOWN)
    .map(
      (failure) =>
        `${textAt(failure, 'id') ?? 'a shard'}: ${reasonOf(dig(failure, 'cause') ?? dig(failure, 'reason'))}`,
    );
  const message =
    said.length > 0
      ? `The new index does not take the documents as they are: ${said.join('; ')}`
      : `The documents of ${from} could not be copied to ${to}: ${cancelled ?? reasonOf(whole)}`;
  throw new RerankctlError('server', 'RCTL_ROLLOUT_COPY_FAILED', message, {
    remedy:
      'Mend these documents or the mapping of the index, and apply again. Searches go on in the old index.',
  });
}

function reasonOf(cause: unknown): string {
  const deepest = dig(cause, 'caused_by');
  const reason = textAt(cause, 'reason') ?? textAt(cause, 'type') ?? 'no reason given';
  return isObject(deepest) ? `${reason} (${reasonOf(deepest)})` : reason;
}

/** Ends every copying to an alias. */
export async function stopCopies(cluster: Cluster, to: string): Promise<void> {
  const { body } = await cluster.request({
    method: 'GET',
    path: '/_tasks',
    query: { actions: REINDEX, detailed: true },
  });
  const nodes = dig(body, 'nodes');
  for (const node of Object.values(isObject(nodes) ? nodes : {})) {
    const tasks = dig(node, 'tasks');
    for (const [id, task] of Object.entries(isObject(tasks) ? tasks : {})) {
      if (textAt(task, 'description')?.endsWith(` to [${to}]`) !== true) continue;
      await cluster.request({
        method: 'POST',
        path: `/_tasks/${encodeURIComponent(id)}/_cancel`,
        query: { wait_for_completion: true },
        accept: [404],
        repeatable: true,
      });
    }
  }
}

/** By shard, the sequence number up to which all copies of it have everything: what comes later is above. */
export type Checkpoints = Readonly<Record<string, number>>;

interface ShardNumbers {
  readonly checkpoint: number;
  readonly highest: number;
}

async function shardNumbers(cluster: Cluster, index: string): Promise<Map<string, ShardNumbers>> {
  const { body } = await cluster.request({
    method: 'GET',
    path: `/${encodeURIComponent(index)}/_stats/docs`,
    query: { level: 'shards', filter_path: 'indices.*.shards.*.seq_no,indices.*.shards.*.routing.primary' },
  });
  const shards = dig(body, 'indices', index, 'shards');
  const found = new Map<string, ShardNumbers>();
  for (const [shard, copies] of Object.entries(isObject(shards) ? shards : {})) {
    const primary = (Array.isArray(copies) ? copies : []).find(
      (each) => dig(each, 'routing', 'primary') === true,
    );
    const checkpoint = numberAt(primary, 'seq_no', 'global_checkpoint');
    const highest = numberAt(primary, 'seq_no', 'max_seq_no');
    if (checkpoint !== undefined && highest !== undefined) found.set(shard, { checkpoint, highest });
  }
  return found;
}

/** To be read before a copying begins, and followed by a refresh: all up to here is then copied. */
export async function readCheckpoints(cluster: Cluster, index: string): Promise<Checkpoints> {
  const shards = await shardNumbers(cluster, index);
  return Object.fromEntries([...shards].map(([shard, { checkpoint }]) => [shard, checkpoint]));
}

/**
 * What was written since, as one sequence number above which all of it is; `undefined` for nothing. Each shard counts for
 * itself, so the lowest of those in which anything happened counts, and a few are copied twice.
 */
export async function changedSince(
  cluster: Cluster,
  index: string,
  since: Checkpoints,
): Promise<number | undefined> {
  const changed = [...(await shardNumbers(cluster, index))].flatMap(([shard, { highest }]) => {
    const before = since[shard] ?? -1;
    return highest > before ? [before] : [];
  });
  return changed.length === 0 ? undefined : Math.min(...changed);
}

export async function refresh(cluster: Cluster, index: string): Promise<void> {
  await cluster.request({
    method: 'POST',
    path: `/${encodeURIComponent(index)}/_refresh`,
    repeatable: true,
  });
}

/** Not `_count`: it runs the default search pipeline, and nothing switches that off (2.19.1, 3.6.0). */
export async function countDocuments(cluster: Cluster, index: string): Promise<number> {
  const { body } = await cluster.request({
    method: 'POST',
    path: `/${encodeURIComponent(index)}/_search`,
    query: { search_pipeline: '_none', preference: '_primary' },
    body: { size: 0, track_total_hits: true },
    repeatable: true,
  });
  const found = numberAt(body, 'hits', 'total', 'value');
  const failed = numberAt(body, '_shards', 'failed') ?? 0;
  if (found === undefined || failed > 0 || dig(body, 'timed_out') === true) {
    throw new RerankctlError(
      'server',
      'RCTL_SEARCH_PARTIAL',
      `Only a part of ${index} can be read: shards are missing.`,
      {
        remedy: 'See `GET /_cat/shards?v&h=index,shard,state,unassigned.reason`, and try again.',
      },
    );
  }
  return found;
}
