import { canonicalJson, isObject, type JsonObject, pointerSegments } from '../core/json.ts';
import type { ChangedBy, FieldChange } from '../core/plan.ts';
import { isLeaf, Sensitive, type Value, type ValueObject } from '../core/value.ts';
import { sameAsSealed } from './secrets.ts';

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => {
    if (Array.isArray(found)) return found[Number(key)];
    return isObject(found) && !isLeaf(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }, value);
}

/** The server writes numbers as text and enums in capitals, and leaves out a text that is empty. */
function loosely(left: unknown, right: unknown): boolean {
  const text = (value: unknown): string =>
    canonicalJson(value ?? '')
      .replaceAll('"', '')
      .toLowerCase();
  return text(left) === text(right);
}

/** Whether the manifest, the cluster or both have left what was last applied. */
function changedBy(field: FieldChange, applied: JsonObject, spec: ValueObject): ChangedBy | undefined {
  const path = pointerSegments(field.pointer);
  const was = at(applied, path);
  const wanted = at(spec, path);
  // What is in neither is no field of the manifest: the state of a model, for one.
  if (was === undefined && wanted === undefined) return 'cluster';
  const inGit = wanted === undefined ? was !== undefined : !sameAsSealed(was, wanted as Value);
  // A secret cannot be read back, so nobody knows what the cluster has made of it.
  if (wanted instanceof Sensitive) return inGit ? 'git' : 'cluster';
  const inCluster = !loosely(was, field.before);
  if (inGit && inCluster) return 'both';
  if (inGit) return 'git';
  return inCluster ? 'cluster' : undefined;
}

export function attributed(
  fields: readonly FieldChange[],
  applied: JsonObject | undefined,
  spec: ValueObject,
): FieldChange[] {
  if (applied === undefined) return [...fields];
  return fields.map((field) => {
    // A kind that keeps a digest in the place of the value knows better.
    const by = field.by ?? changedBy(field, applied, spec);
    return by === undefined ? field : { ...field, by };
  });
}
