import { RerankctlError, ServerError } from '../core/errors.ts';
import { dig, isObject, listAt, numberAt, textAt } from '../core/json.ts';
import type { Cluster } from './cluster.ts';

export interface Hit {
  readonly _id: string;
  readonly _index: string;
  readonly _source: Record<string, unknown>;
  /** With `revisions`: what compare-and-swap (`if_seq_no`, `if_primary_term`) wants back. */
  readonly revision?: { readonly seqNo: number; readonly primaryTerm: number };
}

export interface PagingOptions {
  /** At most 10,000, the server's `index.max_result_window`; and more than the index has shards. */
  readonly pageSize?: number | undefined;
  /** As `_source` of a search: the fields to return. */
  readonly source?: readonly string[] | { readonly excludes: readonly string[] } | undefined;
  /** Return the revision of each document too. */
  readonly revisions?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PAGE_SIZE = 10_000;

/**
 * All hits of a query, of a plain index (`/idx/_search`) or an ML API (`/_plugins/_ml/models/_search`). One request
 * up to 10,000 hits. What does not exist yet has no hits.
 *
 * Pages follow `_seq_no`: sorting by `_id` needs fielddata that a cluster may forbid (`indices.id_field_data.enabled`),
 * `_shard_doc` needs a point in time, which the ML APIs have not. It is unique in one shard only, so each page begins
 * with the last number of the one before, and what was seen is left out. A document that is written meanwhile comes
 * again under its new number and replaces the older one.
 */
export async function searchAll(
  cluster: Cluster,
  path: string,
  query: object,
  options: PagingOptions = {},
): Promise<Hit[]> {
  const pageSize = options.pageSize ?? PAGE_SIZE;
  const found = new Map<string, Hit>();
  let after: number | undefined;
  for (;;) {
    const page = await searchOnce(cluster, path, options.signal, {
      size: pageSize,
      query,
      sort: [{ _seq_no: 'asc' }],
      ...(options.revisions ? { seq_no_primary_term: true } : {}),
      ...(options.source === undefined ? {} : { _source: options.source }),
      ...(after === undefined ? {} : { search_after: [after] }),
    });
    for (const hit of page.flatMap(hitOf)) found.set(`${hit._index}/${hit._id}`, hit);
    const last = numberAt(page.at(-1), 'sort', 0);
    if (page.length < pageSize || last === undefined) return [...found.values()];
    const next = last - 1;
    if (after !== undefined && next <= after) {
      throw new Error(
        `a page of ${pageSize} holds one _seq_no only: it must be larger than the number of shards`,
      );
    }
    after = next;
  }
}

function hitOf(hit: unknown): Hit[] {
  const id = textAt(hit, '_id');
  if (id === undefined) return [];
  const source = dig(hit, '_source');
  const seqNo = numberAt(hit, '_seq_no');
  const primaryTerm = numberAt(hit, '_primary_term');
  return [
    {
      _id: id,
      _index: textAt(hit, '_index') ?? '',
      _source: isObject(source) ? source : {},
      ...(seqNo === undefined || primaryTerm === undefined ? {} : { revision: { seqNo, primaryTerm } }),
    },
  ];
}

async function searchOnce(
  cluster: Cluster,
  path: string,
  signal: AbortSignal | undefined,
  body: object,
): Promise<unknown[]> {
  try {
    const answer = await cluster.request({ method: 'POST', path, body, signal, repeatable: true });
    if (!isWhole(answer.body)) throw partial(path);
    return listAt(answer.body, 'hits', 'hits');
  } catch (error) {
    if (error instanceof ServerError && isAbsent(error)) return [];
    throw error;
  }
}

/** 404 on 3.6; 2.19.1 wraps it into a 500 `status_exception` for ML indices that were never created. */
function isAbsent(error: ServerError): boolean {
  return error.type === 'index_not_found_exception' || error.reason.includes('no such index');
}

/**
 * A search answers 200 also when shards are missing or time ran out. What it does not find would then be taken for
 * absent, and created again. Shards without any live copy are not even counted as failed, so `failed` is not asked.
 */
function isWhole(body: unknown): boolean {
  const complete = numberAt(body, '_shards', 'successful') === numberAt(body, '_shards', 'total');
  return complete && dig(body, 'timed_out') !== true;
}

function partial(path: string): RerankctlError {
  return new RerankctlError(
    'server',
    'RCTL_SEARCH_PARTIAL',
    `POST ${path} found only a part: shards are missing.`,
    {
      remedy:
        'See `GET /_cat/shards?v&h=index,shard,state,unassigned.reason`. Try again when the cluster is no longer red.',
    },
  );
}
