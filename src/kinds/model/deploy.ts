import { RerankctlError } from '../../core/errors.ts';
import { textAt } from '../../core/json.ts';
import type { StepContext } from '../kind.ts';
import { modelFailure } from './failures.ts';
import { getModel, type LiveModel } from './live.ts';
import { awaitModel, awaitTask } from './tasks.ts';

function modelPath(id: string): string {
  return `/_plugins/_ml/models/${encodeURIComponent(id)}`;
}

/** Deploys and waits. Idempotent: deploying a deployed model is a task that completes at once. */
export async function deploy(context: StepContext, id: string): Promise<void> {
  const { body } = await context.cluster.request({
    method: 'POST',
    path: `${modelPath(id)}/_deploy`,
    repeatable: true,
  });
  const taskId = textAt(body, 'task_id');
  // A remote model is deployed when the answer comes, with status COMPLETED.
  if (taskId === undefined || textAt(body, 'status') === 'COMPLETED') return;
  const journaled = context.journal({ step: 'deploy', modelId: id, taskId });
  const [task] = await Promise.all([awaitTask(context, taskId, 'the deployment'), journaled]);
  if (task.state === 'COMPLETED') return;
  // Task documents can lose writes (2.19, 3.x): the model itself is the second source of truth.
  const model = await getModel(context.cluster, id);
  if (model?.state === 'DEPLOYED') return;
  if (task.state === 'COMPLETED_WITH_ERROR' || model?.state === 'PARTIALLY_DEPLOYED') {
    const failure = modelFailure('deployment on some nodes', task.error);
    throw new RerankctlError('server', failure.code, `Only some nodes hold the model. ${failure.message}`, {
      remedy: failure.remedy,
      cause: failure,
    });
  }
  throw modelFailure('deployment', task.error);
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
export async function remove(
  context: Pick<StepContext, 'cluster' | 'signal' | 'waitMs' | 'polled'>,
  id: string,
): Promise<void> {
  if ((await getModel(context.cluster, id)) === undefined) return;
  await undeploy(context, id);
  const idle = (model: LiveModel): boolean => !/DEPLOYING|^DEPLOYED|PARTIALLY/.test(model.state);
  await awaitModel(context, id, 'the old model to be undeployed', idle);
  await context.cluster.request({ method: 'DELETE', path: modelPath(id), accept: [404] });
}
