import { ServerError } from '../../core/errors.ts';
import type { FieldChange } from '../../core/plan.ts';
import { diagnosticAt } from '../../core/resource.ts';
import type { Value } from '../../core/value.ts';
import type { Words } from '../../opensearch/refusals/rule.ts';
import type { ProvisionedKind, Question, Recorded, Removal, StepContext, Verdict } from '../kind.ts';
import { checkAlias, isMadeBefore, namesIn } from './check.ts';
import { actionsFor, aliasDifference } from './compare.ts';
import { exportAliases } from './export.ts';
import { holdersOf, indicesBehind, type LiveAliases, readAliases } from './live.ts';
import { ALIAS_REFUSALS, nameIsIndex } from './refusals.ts';

function refuse(question: Question, places: readonly { pointer: string; words: Words }[]): Verdict {
  return {
    action: 'refuse',
    diagnostics: places.map(({ pointer, words }) =>
      diagnosticAt(question.resource, pointer, { severity: 'error', ...words }),
    ),
  };
}

/** Indices that are not there, and that no manifest makes before. */
function missing({ resource, spec }: Question, live: LiveAliases): { pointer: string; words: Words }[] {
  const written = (Array.isArray(resource.spec.indices) ? resource.spec.indices : []) as Value[];
  const names = Array.isArray(spec.indices) ? spec.indices : [];
  return names.flatMap((name, i) => {
    if (typeof name !== 'string' || isMadeBefore(name, written[i], resource)) return [];
    if (indicesBehind(name, live).every((index) => live.has(index))) return [];
    const words = {
      code: 'RCTL_INDEX_NOT_FOUND',
      message: `There is no index ${name} in this cluster for the alias ${resource.name}.`,
      remedy: `Create it first; or declare it as an Index and name it with {$ref: Index/${name}}.`,
    };
    return [{ pointer: `/spec/indices/${i}`, words }];
  });
}

function judge(question: Question, live: LiveAliases): Verdict {
  const { resource, spec, recorded } = question;
  const id = resource.name;
  if (live.has(id)) return refuse(question, [{ pointer: '/metadata/name', words: nameIsIndex(id) }]);
  const absent = missing(question, live);
  if (absent.length > 0) return refuse(question, absent);
  const holders = holdersOf(id, live);
  if (holders.size === 0) return { action: 'create', id, steps: ['create'] };
  const fields = aliasDifference(id, live, spec, recorded);
  if (fields.length === 0) return { action: recorded === undefined ? 'adopt' : 'none', id };
  return { action: 'update', id, steps: ['update'], fields, notes: leavers(fields) };
}

function leavers(fields: readonly FieldChange[]): string[] {
  const { before, after } = fields.find(({ pointer }) => pointer === '/indices') ?? {};
  const stay = Array.isArray(after) ? after : [];
  const gone = (Array.isArray(before) ? before : []).filter((index) => !stay.includes(index));
  return gone.length === 0 ? [] : [`${gone.join(', ')} will not be reached through it any more`];
}

function judgeRemoval({ id }: Recorded, live: LiveAliases): Removal {
  if (id === undefined || holdersOf(id, live).size === 0) return { gone: true };
  const destructive = 'interrupts search: requests that name it fail from then on';
  return { gone: false, id, steps: ['delete'], destructive };
}

const MOST_ATTEMPTS = 5;

type Requests = Pick<StepContext, 'cluster'>;

/** All in one request, so that nobody sees the alias half changed. */
async function send({ cluster }: Requests, actions: readonly object[]): Promise<void> {
  if (actions.length === 0) return;
  const request = { method: 'POST', path: '/_aliases', body: { actions }, repeatable: true } as const;
  await cluster.request(request);
}

/** An index that is deleted meanwhile takes the alias along; the request that still names it fails as a whole. */
async function removeAll(context: Requests, id: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const holders = holdersOf(id, await readAliases(context.cluster, [id]));
    const actions = [...holders.keys()].map((index) => ({ remove: { index, alias: id, must_exist: false } }));
    try {
      return await send(context, actions);
    } catch (error) {
      const gone = error instanceof ServerError && error.type === 'index_not_found_exception';
      if (!gone || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

export const alias: ProvisionedKind = {
  name: 'Alias',
  summary: 'An alias with all its indices, changed in one step.',
  provisions: true,
  namedByManifest: true,
  refusals: ALIAS_REFUSALS,

  async check(resource, all) {
    return checkAlias(resource, all);
  },

  async snapshot(cluster, { wanted, leaving }) {
    const live = await readAliases(cluster, [
      ...wanted.flatMap(({ resource }) => [resource.name, ...namesIn(resource.spec)]),
      ...leaving.flatMap(({ recorded }) => recorded.id ?? []),
    ]);
    return {
      judge: (question) => judge(question, live),
      judgeRemoval: (recorded) => judgeRemoval(recorded, live),
    };
  },

  async apply(context) {
    const { cluster, resource, spec, change } = context;
    // Read again: an index that was rolled out meanwhile is another one by now.
    const live = await readAliases(cluster, [resource.name, ...namesIn(spec)]);
    await context.step(change.action, () => send(context, actionsFor(resource.name, live, spec)));
    return { id: resource.name };
  },

  async remove(context, id) {
    await context.step('delete', () => removeAll(context, id));
  },

  exporting: exportAliases,
};
