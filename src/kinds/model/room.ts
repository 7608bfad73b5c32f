import { RerankctlError } from '../../core/errors.ts';
import { dig, numberAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { readHeld } from '../held-models.ts';

/** What the server adds to the size of a model's file for its estimate (`DLModel`, 2.19 to 3.8). */
export const OVERHEAD = 1.2;

/**
 * Refuses to deploy a model of `bytes` beside `old` where a node that holds the old one could not hold both even if it
 * did nothing else: its heap, the models that it holds by the server's own estimate, and the new one, against all of
 * its memory. What a node has free is no measure: it counts the page cache as used. Nodes that cannot be asked pass.
 */
export async function refuseWithoutRoom(cluster: Cluster, old: string, bytes: number): Promise<void> {
  const held = await readHeld(cluster);
  const nodes = [...new Set((held ?? []).filter(({ id }) => id === old).map(({ node }) => node))];
  if (held === undefined || nodes.length === 0) return;
  const { status, body } = await cluster.request({
    method: 'GET',
    path: `/_nodes/${nodes.map(encodeURIComponent).join(',')}/stats/os,jvm`,
    query: { filter_path: 'nodes.*.name,nodes.*.os.mem.total_in_bytes,nodes.*.jvm.mem.heap_max_in_bytes' },
    accept: [400, 403, 404],
  });
  if (status !== 200) return;
  const needed = bytes * OVERHEAD;
  for (const node of nodes) {
    const stats = dig(body, 'nodes', node);
    const total = numberAt(stats, 'os', 'mem', 'total_in_bytes');
    const heap = numberAt(stats, 'jvm', 'mem', 'heap_max_in_bytes');
    if (total === undefined || heap === undefined) continue;
    const models = held.filter((each) => each.node === node).reduce((sum, each) => sum + each.bytes, 0);
    if (heap + models + needed <= total) continue;
    const name = String(dig(stats, 'name') ?? node);
    throw new RerankctlError(
      'refused',
      'RCTL_MODEL_NO_ROOM',
      `Node ${name} has no room for the new model beside the old one: of its ${inMb(total)} the heap takes ${inMb(heap)}, the models that it holds ${inMb(models)}, and the new one would take ${inMb(needed)}.`,
      {
        remedy:
          'Give the node more memory, undeploy models that nobody uses, or set metadata.lifecycle.strategy to recreate: the old model is undeployed first then, and searches through it fail until the new one answers.',
      },
    );
  }
}

function inMb(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000).toLocaleString('en-US')} MB`;
}
