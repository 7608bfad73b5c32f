import { dig, isObject, numberAt, textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { pause } from '../../opensearch/signals.ts';

/** What the server holds under one name: an index, or those behind an alias. */
export interface LiveIndex {
  readonly uuid: string;
  readonly documents: number;
  /** It is there, and its documents cannot be read: it is closed, or no shard of it is started. */
  readonly unavailable: boolean;
}

/** Far below the 4,096 bytes that OpenSearch takes as the first line of a request. */
const LONGEST_LIST = 3000;

/** How long the shards of an index that is there may take to start. */
const SHARDS_START_S = 10;
const COUNTED_MS = 1_000;
const COUNTED_PAUSE_MS = 20;

/**
 * Which of the names exist, with UUID and number of documents: two requests, however many names. Statistics leave
 * out an index without started shards. One that was created a moment ago, by a run that was killed, is waited for;
 * one that is closed, or has lost its shards, comes back as unavailable.
 */
export async function readIndices(
  cluster: Cluster,
  names: Iterable<string>,
  signal?: AbortSignal,
): Promise<Map<string, LiveIndex>> {
  const found = new Map<string, LiveIndex>();
  for (const list of lists([...new Set(names)].sort())) {
    let read = await readOnce(cluster, list, signal);
    const starting = list.filter((name) => read.get(name)?.unavailable);
    if (starting.length > 0) {
      const { status } = await cluster.request({
        method: 'GET',
        path: `/_cluster/health/${starting.map(encodeURIComponent).join(',')}`,
        query: { wait_for_status: 'yellow', timeout: `${SHARDS_START_S}s` },
        // Time is up: they are looked at all the same.
        accept: [408],
        signal,
      });
      read = await (status === 408 ? readOnce : readStarted)(cluster, list, signal);
    }
    for (const [name, live] of read) found.set(name, live);
  }
  return found;
}

/** Health is told before the node itself counts the documents: up to a tenth of a second (3.6.0). */
async function readStarted(
  cluster: Cluster,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Map<string, LiveIndex>> {
  const until = performance.now() + COUNTED_MS;
  for (;;) {
    const read = await readOnce(cluster, names, signal);
    const whole = ![...read.values()].some(({ unavailable }) => unavailable);
    if (whole || performance.now() >= until) return read;
    await pause(COUNTED_PAUSE_MS, signal);
  }
}

async function readOnce(
  cluster: Cluster,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Map<string, LiveIndex>> {
  const path = `/${names.map(encodeURIComponent).join(',')}`;
  const query = { ignore_unavailable: true, expand_wildcards: 'all' };
  // Not _count: it runs the index's default search pipeline, and a rerank processor there fails without a query.
  const [stats, held] = await Promise.all([
    cluster.request({
      method: 'GET',
      path: `${path}/_stats/docs`,
      query: { ...query, filter_path: 'indices.*.uuid,indices.*.primaries.docs.count' },
      accept: [404],
      signal,
    }),
    cluster.request({
      method: 'GET',
      path,
      // The UUID, so that an index without aliases is told as well.
      query: { ...query, filter_path: `*.aliases,*.settings.index.uuid,*.${ORIGIN.join('.')}` },
      accept: [404],
      signal,
    }),
  ]);
  return new Map(
    names.flatMap((name): [string, LiveIndex][] => {
      const live = liveIndex(name, stats.body, held.body);
      return live === undefined ? [] : [[name, live]];
    }),
  );
}

/**
 * The UUID of the first index of a line: the documents of the others were copied from there, all of them, when the Index
 * was rolled out. So whoever knows its documents by that UUID goes on knowing them.
 */
const ORIGIN = ['mappings', '_meta', 'rerankctl', 'origin'] as const;

function liveIndex(name: string, stats: unknown, held: unknown): LiveIndex | undefined {
  const counted = dig(stats, 'indices');
  const indices = isObject(counted) ? counted : {};
  const known = isObject(held) ? Object.keys(held) : [];
  const behind = known.filter((index) => isObject(dig(held, index, 'aliases', name)));
  const writer = behind.filter((index) => dig(held, index, 'aliases', name, 'is_write_index') === true);
  const members = (known.includes(name) ? [name] : writer.length > 0 ? writer : behind).sort();
  if (members.length === 0) return undefined;
  return {
    uuid: members
      .map((index) => textAt(held, index, ...ORIGIN) ?? textAt(indices, index, 'uuid') ?? '')
      .join(','),
    documents: members.reduce(
      (sum, index) => sum + (numberAt(indices, index, 'primaries', 'docs', 'count') ?? 0),
      0,
    ),
    unavailable: !members.every((index) => Object.hasOwn(indices, index)),
  };
}

function lists(names: readonly string[]): string[][] {
  const all: string[][] = [];
  let length = LONGEST_LIST;
  for (const name of names) {
    length += encodeURIComponent(name).length + 1;
    if (length > LONGEST_LIST) {
      all.push([]);
      length = 0;
    }
    all.at(-1)?.push(name);
  }
  return all;
}
