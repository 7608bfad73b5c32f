import { RerankctlError } from '../../core/errors.ts';
import { dig, listAt, textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { forbiddenItem } from '../../opensearch/permissions.ts';

const PAGE = 5_000;
const KEPT = '5m';

interface Copied {
  readonly id: string;
  readonly routing: string | undefined;
}

/**
 * Takes out of the copy what its source does not have any more: what was deleted there while it was copied. The source
 * tells of no deletion, so the IDs of the copy are looked up there, until as many as expected are found.
 */
export async function dropDeleted(
  cluster: Cluster,
  {
    from,
    to,
    expected,
    signal,
  }: { readonly from: string; readonly to: string; readonly expected: number; readonly signal: AbortSignal },
): Promise<void> {
  let left = expected;
  for await (const page of allIds(cluster, to, signal)) {
    const gone = await missingOf(cluster, from, page);
    await deleteAll(cluster, to, gone);
    left -= gone.length;
    if (left <= 0) return;
  }
}

/** By scroll, as everywhere: opening a point in time runs the default search pipeline (2.19.1, 3.6.0). */
async function* allIds(cluster: Cluster, index: string, signal: AbortSignal): AsyncGenerator<Copied[]> {
  let scroll: string | undefined;
  try {
    let { body } = await cluster.request({
      method: 'POST',
      path: `/${encodeURIComponent(index)}/_search`,
      query: { scroll: KEPT, search_pipeline: '_none' },
      body: { size: PAGE, sort: ['_doc'], _source: false, query: { match_all: {} } },
      repeatable: true,
      signal,
    });
    for (;;) {
      scroll = textAt(body, '_scroll_id') ?? scroll;
      const page = listAt(body, 'hits', 'hits').map((hit) => ({
        id: textAt(hit, '_id') ?? '',
        routing: textAt(hit, '_routing'),
      }));
      if (page.length === 0) return;
      yield page;
      const next = { scroll: KEPT, scroll_id: scroll };
      ({ body } = await cluster.request({ method: 'POST', path: '/_search/scroll', body: next, signal }));
    }
  } finally {
    if (scroll !== undefined) {
      const body = { scroll_id: [scroll] };
      await cluster.request({ method: 'DELETE', path: '/_search/scroll', body }).catch(() => undefined);
    }
  }
}

async function missingOf(cluster: Cluster, index: string, page: readonly Copied[]): Promise<Copied[]> {
  const docs = page.map(({ id, routing }) => ({
    _index: index,
    _id: id,
    _source: false,
    ...(routing === undefined ? {} : { routing }),
  }));
  const { body } = await cluster.request({
    method: 'POST',
    path: '/_mget',
    body: { docs },
    repeatable: true,
  });
  const answers = listAt(body, 'docs');
  for (const answer of answers) {
    const forbidden = forbiddenItem(textAt(answer, 'error', 'reason') ?? '', 'POST /_mget');
    if (forbidden !== undefined) throw forbidden;
  }
  return page.filter((_, i) => dig(answers[i], 'found') === false);
}

async function deleteAll(cluster: Cluster, index: string, gone: readonly Copied[]): Promise<void> {
  if (gone.length === 0) return;
  const lines = gone.map(({ id, routing }) =>
    JSON.stringify({ delete: { _id: id, ...(routing === undefined ? {} : { routing }) } }),
  );
  const { body } = await cluster.request({
    method: 'POST',
    path: `/${encodeURIComponent(index)}/_bulk`,
    body: `${lines.join('\n')}\n`,
    contentType: 'application/x-ndjson',
    repeatable: true,
  });
  const failed = listAt(body, 'items').find((item) => dig(item, 'delete', 'error') !== undefined);
  if (failed === undefined) return;
  const reason = textAt(failed, 'delete', 'error', 'reason') ?? 'no reason given';
  throw new RerankctlError(
    'server',
    'RCTL_ROLLOUT_COPY_FAILED',
    `What was deleted meanwhile cannot be deleted in ${index}: ${reason}`,
    {
      remedy: 'Apply again. Searches go on in the old index.',
    },
  );
}
