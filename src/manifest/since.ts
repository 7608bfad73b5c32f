import { isObject, pointerTo } from '../core/json.ts';
import type { FieldSince } from '../core/resource.ts';
import { isLeaf, type Value } from '../core/value.ts';
import { type Schema, schemaOf } from './schema.ts';

const withVersions = new Map<string, boolean>();

/** Has any field of this kind a version from which on it works (`x-since`)? */
function hasVersions(kind: string): boolean {
  const known = withVersions.get(kind) ?? JSON.stringify(schemaOf(kind)).includes('"x-since":');
  withVersions.set(kind, known);
  return known;
}

/** The fields of a spec that only servers from a version on know, with that version. Pointers begin at the document. */
export function fieldsSince(kind: string, spec: Value): FieldSince[] {
  if (!hasVersions(kind)) return [];
  const found: FieldSince[] = [];
  const visit = (schema: Schema, value: Value, pointer: string): void => {
    const since = schema['x-since'];
    if (typeof since === 'string') found.push({ pointer, since });
    if (isLeaf(value)) return;
    if (Array.isArray(value)) {
      const { items } = schema;
      if (!isObject(items)) return;
      for (const [i, item] of value.entries()) visit(items, item, `${pointer}/${i}`);
    } else if (isObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        const { properties, additionalProperties } = schema;
        const inner =
          isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
        if (isObject(inner)) visit(inner, item as Value, pointerTo(pointer, key));
      }
    }
  };
  visit(schemaOf(kind), spec, '/spec');
  return found;
}
