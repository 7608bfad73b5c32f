import type { Diagnostic } from '../../core/diagnostic.ts';
import { textAt } from '../../core/json.ts';
import type { FieldChange } from '../../core/plan.ts';
import { diagnosticAt } from '../../core/resource.ts';
import { Unknown, type ValueObject } from '../../core/value.ts';
import type { Capabilities } from '../../opensearch/capabilities.ts';
import type { Question, Verdict } from '../kind.ts';
import { mlPluginMissing } from '../ml-commons.ts';
import { type LiveModel, NOT_LOADED } from './live.ts';
import { FILE_SETTING, ML_NODE_SETTING, REMEDY, URL_SETTING } from './remedies.ts';
import { remoteChanges } from './remote.ts';
import { isDeclared } from './same.ts';
import { sourceOf, wantsDeployment } from './source.ts';

export interface ModelSnapshot {
  readonly models: readonly LiveModel[];
  readonly capabilities: Capabilities;
  /** SHA-256 of `spec.file`, by its path. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** What would make the registration fail, known before anything is changed. */
function obstacles(question: Question, capabilities: Capabilities): Diagnostic[] {
  const { resource } = question;
  const source = sourceOf(resource);
  const off = (setting: string): boolean => capabilities.setting(setting) === 'false';
  const found: Diagnostic[] = [];
  const refuse = (pointer: string, code: string, message: string, remedy: string): void => {
    found.push(diagnosticAt(resource, pointer, { severity: 'error', code, message, remedy }));
  };
  if (source.from === 'url' && off(URL_SETTING)) {
    refuse(
      '/spec/url',
      'RCTL_ML_URL_REGISTRATION_OFF',
      `This cluster does not allow models to be registered from a URL (${URL_SETTING} is false).`,
      REMEDY.url,
    );
  }
  if (source.from === 'file' && off(FILE_SETTING)) {
    refuse(
      '/spec/file',
      'RCTL_ML_FILE_REGISTRATION_OFF',
      `This cluster does not allow models to be uploaded from a file (${FILE_SETTING} is false).`,
      REMEDY.file,
    );
  }
  const mlNodes = capabilities.nodeRoles?.some((roles) => roles.includes('ml'));
  if (source.from !== 'connector' && mlNodes === false && capabilities.setting(ML_NODE_SETTING) === 'true') {
    refuse(
      '/spec',
      'RCTL_ML_NO_ELIGIBLE_NODE',
      `No node of this cluster may run models: ${ML_NODE_SETTING} is true and no node has the role ml.`,
      REMEDY.mlNode,
    );
  }
  return found;
}

/** The content hash that the live model must have, where it can be known before the cluster downloads it. */
function expectedHash(question: Question, { hashes, models }: ModelSnapshot): string | undefined {
  const { former } = question.resource;
  // The file of a rollback may be another one by now.
  if (former !== undefined) return models.find(({ id }) => id === former.id)?.hash;
  const source = sourceOf(question.resource);
  if (source.from === 'file') return hashes.get(source.path);
  const declared = question.spec.model_content_hash_value;
  return typeof declared === 'string' ? declared : undefined;
}

function fingerprintOf(question: Question, snapshot: ModelSnapshot): { fingerprint?: string } {
  const hash = expectedHash(question, snapshot);
  return hash === undefined ? {} : { fingerprint: hash };
}

/** Models on the server that are this one by name, group and content: what the state would say if it were lost. */
function alike(question: Question, snapshot: ModelSnapshot): LiveModel[] {
  const { name, model_group_id } = question.spec;
  if (model_group_id instanceof Unknown) return [];
  const hash = expectedHash(question, snapshot);
  return snapshot.models.filter(
    (model) =>
      model.name === name &&
      model.groupId === model_group_id &&
      model.state !== 'REGISTERING' &&
      (hash === undefined || model.hash === hash) &&
      isDeclared(model.algorithm, question.spec.function_name) &&
      isDeclared(model.body.model_format, question.spec.model_format) &&
      isDeclared(model.body.model_config, question.spec.model_config) &&
      (!isRemote(question) || isAlikeRemote(question, model)),
  );
}

function isRemote({ resource }: Question): boolean {
  return sourceOf(resource).from === 'connector';
}

/** It asks the same service in the same way; the rest can be updated. */
function isAlikeRemote(question: Question, model: LiveModel): boolean {
  return remoteChanges(question, model).anew.length === 0;
}

/** What differs from what was registered. Local models cannot be updated at all: any difference replaces. */
function identityChanges(question: Question, live: LiveModel, snapshot: ModelSnapshot): FieldChange[] {
  const { recorded } = question;
  if (recorded?.applied === undefined) return [];
  const hash = expectedHash(question, snapshot);
  const { from } = sourceOf(question.resource);
  const changed = question.changedSince(recorded).filter((field) => makesAnother(field, from, live));
  if (hash !== undefined && live.hash !== undefined && hash !== live.hash && !declaredHash(changed)) {
    // The content of a model that is registered never changes: it is the file that has.
    changed.push({ pointer: '/model_content_hash_value', before: live.hash, after: hash, by: 'git' });
  }
  return changed;
}

/** What the server loses or ignores; `deploy` and `file` are ours, and judged by what they stand for. */
const MEANS_NOTHING: Readonly<Record<ReturnType<typeof sourceOf>['from'], readonly string[]>> = {
  file: ['/deploy', '/file', '/version', '/description'],
  url: ['/deploy', '/version'],
  pretrained: ['/deploy', '/description'],
  connector: [],
};

/** Enums that the server keeps in capitals. */
const ENUMS = [
  '/function_name',
  '/model_format',
  '/model_config/framework_type',
  '/model_config/pooling_mode',
];

/** Is it another model with this change? A hash that is declared now, and was true all the time, makes none. */
function makesAnother(
  { pointer, before, after }: FieldChange,
  from: keyof typeof MEANS_NOTHING,
  live: LiveModel,
): boolean {
  if (MEANS_NOTHING[from].includes(pointer)) return false;
  if (ENUMS.includes(pointer)) return String(before).toUpperCase() !== String(after).toUpperCase();
  if (pointer === '/model_content_hash_value') return after !== undefined && after !== live.hash;
  return true;
}

function declaredHash(changes: readonly FieldChange[]): boolean {
  return changes.some(({ pointer }) => pointer === '/model_content_hash_value');
}

function ambiguous(question: Question, candidates: readonly LiveModel[]): Verdict {
  const list = candidates.map((model) => `${model.id} (${model.state})`).join(', ');
  return {
    action: 'refuse',
    diagnostics: [
      diagnosticAt(question.resource, '/spec/name', {
        severity: 'error',
        code: 'RCTL_AMBIGUOUS_MODEL',
        message: `The cluster has ${candidates.length} models of this name and content in this group: ${list}.`,
        remedy: 'Delete all but one of them, so that it can be told which one is meant.',
      }),
    ],
  };
}

const REGISTER_STEPS = ['register', 'deploy', 'probe'];

function registerSteps(question: Question): string[] {
  const first = sourceOf(question.resource).from === 'file' ? ['upload'] : ['register'];
  return wantsDeployment(question.spec) ? [...first, ...REGISTER_STEPS.slice(1)] : first;
}

function replacement(
  question: Question,
  live: LiveModel,
  fields: readonly FieldChange[],
  snapshot: ModelSnapshot,
): Verdict {
  const kept = formerModel(question, snapshot);
  if (kept === undefined) {
    const gone = question.resource.former;
    const refused =
      gone === undefined ? obstacles(question, snapshot.capabilities) : [formerGone(question, gone.id)];
    if (refused.length > 0) return { action: 'refuse', diagnostics: refused };
  }
  const wanted = wantsDeployment(question.spec);
  const recreates = question.resource.lifecycle.strategy === 'recreate' && wanted;
  const ready = kept?.state === 'DEPLOYED' && !recreates;
  const [obtain = '', ...bringUp] = registerSteps(question);
  return {
    action: 'replace',
    id: live.id,
    steps: [
      ...(kept === undefined ? [obtain] : []),
      ...(recreates ? ['undeploy the old one'] : []),
      ...bringUp.filter((step) => !(ready && step === 'deploy')),
      'retire the old one',
    ],
    fields,
    reason:
      kept === undefined
        ? isRemote(question)
          ? 'what a model asks and answers is proven in a new one, beside the old'
          : 'ML Commons updates no attribute of a local model'
        : `${kept.id} of an earlier release is kept and takes its place`,
    ...(recreates
      ? {
          destructive: `interrupts search: pipelines that use ${live.id} fail from its undeployment until the new one is in them (lifecycle.strategy: recreate)`,
        }
      : {}),
    ...(kept === undefined ? fingerprintOf(question, snapshot) : { restores: { id: kept.id, ready } }),
  };
}

/** A model of an earlier release that is what the manifest wants, and still on the server. */
function formerModel(question: Question, snapshot: ModelSnapshot): LiveModel | undefined {
  const { resource, recorded } = question;
  const hash = expectedHash(question, snapshot);
  for (const former of recorded?.former ?? []) {
    if (resource.former !== undefined && resource.former.id !== former.id) continue;
    const live = snapshot.models.find(({ id }) => id === former.id);
    const changed = question
      .changedSince({ ...former, address: resource.address })
      .some(({ pointer }) => pointer !== '/deploy' && pointer !== '/file');
    if (live === undefined || changed || (hash !== undefined && live.hash !== hash)) continue;
    if (!/REGISTERING|REGISTER_FAILED/.test(live.state)) return live;
  }
  return undefined;
}

function formerGone({ resource }: Question, id: string | undefined): Diagnostic {
  return diagnosticAt(resource, '/spec', {
    severity: 'error',
    code: 'RCTL_FORMER_GONE',
    message: `${resource.address} was ${id} in the release before, and that model is not on the cluster any more.`,
    remedy: 'Take the change back in git and apply: the model is registered again, and measured first.',
  });
}

export function judgeModel(question: Question, snapshot: ModelSnapshot): Verdict {
  const missing = mlPluginMissing(question.resource, snapshot.capabilities);
  if (missing !== undefined) return { action: 'refuse', diagnostics: [missing] };

  const { recorded } = question;
  const own = ownModel(question, snapshot);
  const candidates = own === undefined && recorded?.intent === undefined ? alike(question, snapshot) : [];
  const deployed = candidates.filter((model) => model.state === 'DEPLOYED');
  if (candidates.length > 1 && deployed.length !== 1) return ambiguous(question, candidates);
  const live = own ?? deployed[0] ?? candidates[0];

  if (live === undefined) {
    const refused = obstacles(question, snapshot.capabilities);
    if (refused.length > 0) return { action: 'refuse', diagnostics: refused };
    const reason = reasonToCreate(question);
    return {
      action: 'create',
      steps: registerSteps(question),
      ...fingerprintOf(question, snapshot),
      ...(reason === undefined ? {} : { reason }),
    };
  }
  if (isRemote(question)) return judgeRemote(question, live, snapshot);
  const changed = own === undefined ? [] : identityChanges(question, live, snapshot);
  if (changed.length > 0) return replacement(question, live, changed, snapshot);
  return judgeDeployment(question, live);
}

function judgeRemote(question: Question, live: LiveModel, snapshot: ModelSnapshot): Verdict {
  const { anew, inPlace } = remoteChanges(question, live);
  if (anew.length > 0) return replacement(question, live, [...anew, ...inPlace], snapshot);
  const verdict = judgeDeployment(question, live);
  if (inPlace.length === 0 || verdict.action === 'refuse') return verdict;
  const deployment = verdict.action === 'update' ? verdict : { steps: [], fields: [] };
  const disabled = inPlace.some(({ pointer, after }) => pointer === '/is_enabled' && after === false);
  return {
    action: 'update',
    id: live.id,
    ...deployment,
    steps: ['update', ...deployment.steps],
    fields: [...inPlace, ...deployment.fields],
    ...(disabled
      ? { destructive: 'interrupts search: pipelines that use it fail while it is disabled' }
      : {}),
  };
}

/** The model of the state, or else the one that an interrupted run had registered and not yet deployed. */
function ownModel({ recorded }: Question, { models }: ModelSnapshot): LiveModel | undefined {
  const begun = textAt(recorded?.intent, 'modelId');
  return models.find(
    (model) =>
      model.id === recorded?.id || (model.id === begun && model.state !== 'REGISTERING' && !recorded?.id),
  );
}

function reasonToCreate({ recorded }: Question): string | undefined {
  if (recorded?.intent !== undefined) return 'finishes what an interrupted run began';
  return recorded?.id === undefined ? undefined : `model ${recorded.id} is gone from the cluster`;
}

function stateInWords(state: string): string {
  return state === NOT_LOADED
    ? 'the server says DEPLOYED, and no node has loaded the model'
    : `the model is ${state}`;
}

function judgeDeployment(question: Question, live: LiveModel): Verdict {
  const wanted = wantsDeployment(question.spec);
  const holds = live.state === 'DEPLOYED';
  const idle = /^(REGISTERED|UNDEPLOYED|DEPLOY_FAILED)$/.test(live.state);
  const unfinished = question.recorded?.intent !== undefined;
  const field = { pointer: '/model_state', before: live.state };
  // It was deployed and proven by the last apply, so it has fallen over since.
  const fell = !unfinished && question.recorded?.applied !== undefined;
  if (wanted && (!holds || unfinished)) {
    return {
      action: 'update',
      id: live.id,
      steps: ['deploy', 'probe'],
      reason: unfinished && holds ? 'finishes what an interrupted run began' : stateInWords(live.state),
      fields: holds ? [] : [{ ...field, after: 'DEPLOYED' }],
      ...(fell && wantsDeployment(question.recorded.applied as ValueObject) ? { drifted: true } : {}),
    };
  }
  // The server deploys a remote model by itself when it is asked something.
  const leftAlone = isRemote(question) && question.recorded?.applied?.deploy === false;
  if (!wanted && !idle && !leftAlone) {
    return {
      action: 'update',
      id: live.id,
      steps: ['undeploy'],
      fields: [{ ...field, after: 'UNDEPLOYED' }],
    };
  }
  return { action: question.recorded?.id === undefined ? 'adopt' : 'none', id: live.id };
}
