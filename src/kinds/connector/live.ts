import { textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { searchAll } from '../../opensearch/paging.ts';

export interface LiveConnector {
  readonly id: string;
  readonly name: string | undefined;
  readonly body: Record<string, unknown>;
  /** IDs of the models that name it, and of those the ones that are deployed. */
  readonly users: readonly string[];
  readonly deployed: readonly string[];
}

export const CONNECTORS = '/_plugins/_ml/connectors';

export function connectorPath(id: string): string {
  return `${CONNECTORS}/${encodeURIComponent(id)}`;
}

/** Connectors of these names or IDs, and who uses them: two requests, however many they are. */
export async function searchConnectors(
  cluster: Cluster,
  { names, ids }: { readonly names: readonly string[]; readonly ids: readonly string[] },
): Promise<LiveConnector[]> {
  const hits = await searchAll(cluster, `${CONNECTORS}/_search`, {
    bool: {
      should: [{ terms: { 'name.keyword': names } }, { ids: { values: ids } }],
      minimum_should_match: 1,
    },
  });
  const users = await usersOf(
    cluster,
    hits.map(({ _id }) => _id),
  );
  return hits.map(({ _id, _source }) => {
    const own = users.filter(({ connector }) => connector === _id);
    return {
      id: _id,
      name: textAt(_source, 'name'),
      body: _source,
      users: own.map(({ model }) => model),
      deployed: own.filter(({ deployed }) => deployed).map(({ model }) => model),
    };
  });
}

interface User {
  readonly model: string;
  readonly connector: string | undefined;
  readonly deployed: boolean;
}

/** The field is text with a keyword below it, as the server's index was mapped by what came first (2.19.1, 3.6.0). */
async function usersOf(cluster: Cluster, connectors: readonly string[]): Promise<User[]> {
  if (connectors.length === 0) return [];
  const named = ['connector_id', 'connector_id.keyword'].map((field) => ({ terms: { [field]: connectors } }));
  const hits = await searchAll(
    cluster,
    '/_plugins/_ml/models/_search',
    { bool: { should: named, minimum_should_match: 1, must_not: [{ exists: { field: 'chunk_number' } }] } },
    { source: ['connector_id', 'model_state'] },
  );
  return hits.map(({ _id, _source }) => ({
    model: _id,
    connector: textAt(_source, 'connector_id'),
    deployed: /^(DEPLOYED|DEPLOYING|PARTIALLY_DEPLOYED)$/.test(textAt(_source, 'model_state') ?? ''),
  }));
}
