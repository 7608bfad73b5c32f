import { isObject } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';

/** All pipelines in one request. Where there is none the server answers 404 with `{}` (2.19.1, 3.6.0). */
export async function readPipelines(cluster: Cluster): Promise<Record<string, unknown>> {
  const { status, body } = await cluster.request({ method: 'GET', path: '/_search/pipeline', accept: [404] });
  return status === 200 && isObject(body) ? body : {};
}
