import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { searchAll } from '../../opensearch/paging.ts';
import { type ExportContext, type Exported, LiveId, type LiveObject } from '../exporting.ts';
import { checkArchive } from './archive.ts';
import { NoContent, readContent } from './content.ts';
import { getModel, type LiveModel, liveModel } from './live.ts';
import { isDeclared } from './same.ts';

/** Models of other kinds (trained in the cluster, agents' tools) are no matter of manifests. */
const FUNCTIONS = [
  'TEXT_SIMILARITY',
  'TEXT_EMBEDDING',
  'SPARSE_ENCODING',
  'SPARSE_TOKENIZE',
  'QUESTION_ANSWERING',
  'REMOTE',
];

export async function exportModels(context: ExportContext): Promise<Exported> {
  if (context.capabilities.plugins?.has('opensearch-ml') === false) return { objects: [], diagnostics: [] };
  const models = await readModels(context);
  const sound = models.filter((model) => obstacle(model) === undefined);
  const objects: LiveObject[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const model of models) {
    const why = obstacle(model) ?? ambiguity(model, sound);
    if (why === undefined) objects.push(await objectOf(context, model));
    else diagnostics.push(leftOut(model, why));
  }
  return { objects, diagnostics };
}

/** All models that are asked for, without the chunks of their content, in a stable order. */
async function readModels({ cluster, wants, signal }: ExportContext): Promise<LiveModel[]> {
  const query = { bool: { must_not: [{ exists: { field: 'chunk_number' } }] } };
  const hits = await searchAll(cluster, '/_plugins/_ml/models/_search', query, { signal });
  const found = hits
    .map((hit) => liveModel(hit._id, hit._source))
    .filter(({ name, body }) => wants(name ?? '') && body.is_hidden !== true);
  // The search can be behind: what seems to be on its way is read again, in real time.
  const models = await Promise.all(
    found.map(async (model) =>
      ['DEPLOYED', 'UNDEPLOYED'].includes(model.state)
        ? model
        : ((await getModel(cluster, model.id)) ?? model),
    ),
  );
  const version = ({ body }: LiveModel): number => Number(body.model_version) || 0;
  return models.sort(
    (a, b) =>
      (a.name ?? '').localeCompare(b.name ?? '', 'en') || version(a) - version(b) || (a.id < b.id ? -1 : 1),
  );
}

function obstacle({ state, name, algorithm, groupId, body }: LiveModel): string | undefined {
  if (name === undefined || groupId === undefined) return 'it has no name or no group';
  if (!FUNCTIONS.includes(algorithm ?? ''))
    return `manifests know no models of the kind ${algorithm ?? '(none)'}`;
  if (/REGISTERING|UPLOADING/.test(state)) return `it is still ${state}`;
  if (/FAIL/.test(state)) return `it is ${state}`;
  if (body.connector !== undefined)
    return 'its connector is part of it, and a manifest names one by connector_id';
  return undefined;
}

/** As a plan would find it: by name, group, content and config; of several, the only one that is deployed. */
function ambiguity(model: LiveModel, all: readonly LiveModel[]): string | undefined {
  const alike = all.filter(
    (other) =>
      other.id !== model.id &&
      other.name === model.name &&
      other.groupId === model.groupId &&
      other.hash === model.hash &&
      isDeclared(other.algorithm, model.algorithm) &&
      other.body.connector_id === model.body.connector_id &&
      isDeclared(other.body.model_format, model.body.model_format as Json) &&
      isDeclared(other.body.model_config, model.body.model_config as Json),
  );
  if (alike.length === 0) return undefined;
  const deployed = [model, ...alike].filter(({ state }) => state === 'DEPLOYED');
  if (deployed.length === 1 && deployed[0] === model) return undefined;
  return `it cannot be told from ${alike.map(({ id }) => id).join(', ')}, with the same name, group and content`;
}

function leftOut({ id, name }: LiveModel, why: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'RCTL_EXPORT_MODEL',
    message: `The model ${JSON.stringify(name ?? '')} (${id}) is left out: ${why}.`,
  };
}

/** What an upload would lose, and so no manifest of an uploaded model may hold. */
const ONLY_BY_URL = [
  'description',
  'is_enabled',
  'rate_limiter',
  'interface',
  'deploy_setting',
  'guardrails',
];

