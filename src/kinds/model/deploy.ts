import { RerankctlError } from '../../core/errors.ts';
import { textAt } from '../../core/json.ts';
import { pause } from '../../opensearch/signals.ts';
import type { RemovalContext, StepContext } from '../kind.ts';
import { isAlreadyRunning, modelFailure, reasonOf } from './failures.ts';
import { getModel, type LiveModel } from './live.ts';
import { awaitModel, awaitTask, type Task } from './tasks.ts';

function modelPath(id: string): string {
  return `/_plugins/_ml/models/${encodeURIComponent(id)}`;
}

/** How often a deployment is asked for again while another one of the same model is in the way. */
const ATTEMPTS = 10;
const PAUSE_MS = 500;

/**
 * Deploys and waits. Idempotent: deploying a deployed model is a task that completes at once. A deployment that an
 * interrupted run began may still be under way; the server then refuses a second one (`Duplicate deploy model
 * task`, 3.6.0), and the first is waited for.
 */
export async function deploy(context: StepContext, id: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const task = await deployOnce(context, id);
    if (task === undefined || task.state === 'COMPLETED') return;
    const inTheWay = isAlreadyRunning(reasonOf(task.error));
    // Task documents can lose writes (2.19, 3.x): the model itself is the second source of truth.
    const model = inTheWay
      ? await awaitModel(context, id, 'the deployment begun earlier', ({ state }) => state !== 'DEPLOYING')
      : await getModel(context.cluster, id);
    if (model?.state === 'DEPLOYED') return;
    if (!inTheWay || attempt >= ATTEMPTS) throw notDeployed(task, model);
    await pause(PAUSE_MS, context.signal);
  }
}

/** The task as it ended; `undefined` when the server deployed at once. */
async function deployOnce(context: StepContext, id: string): Promise<Task | undefined> {
  const { body } = await context.cluster.request({
    method: 'POST',
    path: `${modelPath(id)}/_deploy`,
    repeatable: true,
  });
  const taskId = textAt(body, 'task_id');
  // A remote model is deployed when the answer comes, with status COMPLETED.
  if (taskId === undefined || textAt(body, 'status') === 'COMPLETED') return undefined;
  const journaled = context.journal({ step: 'deploy', modelId: id, taskId });
  const [task] = await Promise.all([awaitTask(context, taskId, 'the deployment'), journaled]);
  return task;
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

/** Undeploys, waits and deletes. A model that is gone already is fine. */
export async function remove(context: RemovalContext, id: string): Promise<void> {
  if ((await getModel(context.cluster, id)) === undefined) return;
  await undeploy(context, id);
  const idle = (model: LiveModel): boolean => !/DEPLOYING|^DEPLOYED|PARTIALLY/.test(model.state);
  await awaitModel(context, id, 'the model to be undeployed', idle);
  await context.cluster.request({ method: 'DELETE', path: modelPath(id), accept: [404] });
}
