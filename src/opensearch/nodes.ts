import { dig, isObject, listAt, numberAt, textAt } from '../core/json.ts';
import type { Cluster } from './cluster.ts';

/** A node as its own statistics tell it; what it does not tell is `undefined`. Sizes in bytes, shares in per cent. */
export interface NodeFacts {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly memory: number | undefined;
  readonly heap: number | undefined;
  readonly heapUsedPercent: number | undefined;
  readonly disk: number | undefined;
  readonly diskAvailable: number | undefined;
}

const FIELDS = [
  'name',
  'roles',
  'os.mem.total_in_bytes',
  'os.mem.used_percent',
  'jvm.mem.heap_max_in_bytes',
  'jvm.mem.heap_used_percent',
  'fs.total.total_in_bytes',
  'fs.total.available_in_bytes',
];

/** One request; `undefined` where this user, or a managed service, does not allow it. */
export async function readNodeFacts(cluster: Cluster): Promise<readonly NodeFacts[] | undefined> {
  const { status, body } = await cluster.request({
    method: 'GET',
    path: '/_nodes/stats/os,jvm,fs',
    query: { filter_path: FIELDS.map((field) => `nodes.*.${field}`).join(',') },
    accept: [400, 401, 403, 404, 405],
  });
  const nodes = dig(body, 'nodes');
  if (status !== 200 || !isObject(nodes)) return undefined;
  return Object.entries(nodes).map(([id, node]) => ({
    id,
    name: textAt(node, 'name') ?? id,
    roles: listAt(node, 'roles').map(String),
    memory: numberAt(node, 'os', 'mem', 'total_in_bytes'),
    heap: numberAt(node, 'jvm', 'mem', 'heap_max_in_bytes'),
    heapUsedPercent: numberAt(node, 'jvm', 'mem', 'heap_used_percent'),
    disk: numberAt(node, 'fs', 'total', 'total_in_bytes'),
    diskAvailable: numberAt(node, 'fs', 'total', 'available_in_bytes'),
  }));
}
