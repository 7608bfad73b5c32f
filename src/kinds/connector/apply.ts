import { type JsonObject, textAt } from '../../core/json.ts';
import type { ValueObject } from '../../core/value.ts';
import { poll } from '../../opensearch/poll.ts';
import { pause } from '../../opensearch/signals.ts';
import { type Applied, BEGUN, type RemovalContext, type StepContext } from '../kind.ts';
import { lookForLate } from '../late.ts';
import { declaredDifferences } from './compare.ts';
import { CONNECTORS, connectorPath, searchConnectors } from './live.ts';
import { isMistakable } from './mistakable.ts';

export async function create(context: StepContext, body: JsonObject): Promise<Applied> {
  const left = await lookForLate(context, () => abandoned(context, textAt(body, 'name')));
  if (left !== undefined && left === textAt(context.recorded?.intent, 'connectorId')) return { id: left };
  // Whoever made it, its credential is not known.
  if (left !== undefined) return update(context, left, body);
  for (let attempt = 1; ; attempt++) {
    const id = await createOne(context, body);
    if (attempt === ATTEMPTS || !isMistakable(id) || !(await takeBack(context, id))) return { id };
    await context.journal({ step: BEGUN });
    await pause(ANOTHER_ID_MS, context.signal);
  }
}

/** Of the parts of an ID the last change within a second or two. */
const ATTEMPTS = 4;
const ANOTHER_ID_MS = 700;

async function createOne(context: StepContext, body: JsonObject): Promise<string> {
  const { body: answer } = await context.cluster.request({
    method: 'POST',
    path: `${CONNECTORS}/_create`,
    body,
  });
  const id = textAt(answer, 'connector_id');
  if (id === undefined) throw new Error(`no connector_id in ${JSON.stringify(answer)}`);
  await context.journal({ step: 'create', connectorId: id });
  return id;
}

/** Whether it is gone: the server may have mistaken it already. */
async function takeBack({ cluster }: StepContext, id: string): Promise<boolean> {
  const request = { method: 'DELETE', path: connectorPath(id), accept: [404, 409] } as const;
  return (await cluster.request(request)).status !== 409;
}

/** What a run that was killed has made from this very spec, or, where nobody heard of it, what has its name and no user. */
async function abandoned(
  { cluster, recorded, change }: StepContext,
  name: string | undefined,
): Promise<string | undefined> {
  if (recorded?.intent === undefined || name === undefined) return undefined;
  const begun = textAt(recorded.intent, 'connectorId');
  const replaced = change.action === 'create' ? undefined : change.id;
  const found = await searchConnectors(cluster, { names: [name], ids: begun === undefined ? [] : [begun] });
  const others = found.filter(({ id }) => id !== replaced);
  return (others.find(({ id }) => id === begun) ?? others.find(({ users }) => users.length === 0))?.id;
}

export async function update(context: StepContext, id: string, body: JsonObject): Promise<Applied> {
  await context.cluster.request({
    method: 'PUT',
    path: connectorPath(id),
    // A description that is left out stays what it was.
    body: { description: '', ...body },
  });
  // 2.19 writes without a refresh: for up to a second a search, and the next plan, still find the old one.
  const what = 'the updated connector to be searchable';
  await poll({
    what,
    read: () => searchConnectors(context.cluster, { names: [], ids: [id] }),
    done: ([live]) => live !== undefined && declaredDifferences(live.body, body as ValueObject).length === 0,
    describe: () => 'not yet visible to search',
    signal: context.signal,
    deadlineMs: 10_000,
    onPoll: (state, sinceMs, deadlineMs) => context.polled(what, state, sinceMs, deadlineMs),
  });
  return { id };
}

/** The server still counts the models that were deleted a moment ago. */
const CLEARED_MS = 5_000;

export async function remove(context: RemovalContext, id: string): Promise<void> {
  const { cluster, signal } = context;
  const last = performance.now() + CLEARED_MS;
  const what = 'the connector to be free';
  await poll({
    what,
    read: async () => {
      const accept = performance.now() < last ? [404, 409] : [404];
      return (await cluster.request({ method: 'DELETE', path: connectorPath(id), accept, signal })).status;
    },
    done: (status) => status !== 409,
    describe: () => 'models still use it',
    signal,
    deadlineMs: 3 * CLEARED_MS,
    onPoll: (state, sinceMs, deadlineMs) => context.polled(what, state, sinceMs, deadlineMs),
  });
}
