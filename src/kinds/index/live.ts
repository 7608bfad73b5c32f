import { isObject, textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';

/** One index as the server holds it: settings flat and as text, mappings and aliases as returned. */
export interface LiveIndex {
  /** Its own name, never an alias. */
  readonly name: string;
  readonly uuid: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly mappings: unknown;
  readonly aliases: Readonly<Record<string, unknown>>;
}

/** The request line is limited to 4 kB by default (`http.max_initial_line_length`). */
const LONGEST_PATH = 3500;

/**
 * Reads indices by name in one request. Names too many for one request line are read with all others of the
 * cluster, again in one, so that the number of requests does not depend on the number of names.
 */
export async function readIndices(
  cluster: Cluster,
  names: readonly string[],
): Promise<Map<string, LiveIndex>> {
  if (names.length === 0) return new Map();
  const list = names.map(encodeURIComponent).join(',');
  const { body } = await cluster.request({
    method: 'GET',
    path: `/${list.length > LONGEST_PATH ? '*' : list}`,
    query: { flat_settings: true, ignore_unavailable: true, expand_wildcards: 'all' },
    accept: [404],
  });
  return liveIndices(body);
}

/** The answer to `GET /<indices>?flat_settings=true`. */
export function liveIndices(body: unknown): Map<string, LiveIndex> {
  const live = new Map<string, LiveIndex>();
  for (const [name, index] of Object.entries(isObject(body) ? body : {})) {
    if (!isObject(index) || !isObject(index.settings)) continue;
    live.set(name, {
      name,
      uuid: textAt(index.settings, 'index.uuid') ?? '',
      settings: index.settings,
      mappings: index.mappings,
      aliases: isObject(index.aliases) ? index.aliases : {},
    });
  }
  return live;
}
