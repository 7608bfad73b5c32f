import { ServerError } from '../../core/errors.ts';
import { isObject, type JsonObject, pointerSegments } from '../../core/json.ts';
import type { FieldChange } from '../../core/plan.ts';
import { diagnosticAt } from '../../core/resource.ts';
import type { Value, ValueObject } from '../../core/value.ts';
import type { Applied, ProvisionedKind, Question, StepContext, Verdict } from '../kind.ts';
import { indexDifference, normalisedByServer } from './compare.ts';
import { exportIndices } from './export.ts';
import { type LiveIndex, readIndices } from './live.ts';
import { isFixedMappingChange, mappingUpdate } from './mappings.ts';
import { foreignDocuments, judgeRemoval } from './removal.ts';
import { flattenSettings, isStaticSetting } from './settings.ts';

function settingName(field: FieldChange): string {
  const key = pointerSegments(field.pointer).slice(1).join('.');
  return key.startsWith('index.') ? key : `index.${key}`;
}

/** Can only be made in a new index? */
function isFixed(field: FieldChange, live: LiveIndex): boolean {
  if (field.pointer.startsWith('/settings/')) return isStaticSetting(settingName(field));
  if (field.pointer.startsWith('/mappings')) return isFixedMappingChange(field, live.mappings);
  return false;
}

function judge(question: Question, indices: ReadonlyMap<string, LiveIndex>): Verdict {
  const { resource, spec, recorded } = question;
  const id = resource.name;
  const live = indices.get(id);
  if (live === undefined) {
    const holder = [...indices].find(([, index]) => Object.hasOwn(index.aliases, id));
    if (holder === undefined) return { action: 'create', id, steps: ['create'] };
    return refuse(question, '/metadata/name', {
      code: 'RCTL_NAME_IS_ALIAS',
      message: `${id} is an alias of the index ${holder[0]} on this cluster, so no index can have that name.`,
      remedy: `Name the index itself (${holder[0]}), or remove the alias first.`,
    });
  }
  const fields = indexDifference(live, spec, recorded);
  const fixed = fields.filter((field) => isFixed(field, live));
  if (fixed.length > 0) {
    return {
      action: 'refuse',
      diagnostics: fixed.map((field) =>
        diagnosticAt(resource, `/spec${field.pointer}`, {
          severity: 'error',
          code: 'RCTL_INDEX_IMMUTABLE',
          message: `${pointerSegments(field.pointer).join('.')} of the existing index ${id} is ${JSON.stringify(field.before ?? null)} and cannot become ${JSON.stringify(field.after ?? null)} in place: OpenSearch fixes it when an index is created.`,
          remedy: `Put ${JSON.stringify(field.before ?? null)} back, or create an index under another name and move the data and its references there.`,
        }),
      ),
    };
  }
  if (fields.length > 0) return { action: 'update', id, steps: stepsFor(fields), fields };
  return { action: recorded === undefined ? 'adopt' : 'none', id };
}

function refuse(
  question: Question,
  pointer: string,
  words: { code: string; message: string; remedy: string },
): Verdict {
  return {
    action: 'refuse',
    diagnostics: [diagnosticAt(question.resource, pointer, { severity: 'error', ...words })],
  };
}

function stepsFor(fields: readonly FieldChange[]): string[] {
  const parts = ['settings', 'mappings', 'aliases'];
  return parts.filter((part) => fields.some((field) => field.pointer.startsWith(`/${part}`)));
}

async function create(context: StepContext): Promise<void> {
  const { cluster, resource, spec } = context;
  try {
    await cluster.request({ method: 'PUT', path: `/${encodeURIComponent(resource.name)}`, body: spec });
  } catch (error) {
    if (!(error instanceof ServerError) || error.type !== 'resource_already_exists_exception') throw error;
    // The request of a run that was killed can still be on its way, so that the index comes after the plan.
    const live = (await readIndices(cluster, [resource.name])).get(resource.name);
    if (live === undefined) throw error;
    const fields = indexDifference(live, spec as ValueObject, undefined);
    if (fields.some((field) => isFixed(field, live))) throw error;
    await update(context, fields);
  }
}

async function update(context: StepContext, fields: readonly FieldChange[]): Promise<void> {
  const { cluster, resource } = context;
  const path = `/${encodeURIComponent(resource.name)}`;
  const declared = flattenSettings(context.spec.settings as Value | undefined);
  const settings: Record<string, unknown> = {};
  for (const field of fields.filter((f) => f.pointer.startsWith('/settings/'))) {
    // `null` sets a setting that has left the manifest back to its default.
    settings[settingName(field)] = declared.get(settingName(field))?.value ?? null;
  }
  if (Object.keys(settings).length > 0) {
    await context.step('settings', () =>
      cluster.request({ method: 'PUT', path: `${path}/_settings`, body: settings }),
    );
  }
  const mappingFields = fields.filter((f) => f.pointer.startsWith('/mappings'));
  if (mappingFields.length > 0) {
    const live = (await readIndices(cluster, [resource.name])).get(resource.name);
    const body = mappingUpdate(mappingFields, live?.mappings, context.spec.mappings);
    await context.step('mappings', () => cluster.request({ method: 'PUT', path: `${path}/_mapping`, body }));
  }
  const aliasFields = fields.filter((f) => f.pointer.startsWith('/aliases'));
  if (aliasFields.length > 0) {
    const actions = aliasActions(aliasFields, resource.name, context.spec);
    await context.step('aliases', () =>
      cluster.request({ method: 'POST', path: '/_aliases', body: { actions }, repeatable: true }),
    );
  }
}

function aliasActions(fields: readonly FieldChange[], index: string, spec: JsonObject): object[] {
  const names = new Set(fields.map((field) => pointerSegments(field.pointer)[1] ?? ''));
  return [...names].map((alias) => {
    const body = isObject(spec.aliases) ? spec.aliases[alias] : undefined;
    return body === undefined
      ? { remove: { index, alias } }
      : { add: { index, alias, ...(isObject(body) ? body : {}) } };
  });
}

export const index: ProvisionedKind = {
  name: 'Index',
  summary: 'An index with its settings, mappings and aliases.',
  provisions: true,
  namedByManifest: true,

  async snapshot(cluster, { wanted, leaving }) {
    const [indices, foreign] = await Promise.all([
      readIndices(cluster, [
        ...wanted.map(({ resource }) => resource.name),
        ...leaving.flatMap(({ recorded }) => recorded.id ?? []),
      ]),
      foreignDocuments(cluster, leaving),
    ]);
    return {
      judge: (question) => judge(question, indices),
      judgeRemoval: (recorded) => judgeRemoval(recorded, indices, foreign),
    };
  },

  async apply(context): Promise<Applied> {
    const { cluster, resource, change } = context;
    if (change.action === 'create') {
      await context.step('create', () => create(context));
    } else {
      await update(context, change.fields);
    }
    const live = (await readIndices(cluster, [resource.name])).get(resource.name);
    if (live === undefined) throw new Error(`the index ${resource.name} is gone right after it was written`);
    const normalised = normalisedByServer(live, context.spec as ValueObject);
    return { id: resource.name, facts: { uuid: live.uuid, normalised } };
  },

  async remove({ cluster, step }, id) {
    const path = `/${encodeURIComponent(id)}`;
    await step('delete', () => cluster.request({ method: 'DELETE', path, accept: [404] }));
  },

  exporting: exportIndices,
};
