import { dig, isObject } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { LintGround, LiveGround } from '../lint.ts';
import { readPipelines } from './live.ts';
import { defaultPipelines, indicesThrough } from './searched.ts';

/** Reads what the rules want to know of the cluster: at most two requests, and none where no rule could ask. */
export async function readLive(
  cluster: Cluster,
  ground: LintGround,
): Promise<Pick<LiveGround, 'pipelines' | 'mappings'>> {
  const isDeclared = (pipeline: string): boolean => ground.resources.has(`SearchPipeline/${pipeline}`);
  const elsewhere = defaultPipelines(ground).some(({ pipeline }) => !isDeclared(pipeline));
  const searched = [...indicesThrough(ground)].filter(([pipeline]) => isDeclared(pipeline));
  const indices = [...new Set(searched.flatMap(([, names]) => [...names]))].sort();
  const [pipelines, mappings] = await Promise.all([
    elsewhere ? readPipelines(cluster) : {},
    indices.length === 0 ? {} : readMappings(cluster, indices),
  ]);
  return { pipelines, mappings };
}

/** By the names of indices and of their aliases. Empty where this user may not ask. */
async function readMappings(cluster: Cluster, names: readonly string[]): Promise<Record<string, unknown>> {
  const { status, body } = await cluster.request({
    method: 'GET',
    path: `/${names.map(encodeURIComponent).join(',')}`,
    query: { ignore_unavailable: true },
    accept: [400, 403, 404],
  });
  if (status !== 200 || !isObject(body)) return {};
  return Object.fromEntries(
    Object.entries(body).flatMap(([index, found]) => {
      const aliases = dig(found, 'aliases');
      const all = [index, ...Object.keys(isObject(aliases) ? aliases : {})];
      return all.map((name) => [name, dig(found, 'mappings')]);
    }),
  );
}
