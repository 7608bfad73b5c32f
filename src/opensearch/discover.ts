import { dig, isObject, listAt, textAt } from '../core/json.ts';
import type { Capabilities } from './capabilities.ts';
import type { Cluster } from './cluster.ts';

/** Answers that mean "you may not ask" or "not on this service": unknown then, and no failure. */
const NOT_TOLD = [400, 401, 403, 404, 405];

async function readNodes(
  cluster: Cluster,
): Promise<Pick<Capabilities, 'plugins' | 'processors' | 'nodeRoles'>> {
  const { status, body } = await cluster.request({
    method: 'GET',
    path: '/_nodes/plugins,ingest,search_pipelines',
    query: {
      filter_path:
        'nodes.*.plugins.name,nodes.*.roles,nodes.*.ingest.processors.type,nodes.*.search_pipelines.*.type',
    },
    accept: NOT_TOLD,
  });
  const nodes = status === 200 ? Object.values(objectAt(body, 'nodes')) : [];
  if (nodes.length === 0) return { plugins: undefined, processors: undefined, nodeRoles: undefined };
  const names = (list: readonly unknown[], key: string) => list.flatMap((each) => textAt(each, key) ?? []);
  const types = (...path: string[]) => onAll(nodes.map((node) => names(listAt(node, ...path), 'type')));
  return {
    plugins: onAll(nodes.map((node) => names(listAt(node, 'plugins'), 'name'))),
    processors: new Map(
      [
        ['processors', types('ingest', 'processors')] as const,
        ...SEARCH_PHASES.map((phase) => [phase, types('search_pipelines', phase)] as const),
        // 2.19 does not tell of phase results processors, and has some.
      ].filter(([, known]) => known.size > 0),
    ),
    nodeRoles: nodes.map((node) => listAt(node, 'roles').filter((role) => typeof role === 'string')),
  };
}

const SEARCH_PHASES = ['request_processors', 'response_processors', 'phase_results_processors'];

/** Mixed clusters happen during a rolling change: what one node lacks cannot be relied on. */
function onAll([first = [], ...others]: readonly (readonly string[])[]): ReadonlySet<string> {
  return new Set(first.filter((name) => others.every((names) => names.includes(name))));
}

/** All settings and not only those of ML Commons: 39 kB on 3.6.0, and no faster with `filter_path`. */
async function readSettings(cluster: Cluster): Promise<(name: string) => string | undefined> {
  const { status, body } = await cluster.request({
    method: 'GET',
    path: '/_cluster/settings',
    query: { include_defaults: true, flat_settings: true },
    accept: NOT_TOLD,
  });
  if (status !== 200) return () => undefined;
  // Values of `opensearch.yml` stand under `defaults`; what is set through the API wins over them.
  const settings = {
    ...objectAt(body, 'defaults'),
    ...objectAt(body, 'persistent'),
    ...objectAt(body, 'transient'),
  };
  return (name) => {
    const value = Object.hasOwn(settings, name) ? settings[name] : undefined;
    return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
  };
}

/** Three requests in all, at the same time; `identity` is one of them. */
export async function readCapabilities(cluster: Cluster): Promise<Capabilities> {
  const [{ version }, nodes, setting] = await Promise.all([
    cluster.identity(),
    readNodes(cluster),
    readSettings(cluster),
  ]);
  return { version, ...nodes, setting };
}

function objectAt(value: unknown, key: string): Record<string, unknown> {
  const found = dig(value, key);
  return isObject(found) ? found : {};
}
