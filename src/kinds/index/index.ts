import { parseAddress } from '../../core/address.ts';
import { RerankctlError, ServerError } from '../../core/errors.ts';
import { dig, isObject, type JsonObject, pointerSegments, sameJson } from '../../core/json.ts';
import type { FieldChange } from '../../core/plan.ts';
import { diagnosticAt } from '../../core/resource.ts';
import type { Value, ValueObject } from '../../core/value.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type {
  Applied,
  ProvisionedKind,
  Question,
  Recorded,
  RemovalContext,
  StepContext,
  Verdict,
} from '../kind.ts';
import { indexDifference, normalisedByServer } from './compare.ts';
import { stopCopies } from './copy.ts';
import { exportIndices } from './export.ts';
import { type LiveIndex, readIndices } from './live.ts';
import { isFixedMappingChange, mappingUpdate } from './mappings.ts';
import { fillingAlias, isMarkedFor, leftoversOf, lineOf, nextName, readLine, servingOf } from './physical.ts';
import { INDEX_REFUSALS } from './refusals.ts';
import { foreignDocuments, judgeRemoval } from './removal.ts';
import { begunOf, clearLeftovers, finishRollout, prepareRollout, withdrawRollout } from './rollout.ts';
import { flattenSettings, isStaticSetting } from './settings.ts';
import { firstBody } from './successor.ts';

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
  const rollsOut = resource.lifecycle.rollout === 'reindex';
  const live = servingOf(id, indices);
  if (live === undefined || !(live.name === id || rollsOut || isMarkedFor(id, live))) {
    const holder = [...indices].find(([, index]) => Object.hasOwn(index.aliases, id));
    if (holder === undefined) {
      return { action: 'create', id, steps: [rollsOut ? `create ${nextName(id, indices)}` : 'create'] };
    }
    return refuse(question, '/metadata/name', {
      code: 'RCTL_NAME_IS_ALIAS',
      message: `${id} is an alias of the index ${holder[0]} on this cluster, so no index can have that name.`,
      remedy:
        live === undefined
          ? `Name the index itself (${holder[0]}), or remove the alias first.`
          : `Name the index itself (${holder[0]}), or remove the alias first; or take both over as they are, with lifecycle.rollout: reindex.`,
    });
  }
  const fields = indexDifference(live, spec, recorded);
  const fixed = fields.filter((field) => isFixed(field, live));
  if (fixed.length > 0 && rollsOut) return judgeRollout(question, live, indices, fields, fixed);
  if (fixed.length > 0) {
    return {
      action: 'refuse',
      diagnostics: fixed.map((field) =>
        diagnosticAt(resource, `/spec${field.pointer}`, {
          severity: 'error',
          code: 'RCTL_INDEX_IMMUTABLE',
          message: `${pointerSegments(field.pointer).join('.')} of the existing index ${id} is ${JSON.stringify(field.before ?? null)} and cannot become ${JSON.stringify(field.after ?? null)} in place: OpenSearch fixes it when an index is created.`,
          remedy: `Put ${JSON.stringify(field.before ?? null)} back; or set lifecycle.rollout: reindex in the metadata of this Index: then a new index is filled beside this one, and takes its name over.`,
        }),
      ),
    };
  }
  const left = leftoversOf(id, live, indices).map(({ name }) => name);
  if (fields.length + left.length > 0) {
    const reason = left.length > 0 ? { reason: 'an interrupted rollout left something behind' } : {};
    const removal = left.map((name) => `remove ${name}`);
    return { action: 'update', id, steps: [...removal, ...stepsFor(fields)], fields, ...reason };
  }
  return { action: recorded === undefined ? 'adopt' : 'none', id };
}

/** A new index is filled beside the one that serves: what cannot be copied from that is known before. */
function judgeRollout(
  question: Question,
  live: LiveIndex,
  indices: ReadonlyMap<string, LiveIndex>,
  fields: readonly FieldChange[],
  fixed: readonly FieldChange[],
): Verdict {
  const { resource, recorded } = question;
  const id = resource.name;
  const source = dig(live.mappings, '_source');
  if (source !== undefined && !sameJson(source, { enabled: true })) {
    return refuse(question, '/metadata/lifecycle/rollout', {
      code: 'RCTL_ROLLOUT_NO_SOURCE',
      message: `The existing index ${id} does not keep the whole _source of its documents (${JSON.stringify(source)}), so they cannot be copied into a new one.`,
      remedy:
        'Declare an Index under another name, fill it from where the documents come from, and move the references there.',
    });
  }
  const next = nextName(id, indices, begunOf(recorded?.intent));
  const forced = fixed.map(({ pointer }) => pointerSegments(pointer).join('.')).join(', ');
  const old = live.name === id ? `the index ${id} gives way to an alias` : `retire ${live.name}`;
  return {
    action: 'replace',
    id,
    keepsId: true,
    steps: [`create ${next}`, 'copy', 'check the counts', 'swap the alias', old],
    reason: `${forced} cannot be changed in place`,
    fields,
    notes: [
      'while the last documents are copied, writes are refused for a moment (403): they are to be sent again',
    ],
  };
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
  const { name } = resource;
  const rollsOut = resource.lifecycle.rollout === 'reindex';
  const physical = rollsOut ? nextName(name, await readLine(cluster, name)) : name;
  const body = rollsOut ? firstBody(name, spec) : spec;
  try {
    await cluster.request({ method: 'PUT', path: `/${encodeURIComponent(physical)}`, body });
  } catch (error) {
    if (!(error instanceof ServerError) || error.type !== 'resource_already_exists_exception') throw error;
    // The request of a run that was killed can still be on its way, so that the index comes after the plan.
    const live = await readServing(cluster, name);
    if (live === undefined) throw error;
    const fields = indexDifference(live, spec as ValueObject, undefined);
    if (fields.some((field) => isFixed(field, live))) throw error;
    await update(context, live, fields);
  }
}

