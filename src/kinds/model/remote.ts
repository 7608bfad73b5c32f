import { difference } from '../../core/difference.ts';
import { canonicalJson, dig, isObject, type JsonObject, pointerSegments } from '../../core/json.ts';
import type { FieldChange } from '../../core/plan.ts';
import type { Value, ValueObject } from '../../core/value.ts';
import { poll } from '../../opensearch/poll.ts';
import type { Question, StepContext } from '../kind.ts';
import { type LiveModel, searchModels } from './live.ts';
import { awaitModel } from './tasks.ts';

/**
 * What may change under searches, because no score depends on it. The server would update the rest too (2.19.1,
 * 3.6.0); but what a model is asked and what it answers is proven beside the old one first.
 */
const IN_PLACE = ['name', 'description', 'is_enabled', 'rate_limiter', 'deploy_setting'];

/** Ours, or nothing that the server keeps of a remote model. */
const NOT_COMPARED = ['deploy', 'file', 'version', 'model_format', 'model_config'];

export interface RemoteChanges {
  readonly inPlace: readonly FieldChange[];
  /** What takes a new model. */
  readonly anew: readonly FieldChange[];
}

/** What differs between a remote model and its manifest. Unlike a local one it can be changed behind our back. */
export function remoteChanges({ recorded, spec, changedSince }: Question, live: LiveModel): RemoteChanges {
  const readable = Object.fromEntries(Object.entries(spec).filter(([key]) => !NOT_COMPARED.includes(key)));
  const changed = difference(viewOf(live), readable, { keys: 'declared', same });
  const since = recorded?.applied === undefined ? [] : changedSince(recorded);
  const removed = since.filter(({ pointer, after }) => after === undefined && isHeld(live, pointer));
  const fields = [...new Map([...changed, ...removed].map((field) => [field.pointer, field])).values()];
  const inPlace = fields.filter((field) => isInPlace(field));
  return { inPlace, anew: fields.filter((field) => !inPlace.includes(field)) };
}

function viewOf({ body, algorithm }: LiveModel): JsonObject {
  return { ...body, function_name: algorithm } as JsonObject;
}

function isHeld({ body }: LiveModel, pointer: string): boolean {
  const path = pointerSegments(pointer);
  if (NOT_COMPARED.includes(path[0] ?? '')) return false;
  const value = dig(body, ...path);
  return value !== undefined && value !== null && value !== '';
}

/** An update takes nothing away; a description it empties, and enabled is what a model is by default. */
function isInPlace({ pointer, after }: FieldChange): boolean {
  const [field = ''] = pointerSegments(pointer);
  return IN_PLACE.includes(field) && (after !== undefined || ['description', 'is_enabled'].includes(field));
}

/** Numbers come back as text, enums in capitals, the schemas of an interface as JSON text (2.19.1, 3.6.0). */
function same(pointer: string, before: unknown, after: Value): boolean {
  const [field, inner] = pointerSegments(pointer);
  if (field === 'description') return (before ?? '') === after;
  // 2.19.1 does not keep that a model is enabled.
  if (field === 'is_enabled') return (before ?? true) === after;
  if (field === 'interface' && inner !== undefined) return schemaOf(before) === schemaOf(after);
  return (
    typeof before !== 'object' &&
    (typeof after === 'string' || typeof after === 'number' || typeof after === 'boolean') &&
    String(before).toUpperCase() === String(after).toUpperCase()
  );
}

function schemaOf(value: unknown): string {
  if (typeof value !== 'string') return canonicalJson(value);
  try {
    return canonicalJson(JSON.parse(value));
  } catch {
    return value;
  }
}

/** Updates the attributes that changed, and waits until the next plan would see them. */
export async function updateRemote(
  context: StepContext,
  id: string,
  fields: readonly FieldChange[],
): Promise<void> {
  // A deployment that is not over yet is in the way: 409.
  await awaitModel(context, id, 'the deployment under way', ({ state }) => state !== 'DEPLOYING');
  const keys = [...new Set(fields.map(({ pointer }) => pointerSegments(pointer)[0] ?? ''))];
  const { spec, cluster } = context;
  const cleared: JsonObject = { description: '', is_enabled: true };
  await cluster.request({
    method: 'PUT',
    path: `/_plugins/_ml/models/${encodeURIComponent(id)}`,
    body: Object.fromEntries(keys.map((key) => [key, spec[key] ?? cleared[key]])),
  });
  const wanted = Object.fromEntries(
    keys.flatMap((key) => (spec[key] === undefined ? [] : [[key, spec[key]]])),
  );
  const what = 'the updated model to be searchable';
  await poll({
    what,
    // 2.19 writes it without a refresh.
    read: () => searchModels(cluster, { names: [], ids: [id] }),
    done: ([live]) => live !== undefined && holds(live, wanted as ValueObject),
    describe: () => 'not yet visible to search',
    signal: context.signal,
    deadlineMs: 10_000,
    onPoll: (state, sinceMs, deadlineMs) => context.polled(what, state, sinceMs, deadlineMs),
  });
}

function holds(live: LiveModel, wanted: ValueObject): boolean {
  return difference(viewOf(live), wanted, { keys: 'declared', same }).length === 0;
}

/** What is asked of a model, by what its connector makes of a question; `undefined` where that cannot be told. */
export function askableAs(connector: unknown): 'TEXT_SIMILARITY' | 'TEXT_EMBEDDING' | undefined {
  const actions = isObject(connector) && Array.isArray(connector.actions) ? connector.actions : [];
  const predict: unknown = actions.find(
    (each) => String(dig(each, 'action_type')).toUpperCase() === 'PREDICT',
  );
  const before = dig(predict, 'pre_process_function');
  const after = dig(predict, 'post_process_function');
  if (typeof before !== 'string' || typeof after !== 'string') return undefined;
  // The server's own functions tell by their name, a script by what it reads.
  if (before.startsWith('connector.')) {
    if (before.includes('rerank')) return 'TEXT_SIMILARITY';
    return before.includes('embedding') ? 'TEXT_EMBEDDING' : undefined;
  }
  if (before.includes('query_text')) return 'TEXT_SIMILARITY';
  return before.includes('text_docs') ? 'TEXT_EMBEDDING' : undefined;
}
