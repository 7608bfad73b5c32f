import { MASKED_BEFORE } from '../core/difference.ts';
import { canonicalJson, isObject, type Json, type JsonObject, pointerSegments } from '../core/json.ts';
import type { ChangedBy, FieldChange } from '../core/plan.ts';
import { isLeaf, Sensitive, type Value, type ValueObject } from '../core/value.ts';
import { holdsSeal, sameAsSealed, sealsIn, sealsText } from './secrets.ts';

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

/** What the cluster holds where a secret is to be, or was when it was last applied, is nothing to show. */
function masked(field: FieldChange, applied: JsonObject | undefined, spec: ValueObject): FieldChange {
  const { before, pointer } = field;
  if (before === undefined || before === MASKED_BEFORE) return field;
  const path = pointerSegments(pointer);
  if (at(spec, path) instanceof Sensitive || holdsSeal(at(applied, path))) {
    return { ...field, before: MASKED_BEFORE };
  }
  const seals = sealsIn(applied);
  return seals.length === 0 ? field : { ...field, before: withoutSealed(before, seals) };
}

function withoutSealed(value: Json, seals: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((item) => withoutSealed(item, seals));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, withoutSealed(item as Json, seals)]),
    );
  }
  return typeof value === 'string' && seals.some((seal) => sealsText(seal, value)) ? MASKED_BEFORE : value;
}

/** The differences as a plan may tell them: at whose door each lies, and without secrets. */
export function attributed(
  fields: readonly FieldChange[],
  applied: JsonObject | undefined,
  spec: ValueObject,
): FieldChange[] {
  return fields.map((field) => {
    const shown = masked(field, applied, spec);
    // A kind that keeps a digest in the place of the value knows better.
    const by = field.by ?? (applied === undefined ? undefined : changedBy(field, applied, spec));
    return by === undefined ? shown : { ...shown, by };
  });
}
