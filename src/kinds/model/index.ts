import type { Diagnostic } from '../../core/diagnostic.ts';
import { textAt } from '../../core/json.ts';
import { diagnosticAt, type Resource } from '../../core/resource.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { pause } from '../../opensearch/signals.ts';
import { readLoaded } from '../held-models.ts';
import type { ProvisionedKind, Recorded, Removal, Wanted } from '../kind.ts';
import { ML_REFUSALS } from '../ml-commons.ts';
import { applyModel } from './apply.ts';
import { checkArchive, readArchive } from './archive.ts';
import { deploy, remove, rest } from './deploy.ts';
import { examineModels } from './examine.ts';
import { exportModels } from './export.ts';
import { judgeModel } from './judge.ts';
import { getModel, type LiveModel, NOT_LOADED, searchModels } from './live.ts';
import { MODEL_REFUSALS } from './refusals.ts';
import { sourceOf } from './source.ts';

/**
 * Keys that the server takes and then loses: the rewrite after the last chunk of an upload drops them, and a
 * pretrained model takes its own from the publisher (2.19 to 3.8). A lost description is a pity; the others
 * change what the model does.
 */
const DROPPED = ['description', 'is_enabled', 'rate_limiter', 'interface', 'deploy_setting', 'guardrails'];

function droppedFields(resource: Resource): Diagnostic[] {
  const { from } = sourceOf(resource);
  if (from === 'url' || from === 'connector') return [];
  const how = from === 'file' ? 'uploaded from a file' : 'registered by a pretrained name';
  return DROPPED.filter((key) => resource.spec[key] !== undefined).map((key) =>
    diagnosticAt(resource, `/spec/${key}`, {
      severity: key === 'description' ? 'warning' : 'error',
      code: 'RCTL_FIELD_DROPPED',
      message: `OpenSearch drops \`${key}\` of a model that is ${how}: it would be accepted and lost.`,
      remedy: 'Leave it out, or register the model from a URL (spec.url), which keeps it.',
    }),
  );
}

async function hashFiles(wanted: readonly Wanted[]): Promise<Map<string, string>> {
  const paths = new Set<string>();
  for (const { resource } of wanted) {
    if (resource.former !== undefined) continue;
    const source = sourceOf(resource);
    if (source.from === 'file') paths.add(source.path);
  }
  return new Map(
    await Promise.all([...paths].map(async (path) => [path, (await readArchive(path)).sha256] as const)),
  );
}

/**
 * A search can be a second behind: right after a deployment it still finds DEPLOYING, or the UNDEPLOYED of before
 * (2.19.1, 3.6.0). A state that is on its way, or that the nodes contradict, is read again in real time, so that the
 * plan after an apply is empty.
 */
function confirmStates(
  cluster: Cluster,
  models: readonly LiveModel[],
  loaded: ReadonlySet<string> | undefined,
): Promise<LiveModel[]> {
  return Promise.all(
    models.map(async (found) => {
      const rests = found.state === 'UNDEPLOYED' && loaded?.has(found.id) !== true;
      return found.state === 'DEPLOYED' || rests ? found : ((await getModel(cluster, found.id)) ?? found);
    }),
  );
}

/**
 * What the nodes hold counts more than the document. Every ten seconds the server asks its nodes, and then rewrites the
 * documents: a model that was deployed between the two becomes DEPLOY_FAILED, or DEPLOYING once more, and DEPLOYED again
 * ten seconds later (MLSyncUpCron; seen on 3.6.0). A remote model is held by nobody until it is asked for the first time.
 */
function withLoading(models: readonly LiveModel[], loaded: ReadonlySet<string> | undefined): LiveModel[] {
  return models.map((model) => {
    const { id, state, algorithm } = model;
    if (loaded?.has(id)) return /^DEPLOY(_FAILED|ING)$/.test(state) ? { ...model, state: 'DEPLOYED' } : model;
    const missing = loaded !== undefined && state === 'DEPLOYED' && algorithm !== 'REMOTE';
    return missing ? { ...model, state: NOT_LOADED } : model;
  });
}

