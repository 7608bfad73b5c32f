import type { Diagnostic } from '../../core/diagnostic.ts';
import { difference } from '../../core/difference.ts';
import { ServerError } from '../../core/errors.ts';
import { type JsonObject, textAt } from '../../core/json.ts';
import type { FieldChange } from '../../core/plan.ts';
import { diagnosticAt } from '../../core/resource.ts';
import type { Value, ValueObject } from '../../core/value.ts';
import type { Capabilities } from '../../opensearch/capabilities.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { searchAll } from '../../opensearch/paging.ts';
import { poll } from '../../opensearch/poll.ts';
import { checkAccess } from '../access-rules.ts';
import type {
  Applied,
  Asked,
  ProvisionedKind,
  Question,
  RemovalContext,
  StepContext,
  Verdict,
} from '../kind.ts';
import { lookForLate } from '../late.ts';
import { mlPluginMissing } from '../ml-commons.ts';
import { accessControl } from './access.ts';
import { exportGroups } from './export.ts';
import { GROUP_REFUSALS } from './refusals.ts';

interface Group {
  readonly id: string;
  readonly body: Record<string, unknown>;
}

const SEARCH = '/_plugins/_ml/model_groups/_search';

async function readGroups(cluster: Cluster, { wanted, leaving }: Asked): Promise<Group[]> {
  const names = wanted.flatMap(({ resource }) => textAt(resource.spec, 'name') ?? []);
  const ids = [...wanted, ...leaving].flatMap(({ recorded }) => recorded?.id ?? []);
  const hits = await searchAll(cluster, SEARCH, {
    bool: { should: [{ terms: { 'name.keyword': names } }, { ids: { values: ids } }] },
  });
  return hits.map((hit) => ({ id: hit._id, body: hit._source }));
}

const ACCESS_KEYS = ['access_mode', 'backend_roles', 'add_all_backend_roles'] as const;

/**
 * Without access control ML Commons refuses all three access keys with a 400 (seen on 3.6.0) and every group is
 * public. So `public` is satisfied without being sent, and everything else cannot be had.
 */
function withoutAccessControl(question: Question): { refused: Diagnostic[]; notes: string[] } {
  const { resource, spec } = question;
  const refused = ACCESS_KEYS.filter((key) => spec[key] !== undefined && spec[key] !== false)
    .filter((key) => !(key === 'access_mode' && spec[key] === 'public'))
    .map((key) =>
      diagnosticAt(resource, `/spec/${key}`, {
        severity: 'error',
        code: 'RCTL_ACCESS_CONTROL_OFF',
        message: `\`${key}: ${JSON.stringify(spec[key])}\` cannot be had: model access control is off on this cluster, so every model group is public.`,
        remedy:
          'Install the security plugin and set plugins.ml_commons.model_access_control_enabled to true, or write `access_mode: public`.',
      }),
    );
  const notes =
    spec.access_mode === 'public'
      ? ['access_mode: public holds without being sent: model access control is off, every group is public']
      : [];
  return { refused, notes };
}

/** What the server is sent: the access keys only where it takes them; a blank description is ignored by it. */
function bodyFor(spec: ValueObject, capabilities: Capabilities): ValueObject {
  const body = { ...spec };
  if (accessControl(capabilities) === false) for (const key of ACCESS_KEYS) delete body[key];
  if (body.description === '') delete body.description;
  return body;
}

function compare(group: Group, body: ValueObject): FieldChange[] {
  // Expanded by the server and never returned: see `rolesAdded`.
  const { add_all_backend_roles: _expanded, ...readable } = body;
  // It is written as `access_mode` and read as `access`.
  const live = { ...group.body, access_mode: group.body.access };
  return difference(live, readable, {
    keys: 'declared',
    same: (pointer, before, after) => pointer === '/backend_roles' && sameSet(before, after),
  });
}

/** Only the state knows whether `add_all_backend_roles` was ever sent. */
function rolesAdded(body: ValueObject, { recorded }: Question): FieldChange[] {
  const applied = recorded?.applied;
  const isNew =
    body.add_all_backend_roles === true && applied !== undefined && applied.add_all_backend_roles !== true;
  return isNew ? [{ pointer: '/add_all_backend_roles', after: true }] : [];
}

function sameSet(left: unknown, right: Value): boolean {
  const sorted = (value: unknown): string | undefined =>
    Array.isArray(value) ? value.map(String).sort().join('\0') : undefined;
  return sorted(left) !== undefined && sorted(left) === sorted(right);
}

function judge(question: Question, groups: readonly Group[], capabilities: Capabilities): Verdict {
  const { resource, spec, recorded } = question;
  const missing = mlPluginMissing(resource, capabilities);
  if (missing !== undefined) return { action: 'refuse', diagnostics: [missing] };
  const { refused, notes } =
    accessControl(capabilities) === false ? withoutAccessControl(question) : { refused: [], notes: [] };
  if (refused.length > 0) return { action: 'refuse', diagnostics: refused };

  const own = groups.find((group) => group.id === recorded?.id);
  const named = groups.filter((group) => group.body.name === spec.name);
  const clashing = own === undefined ? named.slice(1) : named.filter((group) => group.id !== own.id);
  if (clashing.length > 0) {
    const ids = named.map((group) => group.id).join(', ');
    return {
      action: 'refuse',
      diagnostics: [
        diagnosticAt(resource, '/spec/name', {
          severity: 'error',
          code: 'RCTL_AMBIGUOUS_GROUP',
          message: `The cluster has ${named.length} model groups named ${JSON.stringify(spec.name)} (IDs ${ids}), so it cannot be told which one is meant.`,
          remedy: 'Rename or delete all but one of them, or give this group another name.',
        }),
      ],
    };
  }
  const live = own ?? named[0];
  if (live === undefined) {
    const reason = recorded?.intent === undefined ? {} : { reason: 'finishes what an interrupted run began' };
    return { action: 'create', steps: ['register'], notes, ...reason };
  }
  const body = bodyFor(spec, capabilities);
  const fields = [...compare(live, body), ...rolesAdded(body, question)];
  if (fields.length > 0) return { action: 'update', id: live.id, steps: ['update'], fields, notes };
  return { action: recorded?.id === undefined ? 'adopt' : 'none', id: live.id, notes };
}

