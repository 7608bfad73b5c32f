import { RerankctlError } from '../../core/errors.ts';
import { type JsonObject, textAt } from '../../core/json.ts';
import { pause } from '../../opensearch/signals.ts';
import { BEGUN, type StepContext } from '../kind.ts';
import { readArchive } from './archive.ts';
import { isPassing, modelFailure, reasonOf } from './failures.ts';
import { type LiveModel, searchModels } from './live.ts';
import { isDeclared } from './same.ts';
import { sourceOf } from './source.ts';
import { awaitModel, awaitTask, type Task } from './tasks.ts';
import { registerMeta, uploadChunks } from './upload.ts';

/** How often a registration is begun again after the server lost a race with itself. */
const ATTEMPTS = 5;

/** How long the last request of a run that was killed is looked out for. */
const LATE_MS = 2_000;
const LATE_PAUSE_MS = 200;

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
    if (left?.state === 'REGISTERED') return left.id;
    const id = left?.id ?? (await registerMeta(context, body, archive));
    await Promise.all([
      context.journal({ step: 'register', modelId: id }),
      uploadChunks(context, id, source.path, archive),
    ]);
    return id;
  }

  const taskId = textAt(context.recorded?.intent, 'taskId');
  if (taskId !== undefined) {
    const task = await awaitTask(context, taskId, 'the registration begun earlier');
    if (task.state === 'COMPLETED' && task.modelId !== undefined) return task.modelId;
  }
  const left = await abandoned(context, textAt(body, 'model_content_hash_value'));
  if (left === undefined) return registerByTask(context, body);
  const begun = 'the registration begun earlier';
  return (await awaitModel(context, left.id, begun, (model) => model.state !== 'REGISTERING')).id;
}

/**
 * A model of this name, group and content that a run which was killed has left between its first request and its
 * last. Where the state says that one was begun, it is given a moment: the request may still be on its way.
 */
async function abandoned(context: StepContext, hash: string | undefined): Promise<LiveModel | undefined> {
  const until = performance.now() + (textAt(context.recorded?.intent, 'step') === BEGUN ? LATE_MS : 0);
  for (;;) {
    const found = await findAbandoned(context, hash);
    if (found !== undefined || performance.now() >= until) return found;
    await pause(LATE_PAUSE_MS, context.signal);
  }
}

async function findAbandoned(context: StepContext, hash: string | undefined): Promise<LiveModel | undefined> {
  const { name, model_group_id, model_config } = context.spec;
  const replaced = context.change.action === 'create' ? undefined : context.change.id;
  const models = await searchModels(context.cluster, { names: [String(name)], ids: [] });
  return models.find(
    (model) =>
      model.id !== replaced &&
      model.name === name &&
      model.groupId === model_group_id &&
      (hash === undefined || model.hash === undefined || model.hash === hash) &&
      isDeclared(model.body.model_config, model_config) &&
      ['REGISTERING', 'REGISTERED'].includes(model.state),
  );
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
    if (id !== undefined) return id;
    const taskId = textAt(answer, 'task_id');
    if (taskId === undefined) throw new Error(`no task_id in ${JSON.stringify(answer)}`);
    const journaled = context.journal({ step: 'register', taskId });
    const [task] = await Promise.all([awaitTask(context, taskId, 'the registration'), journaled]);
    if (task.state === 'COMPLETED' && task.modelId !== undefined) return task.modelId;
    if (attempt >= ATTEMPTS || !isPassing(reasonOf(task.error))) throw failed(task, taskId);
    context.progress('register', `again, because the server said: ${reasonOf(task.error)}`);
  }
}

function failed(task: Task, taskId: string): RerankctlError {
  if (task.state === 'GONE') {
    return new RerankctlError(
      'server',
      'RCTL_TASK_GONE',
      `The cluster does not know the registration task ${taskId} any more.`,
      { remedy: 'Apply again: what it had begun is looked for first.' },
    );
  }
  return modelFailure('registration', task.error);
}