/** How often, and at what distance, a model must be missing before no node is said to hold it. */
const LOOKS = 3;
const LOOK_PAUSE_MS = 300;

/**
 * A node that could not answer, because its circuit breaker was open for a moment, is left out of the profile without
 * a word (3.6.0): what is missing is asked for again.
 */
async function confirmLoading(
  cluster: Cluster,
  models: readonly LiveModel[],
  loaded: ReadonlySet<string> | undefined,
): Promise<LiveModel[]> {
  let seen = loaded;
  for (let look = 1; ; look++) {
    const found = withLoading(models, seen);
    if (look === LOOKS || !found.some(({ state }) => state === NOT_LOADED)) return found;
    await pause(LOOK_PAUSE_MS, undefined);
    seen = new Set([...(seen ?? []), ...((await readLoaded(cluster)) ?? [])]);
  }
}

/** The model of a record, also of a creation that was interrupted. */
function idOf(recorded: Recorded | undefined): string | undefined {
  return recorded?.id ?? textAt(recorded?.intent, 'modelId');
}

/** The same, and those of earlier releases. */
function idsOf(recorded: Recorded | undefined): string[] {
  const former = (recorded?.former ?? []).map(({ id }) => id);
  return [idOf(recorded), ...former].filter((id) => id !== undefined);
}

function judgeRemoval(recorded: Recorded, models: readonly LiveModel[]): Removal {
  const live = models.find(({ id }) => id === idOf(recorded));
  if (live === undefined) return { gone: true };
  const deployed = /DEPLOYED|DEPLOYING|NOT_LOADED/.test(live.state) && live.state !== 'UNDEPLOYED';
  return {
    gone: false,
    id: live.id,
    steps: deployed ? ['undeploy', 'delete'] : ['delete'],
    ...(deployed ? { destructive: 'interrupts search: pipelines that use it fail from then on' } : {}),
  };
}

export const model: ProvisionedKind = {
  name: 'Model',
  summary:
    'A model: pretrained, from a URL, from a zip beside the manifest; registered, deployed and probed.',
  provisions: true,
  namedByManifest: false,
  refusals: [...MODEL_REFUSALS, ...ML_REFUSALS],
  announced: true,
  standsBy: true,
  lifecycle: ['strategy', 'retire_after', 'keep'],

  async check(resource) {
    const source = sourceOf(resource);
    const archive = source.from === 'file' ? await checkArchive(resource, source.path) : [];
    return [...archive, ...droppedFields(resource)];
  },

  async snapshot(cluster, { wanted, leaving }, capabilities) {
    const names = wanted.flatMap(({ resource }) => textAt(resource.spec, 'name') ?? []);
    const ids = [...wanted, ...leaving].flatMap(({ recorded }) => idsOf(recorded));
    const ready = capabilities.plugins?.has('opensearch-ml') !== false;
    const [found, loaded, hashes] = await Promise.all([
      ready ? searchModels(cluster, { names, ids }) : [],
      ready && wanted.length > 0 ? readLoaded(cluster) : undefined,
      hashFiles(wanted),
    ]);
    const models = await confirmLoading(cluster, await confirmStates(cluster, found, loaded), loaded);
    return {
      judge: (question) => judgeModel(question, { models, capabilities, hashes }),
      judgeRemoval: (recorded) => judgeRemoval(recorded, models),
    };
  },

  apply: applyModel,

  async remove(context, id) {
    await context.step('undeploy and delete', () => remove(context, id));
  },

  async rest(context, id) {
    await context.step('undeploy', () => rest(context, id));
  },

  async wake(context, id) {
    await context.step('deploy', () => deploy(context, id, false));
  },

  making: (intent) => textAt(intent, 'modelId'),

  exporting: exportModels,
  examine: examineModels,
};
