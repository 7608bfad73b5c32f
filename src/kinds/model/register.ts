import { RerankctlError } from '../../core/errors.ts';
import { type JsonObject, textAt } from '../../core/json.ts';
import type { StepContext } from '../kind.ts';
import { lookForLate } from '../late.ts';
import { readArchive } from './archive.ts';
import { remove } from './deploy.ts';
import { isPassing, modelFailure, reasonOf } from './failures.ts';
import { deleteModel, type LiveModel, searchModels } from './live.ts';
import { deleteTask, mayBeRegistering } from './orphans.ts';
import { isDeclared } from './same.ts';
import { sourceOf } from './source.ts';
import { GONE, ORPHANED, type Task } from './task.ts';
import { awaitModel, awaitTask } from './tasks.ts';
import { registerMeta, uploadChunks } from './upload.ts';

/** How often a registration is begun again after the server lost a race with itself. */
const ATTEMPTS = 5;

/** How often it is asked whether anybody still works at a registration. */
const ORPHAN_LOOK_MS = 2_000;

/** The register body of the API: everything but what is ours. */
function registerBody(spec: JsonObject): JsonObject {
  const { deploy: _deploy, file: _file, function_name, ...body } = spec;
  // ML Commons reads the body as a stream and needs function_name before model_config.
  return function_name === undefined ? body : { function_name, ...body };
}

/**
 * Registers the model, or finishes a registration that an earlier run began, and returns its ID. A registration
 * is never begun while one of the same model is under way: a run that was killed leaves no second copy.
 */
export async function register(context: StepContext): Promise<string> {
  const source = sourceOf(context.resource);
  const body = registerBody(context.spec);
  if (source.from === 'file') {
    const archive = await readArchive(source.path);
    const left = await abandoned(context, archive.sha256);
    if (left !== undefined && left.state !== 'REGISTERING') return left.id;
    const id = left?.id ?? (await registerMeta(context, body, archive));
    await Promise.all([
      context.journal({ step: 'register', modelId: id }),
      uploadChunks(context, id, source.path, archive),
    ]);
    return id;
  }

  const { intent } = context.recorded ?? {};
  const taskId = textAt(intent, 'step') === 'register' ? textAt(intent, 'taskId') : undefined;
  if (taskId !== undefined) {
    const task = await awaitTask(context, taskId, 'the registration begun earlier');
    if (task.state === 'COMPLETED' && task.modelId !== undefined) return task.modelId;
    if (task.state === ORPHANED) await deleteTask(context.cluster, taskId);
  }
  const left = await abandoned(context, textAt(body, 'model_content_hash_value'));
  if (left === undefined && source.from === 'connector') await removeMisfit(context);
  return (left && (await finished(context, left))) ?? registerByTask(context, body);
}

/**
 * The ID of a model whose registration was begun earlier, when it is done. A model that nobody will ever finish is
 * deleted: when the node that downloads it is restarted it stays REGISTERING for ever (2.19.1, 3.6.0).
 */
async function finished(
  context: StepContext,
  left: LiveModel,
  ours = context.recorded?.intent !== undefined,
): Promise<string | undefined> {
  const from = performance.now();
  let looked = 0;
  let orphaned = 0;
  await awaitModel(context, left.id, 'the registration begun earlier', async (model) => {
    if (model.state !== 'REGISTERING') return true;
    const due = looked * ORPHAN_LOOK_MS;
    if (!ours || performance.now() - from < due) return false;
    looked++;
    // Twice: a task is searchable a moment after it was begun.
    orphaned = (await mayBeRegistering(context.cluster)) ? 0 : orphaned + 1;
    return orphaned === 2;
  });
  if (orphaned < 2) return left.id;
  context.progress('register', 'again, because the node that was at it was restarted');
  await deleteModel(context.cluster, left.id);
  return undefined;
}

/**
 * A model of this name, group and content that a run which was killed has left between its first request and its
 * last. The one that the state names may be deployed already: as a candidate, beside the model that it is to replace.
 */
function abandoned(context: StepContext, hash: string | undefined): Promise<LiveModel | undefined> {
  return lookForLate(context, () => findAbandoned(context, hash));
}

async function findAbandoned(context: StepContext, hash: string | undefined): Promise<LiveModel | undefined> {
  const { name, model_group_id, model_config, connector_id } = context.spec;
  const replaced = context.change.action === 'create' ? undefined : context.change.id;
  const begun = textAt(context.recorded?.intent, 'modelId');
  const uploads = sourceOf(context.resource).from === 'file';
  const models = await searchModels(context.cluster, { names: [String(name)], ids: [] });
  return models.find(
    (model) =>
      model.id !== replaced &&
      model.name === name &&
      model.groupId === model_group_id &&
      (hash === undefined || model.hash === undefined || model.hash === hash) &&
      isDeclared(model.body.model_config, model_config) &&
      isDeclared(model.body.connector_id, connector_id) &&
      (model.id === begun ||
        model.state === 'REGISTERED' ||
        (model.state === 'REGISTERING' && isUpload(model) === uploads)),
  );
}

/**
 * What an interrupted run has made for the same manifest goes when it is of no use any more: its connector, whose
 * credential no manifest shows, has been replaced since.
 */
async function removeMisfit(context: StepContext): Promise<void> {
  const { recorded, change } = context;
  const begun = textAt(recorded?.intent, 'modelId');
  const replaced = change.action === 'create' ? undefined : change.id;
  const kept = [replaced, recorded?.id, ...(recorded?.former ?? []).map(({ id }) => id)];
  if (begun !== undefined && !kept.includes(begun)) await remove(context, begun);
}

/** The number of chunks is declared before an upload, and counted after a download. */
function isUpload(model: LiveModel): boolean {
  return model.body.total_chunks !== undefined;
}

async function registerByTask(context: StepContext, body: JsonObject): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const { body: answer } = await context.cluster.request({
      method: 'POST',
      path: '/_plugins/_ml/models/_register',
      body,
    });
    // A remote model is registered at once and answers with its ID.
    const id = textAt(answer, 'model_id');
    if (id !== undefined) {
      await context.journal({ step: 'register', modelId: id });
      return id;
    }
    const taskId = textAt(answer, 'task_id');
    if (taskId === undefined) throw new Error(`no task_id in ${JSON.stringify(answer)}`);
    const journaled = context.journal({ step: 'register', taskId });
    const [task] = await Promise.all([awaitTask(context, taskId, 'the registration'), journaled]);
    if (task.state === 'COMPLETED' && task.modelId !== undefined) return task.modelId;
    const orphaned = task.state === ORPHANED;
    if (attempt >= ATTEMPTS || !(orphaned || isPassing(reasonOf(task.error)))) throw failed(task, taskId);
    if (orphaned) {
      await deleteTask(context.cluster, taskId);
      const left = await findAbandoned(context, textAt(body, 'model_content_hash_value'));
      const done = left && (await finished(context, left, true));
      if (done !== undefined) return done;
    }
    const because = orphaned ? 'its node was restarted' : `the server said: ${reasonOf(task.error)}`;
    context.progress('register', `again, because ${because}`);
  }
}

function failed(task: Task, taskId: string): RerankctlError {
  if (task.state === GONE || task.state === ORPHANED) {
    return new RerankctlError(
      'server',
      'RCTL_TASK_GONE',
      `The cluster does not work at the registration task ${taskId} any more.`,
      { remedy: 'Apply again: what it had begun is looked for first.' },
    );
  }
  return modelFailure('registration', task.error);
}
