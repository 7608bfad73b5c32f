import { stat } from 'node:fs/promises';
import { bytesOf, inWords } from '../../core/bytes.ts';
import type { Finding } from '../../core/finding.ts';
import { dig, isObject, textAt } from '../../core/json.ts';
import type { Resource } from '../../core/resource.ts';
import type { Capabilities } from '../../opensearch/capabilities.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { NodeFacts } from '../../opensearch/nodes.ts';
import type { Examine, ExamineContext } from '../examine.ts';
import { readHeld } from '../held-models.ts';
import { FILE_SETTING, ML_NODE_SETTING, URL_SETTING } from './remedies.ts';
import { OVERHEAD } from './room.ts';
import { type ModelSource, sourceOf, wantsDeployment } from './source.ts';

const ML = 'plugins.ml_commons.';
const LOCAL = `${ML}local_model.enabled`;
const ELIGIBLE_ROLES = `${ML}task_dispatcher.eligible_node_role.local_model`;
const MAX_MODELS = `${ML}max_model_on_node`;
const HEAP = `${ML}jvm_heap_memory_threshold`;
const DISK = `${ML}disk_free_space_threshold`;

/** Can models be registered and deployed here, and is there room for those that are to come? */
export const examineModels: Examine = async (context) => {
  const { capabilities, cluster } = context;
  if (capabilities.plugins?.has('opensearch-ml') === false) return [];
  const [health, room] = await Promise.all([examineIndices(cluster), examineRoom(context)]);
  return [...switches(context), ...health, ...room];
};

/** Settings that forbid a way to make a model: an error where a manifest goes that way. */
function switches({ capabilities, coming }: ExamineContext): Finding[] {
  const off = (
    check: string,
    setting: string,
    what: string,
    ways: readonly ModelSource['from'][],
  ): Finding[] => {
    if (capabilities.setting(setting) !== 'false') return [];
    const needed = coming.filter((resource) => ways.includes(sourceOf(resource).from));
    const asked = needed.length === 0 ? 'no manifest asks for it' : `wanted by ${addresses(needed)}`;
    return [
      {
        check,
        level: needed.length === 0 ? 'note' : 'error',
        message: `${what} (${setting} is false; ${asked}).`,
        fix: { setting, before: 'false', value: 'true' },
      },
    ];
  };
  return [
    ...off('local-models', LOCAL, 'This cluster runs no models of its own', ['file', 'url', 'pretrained']),
    ...off('models-from-file', FILE_SETTING, 'Models cannot be uploaded from a file', ['file']),
    ...off('models-from-url', URL_SETTING, 'Models cannot be registered from a URL', ['url']),
  ];
}

/** The indices in which ML Commons keeps models, groups, tasks and connectors. */
async function examineIndices(cluster: Cluster): Promise<Finding[]> {
  const { status, body } = await cluster.request({
    method: 'GET',
    path: '/_cluster/health/.plugins-ml-*',
    query: { level: 'indices', expand_wildcards: 'all', filter_path: 'indices.*.status' },
    accept: [400, 401, 403, 404, 408],
  });
  const indices = dig(body, 'indices');
  if ((status !== 200 && status !== 408) || !isObject(indices)) return [];
  const red = Object.keys(indices).filter((index) => textAt(indices, index, 'status') === 'red');
  if (red.length === 0) return [];
  return [
    {
      check: 'ml-indices',
      level: 'error',
      message: `ML Commons cannot read all of its own data: ${red.join(', ')} ${red.length === 1 ? 'is' : 'are'} red.`,
      remedy: `Bring the nodes back that hold their shards: GET _cat/shards/${red[0]}`,
    },
  ];
}

async function examineRoom(context: ExamineContext): Promise<Finding[]> {
  const { nodes, capabilities, coming, cluster } = context;
  const local = coming.filter(
    (resource) => sourceOf(resource).from !== 'connector' && wantsDeployment(resource.spec),
  );
  if (nodes === undefined) {
    const message =
      'Whether the nodes have room for models cannot be told: this user may not read their statistics.';
    return [{ check: 'model-nodes', level: 'note', message }];
  }
  const able = nodes.filter((node) => mayRunModels(node, capabilities));
  if (able.length === 0) return [nowhere(local, capabilities)];
  const held = await readHeld(cluster);
  const sizes = await Promise.all(local.map(sizeOf));
  const load = (node: NodeFacts) => (held ?? []).filter((model) => model.node === node.id && model.bytes > 0);
  return [
    {
      check: 'model-nodes',
      level: 'ok',
      message: `${able.length === 1 ? 'One node runs' : `${able.length} nodes run`} models: ${able.map(described).join('; ')}.`,
    },
    ...able.flatMap((node) => [
      ...breakers(node, capabilities),
      ...limit(node, load(node).length, local, capabilities),
    ]),
    ...able.flatMap((node) => room(node, sum(load(node).map(({ bytes }) => bytes)), sum(sizes))),
  ];
}