async function objectOf(context: ExportContext, model: LiveModel): Promise<LiveObject> {
  const { body, name = '' } = model;
  const state = { deploy: /DEPLOY(ED|ING)$/.test(model.state) && model.state !== 'UNDEPLOYED' };
  const group = { model_group_id: new LiveId('ModelGroup', model.groupId ?? '') };
  const diagnostics: Diagnostic[] = model.state === 'PARTIALLY_DEPLOYED' ? [partly(model)] : [];
  if (model.algorithm === 'REMOTE') {
    const kept = pick(body, [
      'description',
      'is_enabled',
      'rate_limiter',
      'guardrails',
      'interface',
      'deploy_setting',
    ]);
    const connector = { connector_id: new LiveId('Connector', String(body.connector_id)) };
    const spec = { name, function_name: 'remote', ...kept, ...group, ...connector, ...state };
    return { id: model.id, name, spec, comments: [], diagnostics };
  }
  const described = {
    name,
    function_name: model.algorithm ?? '',
    ...pick(body, ['model_format', 'model_config']),
    ...group,
  };
  const comments = [`${name}, version ${String(body.model_version)} in its group.`];
  const lost = ONLY_BY_URL.filter(
    (key) => body[key] !== undefined && !(key === 'is_enabled' && body[key] === true),
  );
  if (lost.length > 0) {
    comments.push(
      `On the cluster it also has ${lost.join(', ')}, which only a registration by url would keep.`,
    );
    diagnostics.push(lossy(model, lost));
  }
  const content = await contentOf(context, model);
  if ('file' in content) {
    const spec = { ...described, file: content.file, ...state };
    return { id: model.id, name, spec, comments, diagnostics, files: [content.file] };
  }
  diagnostics.push(withoutContent(model, content.missing));
  comments.push(
    'Its content is not here: it is recognised by this hash. To make it anew, add `file:` or `url:`',
  );
  comments.push('(or `version:` of the publisher, for a pretrained model).');
  const hash = model.hash === undefined ? {} : { model_content_hash_value: model.hash };
  return { id: model.id, name, spec: { ...described, ...hash, ...state }, comments, diagnostics };
}

function pick(body: Record<string, unknown>, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) => (body[key] === undefined || body[key] === null ? [] : [[key, body[key] as Json]])),
  );
}

/**
 * The zip, beside the manifest. Where a model came from (URL, publisher's version, file) no server remembers; its
 * bytes it has (2.19.1, 3.6.0).
 */
async function contentOf(
  { cluster, files, signal, progress }: ExportContext,
  model: LiveModel,
): Promise<{ file: string } | { missing: string }> {
  if (files === undefined) return { missing: 'stdout has no room for it' };
  const file = files.reserve('models', (model.name ?? '').split('/').at(-1) ?? '', '.zip');
  const telling = async function* () {
    let bytes = 0;
    for await (const chunk of readContent(cluster, model, signal)) {
      bytes += chunk.length;
      progress(`content of ${model.name}`, `${Math.round(bytes / 1e6)} MB`);
      yield chunk;
    }
  };
  try {
    const { sha256 } = await files.write(file, telling());
    const problem =
      sha256 === model.hash ? await layoutProblem(files.locate(file), model) : 'its hash is another';
    if (problem === undefined) return { file };
    await files.remove(file);
    return { missing: problem };
  } catch (error) {
    if (error instanceof NoContent) return { missing: error.message };
    throw error;
  }
}

/** A manifest with a zip that could not be deployed is refused. */
async function layoutProblem(path: string, { body }: LiveModel): Promise<string | undefined> {
  const spec = { file: path, model_format: String(body.model_format) };
  const [problem] = await checkArchive(
    {
      address: 'Model/exported',
      kind: 'Model',
      name: 'exported',
      labels: {},
      lifecycle: {},
      spec,
      movedFrom: [],
      since: [],
      dependsOn: [],
      folder: '.',
      locate: () => ({}),
    },
    path,
  );
  return problem === undefined ? undefined : `no manifest may name such a zip (${problem.message})`;
}

function withoutContent({ name }: LiveModel, why: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'RCTL_EXPORT_NO_CONTENT',
    message: `The content of the model ${JSON.stringify(name)} is not exported: ${why.replace(/\.$/, '')}. Its manifest holds the hash alone: enough to adopt the model, too little to make it anew.`,
    remedy: 'Export into a folder (--to), or put the zip there and name it with `file:`.',
  };
}

function lossy({ name }: LiveModel, keys: readonly string[]): Diagnostic {
  return {
    severity: 'warning',
    code: 'RCTL_EXPORT_FIELDS',
    message: `The manifest of the model ${JSON.stringify(name)} lacks ${keys.join(', ')}: an uploaded model keeps none of them.`,
    remedy: 'To keep them, register it from a URL: replace `file` by `url` and add them.',
  };
}

function partly({ name }: LiveModel): Diagnostic {
  return {
    severity: 'warning',
    code: 'RCTL_EXPORT_PARTLY_DEPLOYED',
    message: `The model ${JSON.stringify(name)} is only PARTIALLY_DEPLOYED: the plan will want to deploy it.`,
  };
}
