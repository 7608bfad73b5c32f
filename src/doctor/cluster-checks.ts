import { bytesOf, inWords } from '../core/bytes.ts';
import type { Finding } from '../core/finding.ts';
import { numberAt, textAt } from '../core/json.ts';
import type { ClusterIdentity } from '../core/plan.ts';
import type { Resource } from '../core/resource.ts';
import { type Capabilities, compareVersions } from '../opensearch/capabilities.ts';
import type { NodeFacts } from '../opensearch/nodes.ts';

/** What was read of the cluster as a whole; `undefined` is what this user may not read. */
export interface ClusterFacts {
  readonly identity: ClusterIdentity;
  readonly capabilities: Capabilities;
  readonly nodes: readonly NodeFacts[] | undefined;
  /** `GET /_cluster/health`. */
  readonly health: unknown;
  /** `GET /_plugins/_security/authinfo`. */
  readonly account: unknown;
}

type Check = (facts: ClusterFacts, resources: readonly Resource[]) => readonly Finding[];

/** The last version on which the tests of rerankctl, or its reading of the server's source, stand. */
export const NEWEST_KNOWN = '3.8';

const version: Check = ({ identity: { version: found, url, name }, nodes }) => {
  const size = nodes === undefined ? '' : `, ${nodes.length === 1 ? 'one node' : `${nodes.length} nodes`}`;
  const reached: Finding = {
    check: 'version',
    level: 'ok',
    message: `OpenSearch ${found} at ${url} (${name}${size}).`,
  };
  if (compareVersions(found, `${NEWEST_KNOWN}.999`) <= 0) return [reached];
  const message = `OpenSearch ${found} is newer than what this rerankctl knows (${NEWEST_KNOWN}): what it does not know of, it cannot refuse.`;
  return [reached, { check: 'version', level: 'note', message }];
};

const account: Check = ({ account: told }) => {
  const user = textAt(told, 'user_name');
  if (user === undefined) return [];
  const roles = (told as { roles?: unknown }).roles;
  const held = Array.isArray(roles) && roles.length > 0 ? roles.join(', ') : 'no role';
  return [{ check: 'account', level: 'ok', message: `This is user ${user}, with ${held}.` }];
};

/** Which plugin what needs. */
const PLUGINS = [
  {
    name: 'opensearch-ml',
    needs: 'models, model groups and connectors',
    kinds: ['ModelGroup', 'Model', 'Connector'],
  },
  {
    name: 'neural-search',
    file: 'opensearch-neural-search',
    needs: 'the processors that rerank',
    kinds: ['SearchPipeline'],
  },
];

const plugins: Check = ({ capabilities }, resources) => {
  const installed = capabilities.plugins;
  if (installed === undefined) {
    const message =
      'Which plugins the nodes have cannot be told: this user may not ask (cluster:monitor/nodes/info).';
    return [{ check: 'plugins', level: 'note', message }];
  }
  const missing = PLUGINS.filter(({ name, file }) => !installed.has(file ?? name));
  if (missing.length === 0) {
    return [
      {
        check: 'plugins',
        level: 'ok',
        message: `${PLUGINS.map(({ name }) => name).join(' and ')} are installed.`,
      },
    ];
  }
  return missing.map(({ name, file = name, needs, kinds }) => ({
    check: 'plugins',
    level: resources.length === 0 || resources.some(({ kind }) => kinds.includes(kind)) ? 'error' : 'note',
    message: `The plugin ${file} is not on every node: it brings ${needs}.`,
    remedy: `bin/opensearch-plugin install ${file}, and restart the node.`,
  }));
};

const health: Check = ({ health: told }) => {
  if (textAt(told, 'status') !== 'red') return [];
  const lost = numberAt(told, 'unassigned_shards') ?? 0;
  return [
    {
      check: 'health',
      level: 'warning',
      message: `The cluster is red: ${lost} shards have no node, and what is in them can neither be read nor written.`,
      remedy: 'See GET _cluster/allocation/explain.',
    },
  ];
};

const SHARDS = 'cluster.max_shards_per_node';

const shards: Check = ({ capabilities, health: told, nodes }, resources) => {
  const most =
    Number(capabilities.setting(SHARDS) ?? Number.NaN) * (numberAt(told, 'number_of_data_nodes') ?? 1);
  const active = (numberAt(told, 'active_shards') ?? 0) + (numberAt(told, 'unassigned_shards') ?? 0);
  // Two for each index to come, its replica too, and three for the state and what ML Commons makes for itself.
  const coming = resources.filter(({ kind }) => kind === 'Index').length * 2 + 3;
  if (nodes === undefined || !(active + coming > most)) return [];
  return [
    {
      check: 'shards',
      level: active >= most ? 'error' : 'warning',
      message: `The cluster has ${active} shards and takes ${most} (${SHARDS} for each data node): a new index will be refused.`,
      remedy: `Delete indices that nobody uses, add a node, or raise ${SHARDS}.`,
    },
  ];
};

const WATERMARK = 'cluster.routing.allocation.disk.watermark.';

const disk: Check = ({ capabilities, nodes = [] }) =>
  nodes.flatMap(({ name, disk: size, diskAvailable: left }): Finding[] => {
    if (size === undefined || left === undefined || size === 0) return [];
    const beyond = (mark: string): boolean => isBeyond(capabilities.setting(WATERMARK + mark), size, left);
    const free = `${inWords(left)} of ${inWords(size)} are free on ${name}`;
    if (beyond('flood_stage')) {
      return [
        {
          check: 'disk',
          level: 'error',
          message: `${free}: that is beyond the flood-stage watermark, and indices with a shard there take no writes.`,
          remedy: `Free disk space, or raise ${WATERMARK}flood_stage.`,
        },
      ];
    }
    // A single data node is not measured against the others.
    const alone =
      nodes.length === 1 && capabilities.setting(`${WATERMARK}enable_for_single_data_node`) !== 'true';
    if (alone || !beyond('low')) return [];
    return [
      {
        check: 'disk',
        level: 'warning',
        message: `${free}: that is beyond the low watermark, and no new shard is placed there.`,
        remedy: 'Free disk space.',
      },
    ];
  });

/** A watermark is a share of the disk that is used, or a size that is free. */
function isBeyond(mark: string | undefined, size: number, left: number): boolean {
  const share = /^([\d.]+)%$/.exec(mark ?? '')?.[1];
  if (share !== undefined) return ((size - left) / size) * 100 >= Number(share);
  const free = bytesOf(mark);
  return free !== undefined && left <= free;
}

export const CLUSTER_CHECKS: readonly Check[] = [version, account, plugins, health, shards, disk];
