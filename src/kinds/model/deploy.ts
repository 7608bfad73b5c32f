import { RerankctlError } from '../../core/errors.ts';
import { textAt } from '../../core/json.ts';
import { poll } from '../../opensearch/poll.ts';
import { pause } from '../../opensearch/signals.ts';
import type { StepContext } from '../kind.ts';
import { DeploymentWatch } from './deployment-watch.ts';
import { searchesToEnd } from './drain.ts';
import { isAlreadyRunning, isPassing, modelFailure, reasonOf } from './failures.ts';
import { deleteModel, getModel, type LiveModel, searchModels } from './live.ts';
import { searchTasks } from './orphans.ts';
import { GONE, ORPHANED, type Task } from './task.ts';
import { awaitModel, awaitTask, type Waiting } from './tasks.ts';

function modelPath(id: string): string {
  return `/_plugins/_ml/models/${encodeURIComponent(id)}`;
}

/** How often a deployment is asked for again while another one of the same model is in the way. */
const ATTEMPTS = 10;
const PAUSE_MS = 500;

/** What deploying takes. Without a journal there is nothing to finish when it is killed. */
type Deploying = Waiting & Partial<Pick<StepContext, 'recorded' | 'journal'>>;

/**
 * Deploys and waits. Idempotent: deploying a deployed model is a task that completes at once. A deployment that an
 * interrupted run began may still be under way. The server does not take a second one: at best it is refused
 * (`Duplicate deploy model task`), at worst the two spoil each other's writes (`version conflict`), and either may
 * leave the model DEPLOY_FAILED although it is deployed (3.6.0). So the first is waited for where it can be seen,
 * and where it could not, this is done again. `resumed`: somebody may have begun it.
 */
export async function deploy(context: Deploying, id: string, resumed: boolean): Promise<void> {
  if (resumed && (await isDeployedByAnother(context, id))) return;
  for (let attempt = 1; ; attempt++) {
    const task = await deployOnce(context, id);
    if (task === undefined) return remoteDeployed(context, id);
    if (task.state === 'COMPLETED' && !resumed) return;
    const reason = reasonOf(task.error);
    const orphaned = task.state === ORPHANED;
    const again =
      orphaned || isAlreadyRunning(reason) || isPassing(reason) || ['COMPLETED', GONE].includes(task.state);
    // Task documents can lose writes (2.19, 3.x): the model itself is the second source of truth.
    const model = again && !orphaned ? await settled(context, id) : await getModel(context.cluster, id);
    // For ten seconds after a restart it is DEPLOYED by its document alone.
    if (model?.state === 'DEPLOYED' && !orphaned) return;
    if (!again || attempt >= ATTEMPTS) throw notDeployed(task, model);
    await pause(PAUSE_MS, context.signal);
  }
}

/**
 * A remote model's deployment is COMPLETED by its answer and goes on for some 150 ms; until then an update is refused,
 * and so is a predict where the model may not deploy itself (2.19.1, 3.6.0).
 */
async function remoteDeployed(context: Waiting, id: string): Promise<void> {
  const model = await awaitModel(context, id, 'the model to be deployed', ({ state }) =>
    /^(DEPLOYED|DEPLOY_FAILED)$/.test(state),
  );
  if (model.state === 'DEPLOYED') await awaitSearchable(context, id, 'DEPLOYED');
}

/** The search of 2.19 is up to a second behind, and a remote model is deployed sooner than that. */
export async function awaitSearchable(context: Waiting, id: string, state: string): Promise<void> {
  const what = `the model to be found ${state}`;
  await poll({
    what,
    read: async () => (await searchModels(context.cluster, { names: [], ids: [id] }))[0]?.state ?? 'gone',
    done: (found) => found === state || found === 'gone',
    describe: String,
    signal: context.signal,
    deadlineMs: 10_000,
    onPoll: (found, sinceMs, deadlineMs) => context.polled(what, found, sinceMs, deadlineMs),
  });
}

function settled(context: Waiting, id: string): Promise<LiveModel> {
  return awaitModel(context, id, 'the deployment begun earlier', ({ state }) => state !== 'DEPLOYING');
}

