import { digest, type JsonObject } from '../core/json.ts';
import type { Resource } from '../core/resource.ts';
import { toShownJson } from '../core/value.ts';
import type { Recorded } from '../kinds/kind.ts';
import type { StateRecord } from './state/read.ts';

/** Ties an intent to the spec it was begun for, so that a run with another spec does not finish the wrong thing. */
export function sealIntent(resource: Resource, intent: JsonObject): JsonObject {
  return { ...intent, spec: digest(toShownJson(resource.spec)) };
}

/** What a kind may know of the state: an intent only when it was begun for the spec as it is now. */
export function recordedFor(resource: Resource, record: StateRecord | undefined): Recorded | undefined {
  if (record === undefined) return undefined;
  const { intent, ...rest } = record;
  if (intent === undefined || intent.spec !== digest(toShownJson(resource.spec))) return rest;
  return record;
}
