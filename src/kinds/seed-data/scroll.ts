import { RerankctlError } from '../../core/errors.ts';
import { dig, isObject, listAt, numberAt, textAt } from '../../core/json.ts';
import type { Cluster, Response } from '../../opensearch/cluster.ts';

export interface RawDocument {
  readonly id: string;
  /** Absent where the mapping keeps none. */
  readonly source: Record<string, unknown> | undefined;
  readonly routing: string | undefined;
}

const PAGE = 500;
const KEPT = '5m';

/**
 * All documents of an index as they stood at one moment, in the order in which they were written. A scroll and no
 * point in time: opening one runs the index's default search pipeline, and a rerank processor there fails without
 * a query; nothing switches that off (2.19.1, 3.6.0). For a scroll the first request does.
 */
export async function* readAllDocuments(
  cluster: Cluster,
  index: string,
  signal: AbortSignal,
): AsyncGenerator<RawDocument[]> {
  let scroll: string | undefined;
  try {
    let answer = await cluster.request({
      method: 'POST',
      path: `/${encodeURIComponent(index)}/_search`,
      query: { scroll: KEPT, search_pipeline: '_none' },
      body: {
        size: PAGE,
        // Without any mapping an index does not even know its own numbers (400; 2.19.1, 3.6.0).
        sort: [{ _seq_no: { order: 'asc', unmapped_type: 'long' } }],
        query: { match_all: {} },
      },
      repeatable: true,
      signal,
    });
    for (;;) {
      scroll = textAt(answer.body, '_scroll_id') ?? scroll;
      const page = pageOf(answer, index);
      if (page.length === 0) return;
      yield page;
      if (page.length < PAGE) return;
      answer = await cluster.request({
        method: 'POST',
        path: '/_search/scroll',
        body: { scroll: KEPT, scroll_id: scroll },
        signal,
      });
    }
  } finally {
    if (scroll !== undefined) await forget(cluster, scroll);
  }
}

/** The server would hold it for minutes. It is no matter when that fails. */
async function forget(cluster: Cluster, scroll: string): Promise<void> {
  const body = { scroll_id: [scroll] };
  await cluster.request({ method: 'DELETE', path: '/_search/scroll', body }).catch(() => undefined);
}

function pageOf({ body }: Response, index: string): RawDocument[] {
  const whole = numberAt(body, '_shards', 'successful') === numberAt(body, '_shards', 'total');
  if (!whole || dig(body, 'timed_out') === true) {
    throw new RerankctlError(
      'server',
      'RCTL_SEARCH_PARTIAL',
      `Only a part of ${index} can be read: shards are missing.`,
      {
        remedy: 'See `GET /_cat/shards?v&h=index,shard,state,unassigned.reason`, and try again.',
      },
    );
  }
  return listAt(body, 'hits', 'hits').map((hit) => {
    const source = dig(hit, '_source');
    return {
      id: textAt(hit, '_id') ?? '',
      source: isObject(source) ? source : undefined,
      routing: textAt(hit, '_routing'),
    };
  });
}
