import { RerankctlError } from '../core/errors.ts';
import { textAt } from '../core/json.ts';
import type { ClusterIdentity } from '../core/plan.ts';
import { compareVersions } from './capabilities.ts';
import type { Cluster } from './cluster.ts';
import { notOpenSearch } from './network.ts';

export const OLDEST_VERSION = '2.19.0';

/** Every OpenSearch has something at `/`; a wrong path prefix, or another service, has not. */
const NOT_FOUND = [400, 404, 405, 406, 410];

/** `GET /`, and whether this is an OpenSearch that we know how to talk to. */
export async function readIdentity(cluster: Pick<Cluster, 'url' | 'request'>): Promise<ClusterIdentity> {
  const { status, body } = await cluster.request({ method: 'GET', path: '/', accept: NOT_FOUND });
  if (status >= 400) throw notOpenSearch(cluster.url, `it answers GET / with ${status}`);
  const version = textAt(body, 'version', 'number');
  const distribution = textAt(body, 'version', 'distribution');
  if (version === undefined) throw notOpenSearch(cluster.url, 'its answer to GET / names no version');
  if (distribution !== 'opensearch') {
    // Elasticsearch has `build_flavor` and no `distribution`, and the tagline "You Know, for Search".
    const found =
      distribution ?? (textAt(body, 'tagline')?.includes('for Search') ? 'Elasticsearch' : undefined);
    throw notOpenSearch(cluster.url, `it is ${found ?? 'something else with a version'} ${version}`);
  }
  // With `compatibility.override_main_response_version` an OpenSearch 1 or 2 says 7.10.2, whatever it is.
  const disguised = version.startsWith('7.10.');
  if (disguised || compareVersions(version, OLDEST_VERSION) < 0) {
    throw unsupported(cluster.url, version, disguised);
  }
  return {
    uuid: textAt(body, 'cluster_uuid') ?? '',
    name: textAt(body, 'cluster_name') ?? '',
    version,
    url: cluster.url,
  };
}

function unsupported(url: string, version: string, disguised: boolean): RerankctlError {
  return new RerankctlError(
    'refused',
    'RCTL_VERSION_UNSUPPORTED',
    `OpenSearch ${version} at ${url} is ${disguised ? 'a version in disguise' : 'too old'}: rerankctl needs 2.19 or newer.`,
    {
      remedy: disguised
        ? 'Set compatibility.override_main_response_version to false, so that the cluster tells its own version.'
        : 'Upgrade the cluster to 2.19 or newer, or point rerankctl at another one.',
    },
  );
}
