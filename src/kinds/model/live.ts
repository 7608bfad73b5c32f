import { textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { searchAll } from '../../opensearch/paging.ts';

export interface LiveModel {
  readonly id: string;
  readonly state: string;
  readonly groupId: string | undefined;
  readonly name: string | undefined;
  readonly hash: string | undefined;
  /** `function_name` is written, `algorithm` is read. */
  readonly algorithm: string | undefined;
  readonly body: Record<string, unknown>;
}

export function liveModel(id: string, body: Record<string, unknown>): LiveModel {
  return {
    id,
    body,
    state: textAt(body, 'model_state') ?? 'UNKNOWN',
    groupId: textAt(body, 'model_group_id'),
    name: textAt(body, 'name'),
    hash: textAt(body, 'model_content_hash_value'),
    algorithm: textAt(body, 'algorithm'),
  };
}

/** A model's search also finds the chunks of its content (2.19 to 3.8): they are left out here. */
export async function searchModels(
  cluster: Cluster,
  which: { names: readonly string[]; ids: readonly string[] },
): Promise<LiveModel[]> {
  const hits = await searchAll(cluster, '/_plugins/_ml/models/_search', {
    bool: {
      must_not: [{ exists: { field: 'chunk_number' } }],
      should: [{ terms: { 'name.keyword': which.names } }, { ids: { values: which.ids } }],
      minimum_should_match: 1,
    },
  });
  return hits.map((hit) => liveModel(hit._id, hit._source));
}

/** Our own word for a model that is DEPLOYED by its document while no node holds it. */
export const NOT_LOADED = 'NOT_LOADED';

/** Real time, unlike the search. */
export async function getModel(cluster: Cluster, id: string): Promise<LiveModel | undefined> {
  const { status, body } = await cluster.request({
    method: 'GET',
    path: `/_plugins/_ml/models/${encodeURIComponent(id)}`,
    accept: [404],
  });
  return status === 404 ? undefined : liveModel(id, body as Record<string, unknown>);
}

export async function deleteModel(cluster: Cluster, id: string): Promise<void> {
  await cluster.request({
    method: 'DELETE',
    path: `/_plugins/_ml/models/${encodeURIComponent(id)}`,
    accept: [404],
  });
}
