import { isObject, pointerSegments } from '../core/json.ts';
import { SCHEMAS } from '../generated/schemas.ts';

/** A (sub)schema, as `schemas/` writes them. */
export type Schema = Record<string, unknown>;

export const KIND_NAMES: readonly string[] = Object.keys(SCHEMAS).filter((name) => name !== 'metadata');

/** The schema of a kind's `spec`, or of `metadata`. */
export function schemaOf(name: string): Schema {
  const schema = SCHEMAS[name];
  if (schema === undefined) throw new Error(`no schema ${name}`);
  return schema;
}

function child(schema: unknown, key: string): unknown {
  if (Array.isArray(schema)) return schema[Number(key)];
  return isObject(schema) && Object.hasOwn(schema, key) ? schema[key] : undefined;
}

/** Follows the `schemaPath` of a validation error (`Model#/properties/name/type`) to the schema that its keyword is in. */
export function schemaOfError(root: Schema, schemaPath: string): Schema {
  const segments = schemaPath
    .replace(/^.*?#\//, '')
    .split('/')
    .slice(0, -1);
  let current: unknown = root;
  for (const segment of segments) {
    current = child(current, decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return isObject(current) ? dereference(root, current) : {};
}

function dereference(root: Schema, schema: Schema): Schema {
  const target = typeof schema.$ref === 'string' ? schema.$ref.replace(/^#\//, '').split('/') : undefined;
  if (target === undefined) return schema;
  let current: unknown = root;
  for (const segment of target) current = child(current, segment);
  return isObject(current) ? current : {};
}

/** The schema that describes the value at the end of a path; `undefined` where everything is allowed. */
export function schemaAt(root: Schema, path: readonly string[]): Schema | undefined {
  let current: Schema = root;
  for (const segment of path) {
    const within = child(current.properties, segment) ?? current.additionalProperties ?? current.items;
    const next = /^\d+$/.test(segment) && isObject(current.items) ? current.items : within;
    if (!isObject(next)) return undefined;
    current = dereference(root, next);
  }
  return current;
}

const referable = new Map<string, readonly string[] | undefined>();

/** The kinds that a field may refer to (`x-ref`); `undefined` where any will do. The pointer begins at the spec. */
export function kindsFor(kind: string, pointer: string): readonly string[] | undefined {
  const key = `${kind}${pointer}`;
  if (!referable.has(key)) {
    const kinds = schemaAt(schemaOf(kind), pointerSegments(pointer))?.['x-ref'];
    referable.set(key, Array.isArray(kinds) ? kinds.map(String) : undefined);
  }
  return referable.get(key);
}