/** The server's answer to a second group of one name, with the ID of the first (2.19.1, 3.6.0). */
const NAME_TAKEN = /already being used by a model group with ID: ([\w-]+)/;

async function register(context: StepContext, body: JsonObject): Promise<Applied> {
  const { body: answer } = await context.cluster.request({
    method: 'POST',
    path: '/_plugins/_ml/model_groups/_register',
    body,
  });
  const id = textAt(answer, 'model_group_id');
  if (id === undefined) throw new Error(`no model_group_id in ${JSON.stringify(answer)}`);
  return { id };
}

/** The request of a run that was killed can still be on its way, so that the group comes after the plan. */
async function registerOrTake(context: StepContext, body: JsonObject): Promise<Applied> {
  const late =
    context.recorded?.intent === undefined
      ? undefined
      : await lookForLate(context, async () => {
          const named = { term: { 'name.keyword': textAt(body, 'name') } };
          return (await searchAll(context.cluster, SEARCH, named))[0];
        });
  if (late !== undefined) return update(context, late._id, body);
  try {
    return await register(context, body);
  } catch (error) {
    const id = error instanceof ServerError ? NAME_TAKEN.exec(error.reason)?.[1] : undefined;
    if (id === undefined) throw error;
    return update(context, id, body);
  }
}

/** Access keys are sent only where they change: but for the owner nobody may send them, also as they are (2.19.1). */
function withoutIdleAccess(body: JsonObject, fields: readonly FieldChange[]): JsonObject {
  if (fields.some(({ pointer }) => ACCESS_KEYS.some((key) => pointer.startsWith(`/${key}`)))) return body;
  return Object.fromEntries(Object.entries(body).filter(([key]) => !ACCESS_KEYS.some((own) => own === key)));
}

async function update(context: StepContext, id: string, body: JsonObject): Promise<Applied> {
  await context.cluster.request({
    method: 'PUT',
    path: `/_plugins/_ml/model_groups/${encodeURIComponent(id)}`,
    body,
  });
  // 2.19 writes an updated group without a refresh, so for up to a second a search still finds the old one, and
  // the plan after this apply would not be empty. 3.6 refreshes at once.
  await poll({
    what: 'the updated group to be searchable',
    read: () => searchAll(context.cluster, SEARCH, { ids: { values: [id] } }),
    done: ([hit]) => hit !== undefined && compare({ id, body: hit._source }, body).length === 0,
    describe: () => 'not yet visible to search',
    signal: context.signal,
    deadlineMs: 10_000,
    onPoll: (state, sinceMs, deadlineMs) =>
      context.polled('the updated group to be searchable', state, sinceMs, deadlineMs),
  });
  return { id };
}

/** The server still counts the models that were deleted a moment ago (409, for about a second). */
const CLEARED_MS = 15_000;

async function remove(context: RemovalContext, id: string): Promise<void> {
  const { cluster, signal } = context;
  const path = `/_plugins/_ml/model_groups/${encodeURIComponent(id)}`;
  const last = performance.now() + CLEARED_MS;
  await poll({
    what: 'the group to be empty',
    read: async () => {
      const accept = performance.now() < last ? [404, 409] : [404];
      return (await cluster.request({ method: 'DELETE', path, accept, signal })).status;
    },
    done: (status) => status !== 409,
    describe: () => 'it still has models',
    signal,
    // The server's own refusal tells more than a deadline.
    deadlineMs: 2 * CLEARED_MS,
    onPoll: (state, sinceMs, deadlineMs) =>
      context.polled('the group to be empty', state, sinceMs, deadlineMs),
  });
}

export const modelGroup: ProvisionedKind = {
  name: 'ModelGroup',
  summary: 'A model group of ML Commons: the home of a model’s versions, and their access control.',
  provisions: true,
  namedByManifest: false,
  refusals: GROUP_REFUSALS,
  standsBy: true,
  // Of two registrations within milliseconds of each other neither sees the other's name (2.19.1, 3.6.0).
  announced: true,

  check: async (resource) => checkAccess(resource),

  async snapshot(cluster, asked, capabilities) {
    const ready = capabilities.plugins?.has('opensearch-ml') !== false;
    const groups = ready ? await readGroups(cluster, asked) : [];
    return {
      judge: (question) => judge(question, groups, capabilities),
      judgeRemoval: ({ id }) =>
        groups.some((group) => group.id === id) && id !== undefined
          ? { gone: false, id, steps: ['delete'] }
          : { gone: true },
    };
  },

  async apply(context) {
    const body = bodyFor(context.spec as ValueObject, context.capabilities) as JsonObject;
    const { change } = context;
    if (change.action === 'create') {
      return context.step('register', () => registerOrTake(context, body));
    }
    return context.step('update', () => update(context, change.id, withoutIdleAccess(body, change.fields)));
  },

  async remove(context, id) {
    await context.step('delete', () => remove(context, id));
  },

  exporting: exportGroups,
};
