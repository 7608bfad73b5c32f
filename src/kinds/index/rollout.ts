import { RerankctlError, ServerError } from '../../core/errors.ts';
import { grouped } from '../../core/grouped.ts';
import { isObject, type Json, type JsonObject, numberAt, textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { poll } from '../../opensearch/poll.ts';
import { interrupted } from '../../opensearch/signals.ts';
import type { StepContext } from '../kind.ts';
import {
  type Checkpoints,
  changedSince,
  copy,
  countDocuments,
  readCheckpoints,
  refresh,
  stopCopies,
} from './copy.ts';
import { dropDeleted } from './deletions.ts';
import { type LiveIndex, readIndices } from './live.ts';
import { fillingAlias, leftoversOf, markOf, nextName, readLine, servingOf } from './physical.ts';
import { successorBody } from './successor.ts';

const BLOCK = 'index.blocks.write';
/** How long searches that are under way in the old index may take to end. */
const DRAIN_MS = 10_000;

export const ROLLOUT = 'rollout';

/** What this run has written down of the index that it is filling. */
interface Begun {
  readonly candidate: string;
  readonly checkpoints: Checkpoints;
}

/** The index that a run has begun to fill, for the spec as it still is. */
export function begunOf(intent: JsonObject | undefined): string | undefined {
  return textAt(intent, 'step') === ROLLOUT ? textAt(intent, 'candidate') : undefined;
}

/** Creates the new index and fills it, while the old one goes on serving and being written to. */
export async function prepareRollout(context: StepContext): Promise<string> {
  const { cluster, resource, recorded } = context;
  const { name } = resource;
  const before = await readLine(cluster, name);
  await clearLeftovers(context, name, { serving: servingNow(name, before), line: before });
  const line = await readLine(cluster, name);
  const from = servingNow(name, line);
  const candidate = nextName(name, line, begunOf(recorded?.intent));
  // A number of its own for each attempt: what a killed run had sent, and arrives late, must not meet this one.
  await context.journal({ step: ROLLOUT, candidate });
  const mark = {
    index: name,
    origin: markOf(from)?.origin ?? from.uuid,
    replaces: { index: from.name, uuid: from.uuid, blocked: isBlocked(from) },
  };
  const alias = fillingAlias(candidate);
  const body = successorBody(context.spec, { live: from, applied: recorded?.applied ?? {}, mark, alias });
  await context.step(`create ${candidate}`, () =>
    cluster.request({ method: 'PUT', path: pathOf(candidate), body }),
  );
  await context.step('copy', async () => {
    const checkpoints = await readCheckpoints(cluster, from.name);
    await refresh(cluster, from.name);
    const begun = { step: ROLLOUT, candidate, checkpoints: { ...checkpoints } };
    await copy(context, 'copy', { from: from.name, to: alias, versions: 'external' }, (task) =>
      context.journal({ ...begun, task }),
    );
    await refresh(cluster, candidate);
  });
  return candidate;
}

/** Brings the new index up to date, gives it the name, and takes the old one away. */
export async function finishRollout(context: StepContext): Promise<void> {
  const { cluster, resource } = context;
  const { name } = resource;
  const { candidate, checkpoints } = begunBy(context);
  const line = await readLine(cluster, name);
  const from = servingNow(name, line);
  const to = line.get(candidate);
  if (to === undefined) {
    throw new RerankctlError(
      'server',
      'RCTL_ROLLOUT_GONE',
      `The new index ${candidate} was deleted while it was waited for.`,
      {
        remedy: 'Apply again: another one is filled.',
      },
    );
  }
  const step = <T>(title: string, work: () => Promise<T>): Promise<T> => {
    if (context.signal.aborted) throw interrupted();
    return context.step(title, work);
  };
  // Most of what was written meanwhile, so that writes are blocked for less.
  const caughtUp = await step('catch up', async () => {
    const now = await readCheckpoints(cluster, from.name);
    await copyRest(context, 'catch up', { from: from.name, to: candidate, since: checkpoints });
    return now;
  });
  await step('block writes', () =>
    // Unlike the setting alone, this waits for the writes that are under way.
    cluster.request({ method: 'PUT', path: `${pathOf(from.name)}/_block/write` }),
  );
  const still = await step('copy the rest', async () => {
    const now = await readCheckpoints(cluster, from.name);
    await copyRest(context, 'copy the rest', { from: from.name, to: candidate, since: caughtUp });
    return now;
  });
  await step('check the counts', () => checkCounts(context, from.name, candidate));
  await step('swap', async () => {
    await refuseWritten(cluster, from.name, still);
    await swap(context, from, candidate);
  });
  await context.step(`retire ${from.name}`, () => retire(context, from.name));
}

/** Takes away what a rollout has made and not finished. Also run when it is not known how far that came. */
export async function withdrawRollout(context: StepContext): Promise<void> {
  const { name } = context.resource;
  const now = await readAgain(context.cluster, name);
  if (now !== undefined) await clearLeftovers(context, name, now);
}

/**
 * Removes what interrupted rollouts have left. First of all nobody can give it the name any more; then the block is lifted,
 * and only then it is deleted: as long as it is there, the next run knows that the block is ours.
 */
export async function clearLeftovers(
  { cluster, step }: Pick<StepContext, 'cluster' | 'step'>,
  name: string,
  before: { readonly serving: LiveIndex; readonly line: ReadonlyMap<string, LiveIndex> },
): Promise<void> {
  const found = leftoversOf(name, before.serving, before.line);
  if (found.length === 0) return;
  await step(`remove ${found.map((index) => index.name).join(', ')}`, async () => {
    // A swap that came late may have been first: then something else is left over.
    const settled = await Promise.all(found.map((index) => isGivenUp(cluster, index)));
    const now = settled.every((givenUp) => givenUp) ? before : await readAgain(cluster, name);
    if (now === undefined) return;
    const left = leftoversOf(name, now.serving, now.line);
    for (const index of left) await stopCopies(cluster, fillingAlias(index.name));
    const ours = left.some((index) => {
      const old = markOf(index)?.replaces;
      return old?.uuid === now.serving.uuid && !old.blocked;
    });
    if (ours && isBlocked(now.serving)) {
      const path = `${pathOf(now.serving.name)}/_settings`;
      await cluster.request({ method: 'PUT', path, body: { [BLOCK]: null } });
    }
    for (const index of left) {
      await cluster.request({ method: 'DELETE', path: pathOf(index.name), accept: [404] });
    }
  });
}

/** False where it has got the name meanwhile, or is gone. */
async function isGivenUp(cluster: Cluster, { name, aliases }: LiveIndex): Promise<boolean> {
  const alias = fillingAlias(name);
  if (!Object.hasOwn(aliases, alias)) return true;
  const actions = [{ remove: { index: name, alias, must_exist: true } }];
  const { status } = await cluster.request({
    method: 'POST',
    path: '/_aliases',
    body: { actions },
    accept: [404],
    repeatable: true,
  });
  return status !== 404;
}

async function readAgain(
  cluster: Cluster,
  name: string,
): Promise<{ serving: LiveIndex; line: ReadonlyMap<string, LiveIndex> } | undefined> {
  const line = await readLine(cluster, name);
  const serving = servingOf(name, line);
  return serving === undefined ? undefined : { serving, line };
}

function begunBy({ recorded }: StepContext): Begun {
  const candidate = begunOf(recorded?.intent);
  if (candidate === undefined) throw new Error('a rollout is finished that was not begun');
  const checkpoints = recorded?.intent?.checkpoints;
  const numbers = isObject(checkpoints) ? checkpoints : {};
  return {
    candidate,
    checkpoints: Object.fromEntries(
      Object.keys(numbers).map((shard) => [shard, numberAt(numbers, shard) ?? -1]),
    ),
  };
}

function servingNow(name: string, line: ReadonlyMap<string, LiveIndex>): LiveIndex {
  const serving = servingOf(name, line);
  if (serving !== undefined) return serving;
  throw new RerankctlError(
    'refused',
    'RCTL_PLAN_STALE',
    `The index ${name} is not there any more, or its alias has been moved.`,
    {
      remedy: 'Plan and apply again.',
    },
  );
}

function isBlocked({ settings }: LiveIndex): boolean {
  return settings[BLOCK] === 'true';
}

function pathOf(index: string): string {
  return `/${encodeURIComponent(index)}`;
}

async function copyRest(
  context: StepContext,
  step: string,
  { from, to, since }: { readonly from: string; readonly to: string; readonly since: Checkpoints },
): Promise<void> {
  const { cluster, recorded } = context;
  const above = await changedSince(cluster, from, since);
  if (above === undefined) return;
  await refresh(cluster, from);
  const journal = (task: string): Promise<void> =>
    context.journal({ ...plainIntent(recorded?.intent), task });
  const copying = { from, to: fillingAlias(to), above };
  const conflicts = await copy(context, step, { ...copying, versions: 'external_gte' }, journal);
  if (conflicts > 0) await copy(context, step, { ...copying, versions: 'internal' }, journal);
  await refresh(cluster, to);
}

/** Without the digest of the spec that the engine adds to it. */
function plainIntent(intent: JsonObject | undefined): JsonObject {
  const { spec: _spec, ...rest } = intent ?? {};
  return rest;
}

async function checkCounts(context: StepContext, from: string, to: string): Promise<void> {
  const { cluster, signal } = context;
  const wanted = await countDocuments(cluster, from);
  let held = await countDocuments(cluster, to);
  if (held > wanted) {
    context.progress('check the counts', 'looking for what was deleted meanwhile');
    await dropDeleted(cluster, { from, to, expected: held - wanted, signal });
    await refresh(cluster, to);
    held = await countDocuments(cluster, to);
  }
  if (held === wanted) return;
  throw new RerankctlError(
    'server',
    'RCTL_ROLLOUT_COUNT',
    `The new index holds ${grouped(held)} documents and the old one ${grouped(wanted)}.`,
    {
      remedy:
        'Nothing was changed. Does an ingest pipeline of the new index drop documents, or give them other IDs? Mend it, and apply again.',
    },
  );
}

/** Somebody else may have lifted the block: people, or a killed run whose request came late. */
async function refuseWritten(cluster: Cluster, index: string, since: Checkpoints): Promise<void> {
  if ((await changedSince(cluster, index, since)) === undefined) return;
  throw new RerankctlError(
    'server',
    'RCTL_ROLLOUT_WRITTEN',
    `${index} was written to although writes were blocked: somebody has lifted the block.`,
    { remedy: 'Apply again. Searches go on in the old index.' },
  );
}

/** One request: no search comes in between, and nobody sees two indices, or none. */
async function swap(context: StepContext, from: LiveIndex, to: string): Promise<void> {
  const { cluster, resource } = context;
  const { name } = resource;
  const actions = swapActions(context, from, to);
  try {
    await cluster.request({ method: 'POST', path: '/_aliases', body: { actions }, repeatable: true });
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    // Sent twice because the first answer was lost, the second one is refused.
    if (servingOf(name, await readIndices(cluster, [name]))?.name !== to) throw error;
  }
}

function swapActions({ resource, spec, recorded }: StepContext, from: LiveIndex, to: string): object[] {
  const { name } = resource;
  const declared = isObject(spec.aliases) ? spec.aliases : {};
  const wasOurs = isObject(recorded?.applied?.aliases) ? recorded.applied.aliases : {};
  const theirs = Object.entries(from.aliases).filter(
    ([alias]) => alias !== name && !Object.hasOwn(declared, alias) && !Object.hasOwn(wasOurs, alias),
  );
  const wanted: [string, unknown][] = [...theirs, ...Object.entries(declared)];
  const removed =
    from.name === name
      ? [{ remove_index: { index: name } }]
      : Object.keys(from.aliases).map((alias) => ({ remove: { index: from.name, alias, must_exist: true } }));
  return [
    { remove: { index: to, alias: fillingAlias(to), must_exist: true } },
    ...removed,
    { add: { index: to, alias: name } },
    ...wanted.map(([alias, body]) => ({
      add: { index: to, alias, ...(isObject(body) ? (body as { [key: string]: Json }) : {}) },
    })),
  ];
}

/** Searches that found their way to the old index before the swap still need it for a moment. */
async function retire(context: StepContext, old: string): Promise<void> {
  const { cluster, resource } = context;
  if (old === resource.name) return;
  await poll({
    what: `searches in ${old} to end`,
    read: () => searchesIn(cluster, old),
    done: (searches) => searches === 0,
    describe: (searches) => `${searches} under way`,
    deadlineMs: DRAIN_MS,
    onPoll: (state, sinceMs, deadlineMs) =>
      context.polled(`searches in ${old} to end`, state, sinceMs, deadlineMs),
  }).catch((error: unknown) => {
    // A forgotten scroll may be open for days.
    if (!(error instanceof RerankctlError) || error.code !== 'RCTL_WAIT_TIMEOUT') throw error;
  });
  await cluster.request({ method: 'DELETE', path: pathOf(old), accept: [404] });
}

async function searchesIn(cluster: Cluster, index: string): Promise<number> {
  const { body } = await cluster.request({
    method: 'GET',
    path: `${pathOf(index)}/_stats/search`,
    query: { filter_path: '_all.total.search' },
    accept: [404],
  });
  return ['query_current', 'fetch_current', 'open_contexts', 'scroll_current']
    .map((key) => numberAt(body, '_all', 'total', 'search', key) ?? 0)
    .reduce((sum, n) => sum + n, 0);
}
