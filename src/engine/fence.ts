import type { Cluster, Request } from '../opensearch/cluster.ts';
import type { Lease } from './state/lock.ts';

/** POSTs that only ask. */
const ASKING = /\/(_search|_msearch|_mget|_count)$|\/_predict\//;

function isWrite({ method, path }: Request): boolean {
  return !(method === 'GET' || method === 'HEAD' || (method === 'POST' && ASKING.test(path)));
}

/** The same cluster, but every write needs the lease: a run that has lost its own stops there. */
export function fenced(cluster: Cluster, lease: Lease): Cluster {
  return {
    url: cluster.url,
    identity: () => cluster.identity(),
    capabilities: () => cluster.capabilities(),
    close: () => cluster.close(),
    async request(request) {
      if (isWrite(request)) await lease.confirm();
      return cluster.request(request);
    },
  };
}
