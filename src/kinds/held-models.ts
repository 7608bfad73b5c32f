import { ServerError } from '../core/errors.ts';
import { dig, isObject, numberAt, textAt } from '../core/json.ts';
import type { Cluster } from '../opensearch/cluster.ts';

/** A model that a node holds. */
interface Held {
  readonly node: string;
  readonly id: string;
  /** The server's own estimate of the memory that it takes. */
  readonly bytes: number;
}

/** What each node really holds; `undefined` where this user may not ask. */
export async function readHeld(cluster: Cluster): Promise<readonly Held[] | undefined> {
  const { status, body } = await cluster
    .request({
      method: 'GET',
      path: '/_plugins/_ml/profile/models',
      // The reason of a refusal would be filtered out as well.
      query: {
        filter_path:
          'nodes.*.models.*.model_state,nodes.*.models.*.memory_size_estimation_cpu,error,exception',
      },
      accept: [400, 403, 404],
    })
    .catch((error: unknown) => {
      // Not a 403 where the user may not ask: a 500 (2.19.1).
      if (error instanceof ServerError && error.code === 'RCTL_FORBIDDEN')
        return { status: error.status, body: {} };
      throw error;
    });
  if (status !== 200) return undefined;
  return entriesAt(body, 'nodes').flatMap(([node, held]) =>
    entriesAt(held, 'models').flatMap(([id, model]) =>
      textAt(model, 'model_state') === 'DEPLOYED'
        ? [{ node, id, bytes: numberAt(model, 'memory_size_estimation_cpu') ?? 0 }]
        : [],
    ),
  );
}

function entriesAt(value: unknown, key: string): [string, unknown][] {
  const found = dig(value, key);
  return Object.entries(isObject(found) ? found : {});
}

/**
 * IDs of the models that at least one node really holds; `undefined` where this user may not ask. For ten seconds
 * after a restart, and after some failures, a model is DEPLOYED by its document and loaded nowhere (2.19 to 3.8).
 */
export async function readLoaded(cluster: Cluster): Promise<ReadonlySet<string> | undefined> {
  const held = await readHeld(cluster);
  return held === undefined ? undefined : new Set(held.map(({ id }) => id));
}