function mayRunModels({ roles }: NodeFacts, { setting }: Capabilities): boolean {
  if (setting(ML_NODE_SETTING) === 'true') return roles.includes('ml');
  const eligible = listOf(setting(ELIGIBLE_ROLES)) ?? ['data', 'ml'];
  return roles.some((role) => eligible.includes(role));
}

function nowhere(local: readonly Resource[], { setting }: Capabilities): Finding {
  const before = setting(ML_NODE_SETTING);
  return {
    check: 'model-nodes',
    level: local.length === 0 ? 'warning' : 'error',
    message: `No node may run a model${before === 'true' ? ` (${ML_NODE_SETTING} is true, and no node has the role ml)` : ''}${local.length === 0 ? '' : `; ${addresses(local)} would find no place`}.`,
    remedy: 'Add a node with the role ml.',
    ...(before === 'true' ? { fix: { setting: ML_NODE_SETTING, before, value: 'false' } } : {}),
  };
}

/**
 * Above these, ML Commons refuses to register, deploy and predict (`MLCircuitBreakerService`, 2.19 to 3.8).
 * `native_memory_threshold` is taken and does nothing: at 0 all goes on (3.6.0).
 */
function breakers(node: NodeFacts, { setting }: Capabilities): Finding[] {
  const found: Finding[] = [];
  const heap = percent(setting(HEAP));
  if (heap !== undefined && heap < 100 && (node.heapUsedPercent ?? 0) > heap) {
    found.push({
      check: 'heap',
      level: 'warning',
      message: `ML Commons refuses all work on ${node.name} at this moment: ${node.heapUsedPercent} % of its heap is used, and ${HEAP} is ${heap}. The next garbage collection may end that.`,
      remedy: 'Give the node more heap (-Xmx).',
      fix: { setting: HEAP, before: String(heap), value: '100' },
    });
  }
  const wanted = bytesOf(setting(DISK));
  if (wanted !== undefined && node.diskAvailable !== undefined && node.diskAvailable < wanted) {
    found.push({
      check: 'disk-free',
      level: 'error',
      message: `ML Commons refuses all work on ${node.name}: ${inWords(node.diskAvailable)} of its disk are free, and ${DISK} wants ${inWords(wanted)}.`,
      remedy: `Free disk space, or lower ${DISK}.`,
    });
  }
  return found;
}

/** `exceed max model limit`: remote models do not count (2.19 to 3.8). */
function limit(
  node: NodeFacts,
  held: number,
  local: readonly Resource[],
  { setting }: Capabilities,
): Finding[] {
  const before = setting(MAX_MODELS);
  const most = Number(before ?? Number.NaN);
  const needed = held + local.length;
  if (!(needed > most)) return [];
  return [
    {
      check: 'model-limit',
      level: local.length === 0 ? 'warning' : 'error',
      message: `${node.name} holds ${held} models of at most ${most}${local.length === 0 ? '' : `, and ${addresses(local)} would come to them`}: its deployment fails with "exceed max model limit".`,
      remedy: 'Undeploy models that nobody uses, or raise the limit.',
      fix: { setting: MAX_MODELS, before, value: String(needed) },
    },
  ];
}

function room(node: NodeFacts, held: number, coming: number): Finding[] {
  const { memory, heap } = node;
  const needed = coming * OVERHEAD;
  if (memory === undefined || heap === undefined || coming === 0 || heap + held + needed <= memory) return [];
  return [
    {
      check: 'model-room',
      level: 'warning',
      message: `${node.name} is too small for what is to come: of ${inWords(memory)} the heap takes ${inWords(heap)}, the models that it holds ${inWords(held)}, and the new ones would take ${inWords(needed)}.`,
      remedy: 'Give the node more memory or less heap, or undeploy models that nobody uses.',
    },
  ];
}

/** Of a model from a file; what the cluster downloads itself is not known before. */
async function sizeOf(resource: Resource): Promise<number> {
  const source = sourceOf(resource);
  return source.from === 'file' ? (await stat(source.path)).size : 0;
}

function described({ name, heap, memory }: NodeFacts): string {
  if (heap === undefined || memory === undefined) return name;
  return `${name} (${inWords(memory)} of memory, ${inWords(heap)} of it heap)`;
}

function addresses(resources: readonly Resource[]): string {
  const [first, second, ...more] = resources.map(({ address }) => address);
  if (more.length > 0) return `${first}, ${second} and ${more.length} more`;
  return second === undefined ? String(first) : `${first} and ${second}`;
}

function percent(text: string | undefined): number | undefined {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isNaN(value) ? undefined : value;
}

function listOf(text: string | undefined): unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(text ?? '');
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
