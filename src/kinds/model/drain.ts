import { RerankctlError } from '../../core/errors.ts';
import { dig, isObject } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { poll } from '../../opensearch/poll.ts';
import type { Waiting } from './tasks.ts';

/** A search that takes longer is rather one that reranks nothing. */
const DRAIN_MS = 10_000;

/**
 * Lets the searches end that are under way: they may have found their pipeline before it was pointed at another model, and
 * ask the old one at their end. The server counts a search as running until its response processors are through (seen on
 * 3.6.0). Those that come later need not be waited for.
 */
export async function searchesToEnd(context: Waiting): Promise<void> {
  const { cluster, signal } = context;
  const what = 'searches that are under way to end';
  const before = await runningSearches(cluster);
  if (before.size === 0) return;
  await poll({
    what,
    read: async () => {
      const now = await runningSearches(cluster);
      return [...before].filter((id) => now.has(id)).length;
    },
    done: (left) => left === 0,
    describe: (left) => `${left} left`,
    signal,
    deadlineMs: DRAIN_MS,
    onPoll: (state, sinceMs, deadlineMs) => context.polled(what, state, sinceMs, deadlineMs),
  }).catch((error: unknown) => {
    if (!(error instanceof RerankctlError) || error.code !== 'RCTL_WAIT_TIMEOUT') throw error;
  });
}

/** IDs of the tasks of searches; none where this user may not ask. */
async function runningSearches(cluster: Cluster): Promise<ReadonlySet<string>> {
  const { status, body } = await cluster.request({
    method: 'GET',
    path: '/_tasks',
    query: { actions: 'indices:data/read/search', filter_path: 'nodes.*.tasks.*.action' },
    accept: [403],
  });
  const nodes = status === 200 ? dig(body, 'nodes') : undefined;
  return new Set(
    Object.values(isObject(nodes) ? nodes : {}).flatMap((node) => {
      const tasks = dig(node, 'tasks');
      return Object.keys(isObject(tasks) ? tasks : {});
    }),
  );
}
