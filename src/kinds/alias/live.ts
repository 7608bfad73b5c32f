import { isObject } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';

export type Body = Readonly<Record<string, unknown>>;

/** Indices by their own name, each with its aliases. */
export type LiveAliases = ReadonlyMap<string, Readonly<Record<string, Body>>>;

/** The request line is limited to 4 kB by default (`http.max_initial_line_length`). */
const LONGEST_PATH = 3500;

/**
 * The indices that bear one of these names or have it as an alias, with all their aliases, in one request; hidden and
 * closed ones too. Names too many for one request line are read with all others of the cluster.
 */
export async function readAliases(cluster: Cluster, names: readonly string[]): Promise<LiveAliases> {
  if (names.length === 0) return new Map();
  const list = [...new Set(names)].map(encodeURIComponent).join(',');
  const { body } = await cluster.request({
    method: 'GET',
    path: `/${list.length > LONGEST_PATH ? '*' : list}/_alias`,
    query: { ignore_unavailable: true, expand_wildcards: 'all' },
    accept: [404],
  });
  return aliasesIn(body);
}

/** The answer to `GET /<names>/_alias`. */
export function aliasesIn(body: unknown): Map<string, Record<string, Body>> {
  const found = new Map<string, Record<string, Body>>();
  for (const [index, held] of Object.entries(isObject(body) ? body : {})) {
    if (!isObject(held) || !isObject(held.aliases)) continue;
    const aliases = Object.entries(held.aliases).flatMap(([name, alias]) =>
      isObject(alias) ? [[name, alias] as const] : [],
    );
    found.set(index, Object.fromEntries(aliases));
  }
  return found;
}

/** The indices that have the alias. */
export function holdersOf(alias: string, live: LiveAliases): Map<string, Body> {
  return new Map(
    [...live].flatMap(([index, aliases]) => {
      const body = Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
      return body === undefined ? [] : [[index, body] as const];
    }),
  );
}

/**
 * The indices themselves behind a name: `POST /_aliases` takes no name that is an alias (400, 2.19.1 and 3.6.0), and
 * an index that was rolled out serves under one. What is not there stands for itself.
 */
export function indicesBehind(name: string, live: LiveAliases): string[] {
  if (live.has(name)) return [name];
  const holders = [...holdersOf(name, live).keys()];
  return holders.length === 0 ? [name] : holders;
}
