import { digest, type JsonObject } from '../core/json.ts';
import type { Resource } from '../core/resource.ts';
import { leavesOf, Sensitive, toShownJson, type Value } from '../core/value.ts';
import type { ProvisionedKind, Recorded } from '../kinds/kind.ts';
import { isSealOf, seal } from './secrets.ts';
import type { StateRecord } from './state/read.ts';

/**
 * Ties an intent to the spec it was begun for, its secrets too, so that a run with another spec does not finish the wrong
 * thing.
 */
export function sealIntent({ spec }: Resource, intent: JsonObject): JsonObject {
  const secrets = secretsOf(spec).map(seal);
  return { ...intent, spec: digest(toShownJson(spec)), ...(secrets.length > 0 && { secrets }) };
}

/** What a kind may know of the state: an intent only when it was begun for the spec as it is now. */
export function recordedFor(resource: Resource, record: StateRecord | undefined): Recorded | undefined {
  if (record?.intent === undefined) return record;
  const { intent, ...rest } = record;
  return isBegunFor(resource, intent) ? record : rest;
}

function isBegunFor({ spec }: Resource, intent: JsonObject): boolean {
  if (intent.spec !== digest(toShownJson(spec))) return false;
  const secrets = secretsOf(spec);
  const sealed = Array.isArray(intent.secrets) ? intent.secrets : [];
  return secrets.length === sealed.length && secrets.every((secret, i) => isSealOf(sealed[i], secret));
}

function secretsOf(spec: Value): Sensitive[] {
  return leavesOf(spec).filter((leaf) => leaf instanceof Sensitive);
}

/**
 * What an interrupted run was making for a spec that nobody wants any more is to be removed, like what a replacement
 * has left behind. `resource` is absent where no manifest names the record.
 */
export function withLeftovers(
  record: StateRecord,
  kind: ProvisionedKind,
  resource: Resource | undefined,
): StateRecord {
  const { intent, ...rest } = record;
  const made = intent === undefined ? undefined : kind.making?.(intent);
  const known = [record.id, ...(record.former ?? []).map(({ id }) => id)];
  if (made === undefined || known.includes(made)) return record;
  const wanted = resource === undefined ? record.id === undefined : recordedFor(resource, record) === record;
  return wanted ? record : { ...rest, retire: [...new Set([...(record.retire ?? []), made])] };
}
