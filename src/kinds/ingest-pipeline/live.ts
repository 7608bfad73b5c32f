import { isObject } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';

/** All pipelines in one request. Where there is none the server answers 404 with `{}` (2.19.1, 3.6.0). */
export async function readPipelines(cluster: Cluster): Promise<Record<string, unknown>> {
  const { status, body } = await cluster.request({ method: 'GET', path: '/_ingest/pipeline', accept: [404] });
  return status === 200 && isObject(body) ? body : {};
}

const USES = ['index.default_pipeline', 'index.final_pipeline'] as const;

/** Which indices name a pipeline, by its name. Nothing is known of indices that this user may not see. */
export async function readUses(cluster: Cluster): Promise<Map<string, string[]>> {
  const { status, body } = await cluster.request({
    method: 'GET',
    path: `/_all/_settings/${USES.join(',')}`,
    query: { flat_settings: true, expand_wildcards: 'all' },
    accept: [403, 404],
  });
  const uses = new Map<string, string[]>();
  for (const [index, held] of Object.entries(status === 200 && isObject(body) ? body : {})) {
    const settings = isObject(held) && isObject(held.settings) ? held.settings : {};
    for (const name of new Set(USES.flatMap((use) => settings[use] ?? []))) {
      uses.set(String(name), [...(uses.get(String(name)) ?? []), index].sort());
    }
  }
  return uses;
}
