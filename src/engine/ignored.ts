import { isObject, type Json, pointerSegments } from '../core/json.ts';
import type { FieldChange } from '../core/plan.ts';
import type { Resource } from '../core/resource.ts';
import { isLeaf, type Value, type ValueObject } from '../core/value.ts';

/** Those of the differences that `lifecycle.ignore_changes` names, themselves or by what is above them. */
export function ignoredFields(resource: Resource, fields: readonly FieldChange[]): FieldChange[] {
  const pointers = resource.lifecycle.ignore_changes ?? [];
  return fields.filter(({ pointer }) =>
    pointers.some((ignored) => pointer === ignored || pointer.startsWith(`${ignored}/`)),
  );
}

/**
 * The spec with what the cluster holds at these places: a request that replaces an object as a whole then leaves
 * them as they are.
 */
export function withLive(spec: ValueObject, fields: readonly FieldChange[]): ValueObject {
  return fields.reduce<Value>(
    (value, { pointer, before }) => replaced(value, pointerSegments(pointer), before),
    spec,
  ) as ValueObject;
}

function replaced(value: Value, path: readonly string[], live: Json | undefined): Value {
  const [key, ...rest] = path;
  if (key === undefined) return live ?? null;
  if (Array.isArray(value)) {
    return value.map((item, i) => (String(i) === key ? replaced(item, rest, live) : item));
  }
  const members = isObject(value) && !isLeaf(value) ? value : {};
  if (rest.length === 0 && live === undefined) {
    const { [key]: _gone, ...others } = members;
    return others as ValueObject;
  }
  return { ...members, [key]: replaced((members[key] ?? {}) as Value, rest, live) } as ValueObject;
}
