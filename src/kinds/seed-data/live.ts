import { dig, isObject, numberAt, textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';

/** What the server holds under one name: an index, or those behind an alias. */
export interface LiveIndex {
  readonly uuid: string;
  readonly documents: number;
}

/** Far below the 4,096 bytes that OpenSearch takes as the first line of a request. */
const LONGEST_LIST = 3000;

/** Which of the names exist, with UUID and number of documents: two requests, however many names. */
export async function readIndices(
  cluster: Cluster,
  names: Iterable<string>,
  signal?: AbortSignal,
): Promise<Map<string, LiveIndex>> {
  const found = new Map<string, LiveIndex>();
  for (const list of lists([...new Set(names)].sort())) {
    // Not _count: it runs the index's default search pipeline, and a rerank processor there fails without a query.
    const [stats, aliases] = await Promise.all([
      cluster.request({
        method: 'GET',
        path: `/${list.map(encodeURIComponent).join(',')}/_stats/docs`,
        query: {
          ignore_unavailable: true,
          expand_wildcards: 'all',
          filter_path: 'indices.*.uuid,indices.*.primaries.docs.count',
        },
        accept: [404],
        signal,
      }),
      cluster.request({
        method: 'GET',
        path: `/${list.map(encodeURIComponent).join(',')}/_alias`,
        query: { ignore_unavailable: true, expand_wildcards: 'all' },
        accept: [404],
        signal,
      }),
    ]);
    for (const name of list) {
      const live = liveIndex(name, stats.body, aliases.body);
      if (live !== undefined) found.set(name, live);
    }
  }
  return found;
}

function liveIndex(name: string, stats: unknown, aliases: unknown): LiveIndex | undefined {
  const indices = dig(stats, 'indices');
  if (!isObject(indices)) return undefined;
  const behind = Object.keys(indices).filter((index) => isObject(dig(aliases, index, 'aliases', name)));
  const writer = behind.filter((index) => dig(aliases, index, 'aliases', name, 'is_write_index') === true);
  const members = (name in indices ? [name] : writer.length > 0 ? writer : behind).sort();
  if (members.length === 0) return undefined;
  return {
    uuid: members.map((index) => textAt(indices, index, 'uuid') ?? '').join(','),
    documents: members.reduce(
      (sum, index) => sum + (numberAt(indices, index, 'primaries', 'docs', 'count') ?? 0),
      0,
    ),
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
