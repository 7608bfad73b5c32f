import { isObject, pointerSegments } from '../core/json.ts';
import { SCHEMAS } from '../generated/schemas.ts';

/** A (sub)schema, as `schemas/` writes them, but with every `$ref` replaced by what it names. */
export type Schema = Record<string, unknown>;

/** Schemas of what is no kind: a part of every manifest, and the file `rerankctl.yaml`. */
const NO_KINDS = ['metadata', 'config'];

export const KIND_NAMES: readonly string[] = Object.keys(SCHEMAS).filter((name) => !NO_KINDS.includes(name));

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

/** Follows the `schemaPath` of a validation error (`#/properties/name/type`) to the schema that its keyword is in. */
export function schemaOfError(root: Schema, schemaPath: string): Schema {
  const segments = pointerSegments(decodeURIComponent(schemaPath.replace(/^#/, ''))).slice(0, -1);
  const found = segments.reduce<unknown>(child, root);
  return isObject(found) ? found : {};
}

/** The schema that describes the value at the end of a path; `undefined` where everything is allowed. */
export function schemaAt(root: Schema, path: readonly string[]): Schema | undefined {
  let current: Schema = root;
  for (const segment of path) {
    const next = isObject(current.items)
      ? current.items
      : (child(current.properties, segment) ?? current.additionalProperties);
    if (!isObject(next)) return undefined;
    current = next;
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

const withSecrets = new Map<string, boolean>();

/** Has this kind any field that holds a secret (`x-secret`)? */
export function hasSecretFields(kind: string): boolean {
  const known = withSecrets.get(kind) ?? JSON.stringify(schemaOf(kind)).includes('"x-secret":true');
  withSecrets.set(kind, known);
  return known;
}

/** Is this field one of them? The pointer begins at the spec. */
export function isSecretField(kind: string, pointer: string): boolean {
  return schemaAt(schemaOf(kind), pointerSegments(pointer))?.['x-secret'] === true;
}
