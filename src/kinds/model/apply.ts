import { numberAt, textAt } from '../../core/json.ts';
import type { Applied, StepContext } from '../kind.ts';
import { readArchive } from './archive.ts';
import { awaitSearchable, deploy, rest, undeploy } from './deploy.ts';
import { getModel } from './live.ts';
import { probe } from './probe.ts';
import { register } from './register.ts';
import { updateRemote } from './remote.ts';
import { refuseWithoutRoom } from './room.ts';
import { sourceOf, wantsDeployment } from './source.ts';

async function bringUp(context: StepContext, id: string): Promise<void> {
  if (!wantsDeployment(context.spec)) return;
  const resumed = context.change.action === 'update' || context.recorded?.intent !== undefined;
  await context.step('deploy', () => deploy(context, id, resumed));
  // A model that is disabled answers nobody.
  if (context.spec.is_enabled === false) return;
  await context.step('probe', async () => {
    // A pretrained model gets its function from its publisher, whatever the manifest says or leaves out.
    const declared =
      sourceOf(context.resource).from === 'file' ? textAt(context.spec, 'function_name') : undefined;
    await probe(context, id, declared ?? (await getModel(context.cluster, id))?.algorithm);
  });
}

async function takeDown(context: StepContext, id: string): Promise<void> {
  await undeploy(context, id);
  if (sourceOf(context.resource).from === 'connector') await awaitSearchable(context, id, 'UNDEPLOYED');
}

/** Registers the model, unless one that was kept takes the place. */
async function obtain(context: StepContext): Promise<string> {
  const { change } = context;
  if (change.action === 'replace' && change.restores !== undefined) return change.restores;
  const uploads = sourceOf(context.resource).from === 'file';
  // Two registrations into one group at once lose against each other (seq_no conflict, 2 of 4 seen lost).
  return context.exclusive(`model group ${textAt(context.spec, 'model_group_id')}`, () =>
    context.step(uploads ? 'upload' : 'register', () => register(context)),
  );
}

/** Before anything is sent: can both be deployed at once? */
async function roomBeside(context: StepContext, old: string): Promise<void> {
  const source = sourceOf(context.resource);
  if (!wantsDeployment(context.spec) || source.from === 'connector') return;
  // The size of a download is not known before it: that of the model which it replaces stands for it.
  const bytes =
    source.from === 'file' && context.resource.former === undefined
      ? (await readArchive(source.path)).bytes
      : numberAt((await getModel(context.cluster, old))?.body, 'model_content_size_in_bytes');
  if (bytes !== undefined) await refuseWithoutRoom(context.cluster, old, bytes);
}

/** The old model makes room first. When the new one does not come up, it is deployed again. */
async function recreate(context: StepContext, old: string): Promise<string> {
  const id = await obtain(context);
  await context.step('undeploy the old one', () => rest(context, old));
  try {
    await bringUp(context, id);
  } catch (error) {
    if (context.signal.aborted) throw error;
    context.progress('deploy', 'the old one again, because the new one did not come up');
    await rest(context, id);
    await deploy(context, old, true);
    throw error;
  }
  return id;
}

/** Creates, updates or replaces a model. */
export async function applyModel(context: StepContext): Promise<Applied> {
  const { change, resource } = context;
  if (change.action === 'update') {
    const attributes = change.fields.filter(({ pointer }) => pointer !== '/model_state');
    if (attributes.length > 0) {
      await context.step('update', () => updateRemote(context, change.id, attributes));
      const unfinished = context.recorded?.intent !== undefined;
      if (attributes.length === change.fields.length && !unfinished) return { id: change.id };
    }
    if (wantsDeployment(context.spec)) await bringUp(context, change.id);
    else await context.step('undeploy', () => takeDown(context, change.id));
    return { id: change.id };
  }
  if (change.action === 'replace') {
    if (resource.lifecycle.strategy === 'recreate') return { id: await recreate(context, change.id) };
    await roomBeside(context, change.id);
  }
  const id = await obtain(context);
  await bringUp(context, id);
  return { id };
}