async function readServing(cluster: Cluster, name: string): Promise<LiveIndex | undefined> {
  return servingOf(name, await readIndices(cluster, [name]));
}

async function update(context: StepContext, live: LiveIndex, fields: readonly FieldChange[]): Promise<void> {
  const { cluster } = context;
  const path = `/${encodeURIComponent(live.name)}`;
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
    const body = mappingUpdate(mappingFields, live.mappings, context.spec.mappings);
    await context.step('mappings', () => cluster.request({ method: 'PUT', path: `${path}/_mapping`, body }));
  }
  const aliasFields = fields.filter((f) => f.pointer.startsWith('/aliases'));
  if (aliasFields.length > 0) {
    const actions = aliasActions(aliasFields, live.name, context.spec);
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

async function changeInPlace(context: StepContext, fields: readonly FieldChange[]): Promise<void> {
  const { cluster, resource } = context;
  const line = await readLine(cluster, resource.name);
  const before = servingOf(resource.name, line);
  if (before === undefined) throw gone(resource.name);
  await clearLeftovers(context, resource.name, { serving: before, line });
  if (fields.length === 0) return;
  const live = await readServing(cluster, resource.name);
  if (live?.uuid !== before.uuid) throw gone(resource.name);
  await update(context, live, fields);
}

async function removeLine(
  { cluster, step }: RemovalContext,
  serving: LiveIndex,
  left: readonly LiveIndex[],
): Promise<void> {
  await step('delete', async () => {
    for (const { name } of left) await stopCopies(cluster, fillingAlias(name));
    // What serves goes last: as long as it is there, what is left over can be told from it.
    for (const { name } of [...left, serving]) {
      await cluster.request({ method: 'DELETE', path: `/${encodeURIComponent(name)}`, accept: [404] });
    }
  });
}

function gone(name: string): RerankctlError {
  return new RerankctlError(
    'server',
    'RCTL_INDEX_GONE',
    `The index ${name} is gone, or another one has got its name.`,
    {
      remedy: 'Plan and apply again.',
    },
  );
}

/** Does it serve under an alias, or has a run begun that it does? */
function hasLine(recorded: Recorded | undefined): boolean {
  return recorded?.facts?.physical !== undefined || begunOf(recorded?.intent) !== undefined;
}

export const index: ProvisionedKind = {
  name: 'Index',
  summary: 'An index with its settings, mappings and aliases.',
  provisions: true,
  namedByManifest: true,
  refusals: INDEX_REFUSALS,

  async snapshot(cluster, { wanted, leaving }) {
    const [indices, foreign] = await Promise.all([
      readIndices(cluster, [
        ...wanted.flatMap(({ resource, recorded }) =>
          resource.lifecycle.rollout === 'reindex' || hasLine(recorded)
            ? lineOf(resource.name)
            : [resource.name],
        ),
        ...leaving.flatMap(({ recorded }) =>
          hasLine(recorded) ? lineOf(recorded.id ?? '') : (recorded.id ?? []),
        ),
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
    if (change.action === 'create') await context.step('create', () => create(context));
    else if (change.action === 'replace') await finishRollout(context);
    else await changeInPlace(context, change.fields);
    const live = await readServing(cluster, resource.name);
    if (live === undefined) throw gone(resource.name);
    const normalised = normalisedByServer(live, context.spec as ValueObject);
    const physical = live.name === resource.name ? {} : { physical: live.name };
    return { id: resource.name, facts: { uuid: live.uuid, normalised, ...physical } };
  },

  lifecycle: ['rollout'],
  prepare: prepareRollout,
  withdraw: withdrawRollout,

  async remove(context, id) {
    const name = parseAddress(context.recorded.address)?.name ?? id;
    const line = await readLine(context.cluster, name);
    const serving = servingOf(name, line);
    if (serving === undefined) return;
    // Not the Index itself, but what a rollout for another spec was making: by now it may be what serves.
    if (id !== name) await clearLeftovers(context, name, { serving, line });
    else await removeLine(context, serving, leftoversOf(name, serving, line));
  },

  making: begunOf,

  exporting: exportIndices,
};
