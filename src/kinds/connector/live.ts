import { textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { searchAll } from '../../opensearch/paging.ts';
import { readLoaded } from '../held-models.ts';

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

/** Connectors of these names or IDs, and who uses them: two requests, one for each model that is not deployed, and one more. */
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
  const users = await Promise.all(
    hits.map(async ({ _id, _source }) => ({
      model: _id,
      connector: textAt(_source, 'connector_id'),
      deployed: isDeployed(_source) || isDeployed(await getModel(cluster, _id)),
    })),
  );
  if (users.every(({ deployed }) => deployed)) return users;
  // A deployed model may be DEPLOY_FAILED by its document until the server's next sync-up (3.6.0).
  const loaded = await readLoaded(cluster);
  return users.map((user) => ({ ...user, deployed: user.deployed || loaded?.has(user.model) === true }));
}

function isDeployed(model: unknown): boolean {
  return /^(DEPLOYED|DEPLOYING|PARTIALLY_DEPLOYED)$/.test(textAt(model, 'model_state') ?? '');
}

/** In real time: for up to a second after a deployment the search of 2.19 does not know of it. */
async function getModel(cluster: Cluster, id: string): Promise<unknown> {
  const path = `/_plugins/_ml/models/${encodeURIComponent(id)}`;
  return (await cluster.request({ method: 'GET', path, accept: [403, 404] })).body;
}
