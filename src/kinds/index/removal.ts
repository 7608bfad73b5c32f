import { dig, listAt, numberAt, textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { forbiddenItem } from '../../opensearch/permissions.ts';
import type { Leaving, Recorded, Removal } from '../kind.ts';
import type { LiveIndex } from './live.ts';
import { servingOf } from './physical.ts';

/**
 * How many documents of each leaving index the stack did not put there, by the name of the index, in one request.
 * Counted with a search and not with `_count`, which would run the index's default pipeline: a rerank processor
 * fails there without a query (2.19.1, 3.6.0).
 */
export async function foreignDocuments(
  cluster: Cluster,
  leaving: readonly Leaving[],
): Promise<Map<string, number>> {
  const asked = leaving.flatMap(({ recorded: { id }, contents }) =>
    id === undefined ? [] : [{ id, contents }],
  );
  if (asked.length === 0) return new Map();
  const lines = asked.flatMap(({ id, contents }) => {
    const query =
      contents.ids === undefined
        ? { match_all: {} }
        : { bool: { must_not: { ids: { values: [...contents.ids] } } } };
    const head = { index: id, ignore_unavailable: true, expand_wildcards: 'all' };
    return [head, { size: 0, track_total_hits: true, query, search_pipeline: '_none' }];
  });
  const { body } = await cluster.request({
    method: 'POST',
    path: '/_msearch',
    body: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
    contentType: 'application/x-ndjson',
    repeatable: true,
  });
  const responses = listAt(body, 'responses');
  return new Map(
    asked.map(({ id, contents }, i) => {
      const forbidden = forbiddenItem(textAt(responses[i], 'error', 'reason') ?? '', 'POST /_msearch');
      if (forbidden !== undefined) throw forbidden;
      const found = numberAt(responses[i], 'hits', 'total', 'value');
      // An index that cannot be searched, such as a closed one, may hold anything.
      if (found === undefined) return [id, dig(responses[i], 'error') === undefined ? 0 : 1];
      return [id, contents.ids === undefined ? Math.max(0, found - contents.documents) : found];
    }),
  );
}

export function judgeRemoval(
  { id }: Recorded,
  indices: ReadonlyMap<string, LiveIndex>,
  foreign: ReadonlyMap<string, number>,
): Removal {
  if (id === undefined || servingOf(id, indices) === undefined) return { gone: true };
  const destructive = 'loses documents: the index is deleted with all that it holds';
  return { gone: false, id, steps: ['delete'], destructive, foreignDocuments: foreign.get(id) ?? 0 };
}