/** Waits for deployments of this model that somebody else, such as a run that was killed, has begun. */
async function isDeployedByAnother(context: Deploying, id: string): Promise<boolean> {
  const pending = await deployTasks(context, id);
  if (pending.length === 0) return false;
  const what = 'the deployment begun earlier';
  const tasks = await Promise.all(
    pending.map((taskId) => awaitTask(context, taskId, what, new DeploymentWatch(context.cluster, id))),
  );
  const done = tasks.some(({ state }) => state === 'COMPLETED');
  return done && (await settled(context, id)).state === 'DEPLOYED';
}

async function deployTasks({ cluster, recorded }: Deploying, id: string): Promise<string[]> {
  const query = {
    bool: {
      filter: [
        { term: { model_id: id } },
        { term: { task_type: 'DEPLOY_MODEL' } },
        { terms: { state: ['CREATED', 'RUNNING'] } },
      ],
    },
  };
  const intent = recorded?.intent;
  const journaled =
    textAt(intent, 'step') === 'deploy' && textAt(intent, 'modelId') === id
      ? textAt(intent, 'taskId')
      : undefined;
  const found = (await searchTasks(cluster, query)) ?? [];
  return [...new Set([...found.map(({ _id }) => _id), ...(journaled === undefined ? [] : [journaled])])];
}

/** The task as it ended; `undefined` when the server deployed at once. */
async function deployOnce(context: Deploying, id: string): Promise<Task | undefined> {
  const { status, body } = await context.cluster.request({
    method: 'POST',
    path: `${modelPath(id)}/_deploy`,
    repeatable: true,
    accept: [409],
  });
  if (status === 409) return refused(id, body);
  const taskId = textAt(body, 'task_id');
  // A remote model is deployed when the answer comes, with status COMPLETED.
  if (taskId === undefined || textAt(body, 'status') === 'COMPLETED') return undefined;
  const journaled = context.journal?.({ step: 'deploy', modelId: id, taskId });
  const [task] = await Promise.all([
    awaitTask(context, taskId, 'the deployment', new DeploymentWatch(context.cluster, id)),
    journaled,
  ]);
  return task;
}

/** Two deployments of a remote model at the same moment: the request itself meets the conflict (3.6.0). */
function refused(id: string, body: unknown): Task {
  const error = textAt(body, 'error', 'reason');
  return { state: 'FAILED', modelId: id, error, workers: [], touched: undefined };
}

function notDeployed(task: Task, model: LiveModel | undefined): RerankctlError {
  if (task.state === 'COMPLETED_WITH_ERROR' || model?.state === 'PARTIALLY_DEPLOYED') {
    const failure = modelFailure('deployment on some nodes', task.error);
    return new RerankctlError('server', failure.code, `Only some nodes hold the model. ${failure.message}`, {
      remedy: failure.remedy,
      cause: failure,
    });
  }
  return modelFailure('deployment', task.error);
}

export async function undeploy(context: Pick<StepContext, 'cluster'>, id: string): Promise<void> {
  await context.cluster.request({
    method: 'POST',
    path: `${modelPath(id)}/_undeploy`,
    accept: [404],
    repeatable: true,
  });
}

/** So long a model that was undeployed may be seen deployed before it is undeployed again. */
const STILL_DEPLOYED_MS = 2_000;

/**
 * Undeploys when nobody asks it any more, and waits: the model stays registered. One that is gone already is fine.
 *
 * A deployment that a killed run has begun is let end first: undeployed within its first 50 ms the model is UNDEPLOYED at
 * once, DEPLOYED a second later, and stays so (3.6.0). One whose request only arrives meanwhile is undone as well.
 */
export async function rest(context: Waiting, id: string): Promise<boolean> {
  const found = await getModel(context.cluster, id);
  if (found === undefined) return false;
  if (found.state !== 'DEPLOYED') await isDeployedByAnother(context, id);
  await searchesToEnd(context);
  do {
    await undeployAndWait(context, id);
  } while (await isDeployedByAnother(context, id));
  return true;
}

async function undeployAndWait(context: Waiting, id: string): Promise<void> {
  await undeploy(context, id);
  let since = performance.now();
  await awaitModel(context, id, 'the model to be undeployed', async ({ state }) => {
    if (!/DEPLOYING|^DEPLOYED|PARTIALLY/.test(state)) return true;
    if (state !== 'DEPLOYING' && performance.now() - since >= STILL_DEPLOYED_MS) {
      await undeploy(context, id);
      since = performance.now();
    }
    return false;
  });
}

/** Undeploys, waits and deletes. */
export async function remove(context: Waiting, id: string): Promise<void> {
  if (await rest(context, id)) await deleteModel(context.cluster, id);
}
