import { difference } from '../../core/difference.ts';
import { dig, isObject, pointerSegments } from '../../core/json.ts';
import type { FieldChange } from '../../core/plan.ts';
import type { Value } from '../../core/value.ts';

/**
 * Parameters that the server leaves out of `GET /index` when they have their default (2.19.1, 3.6.0), so that
 * "absent" and this value are the same.
 */
const DEFAULTS: Readonly<Record<string, readonly unknown[]>> = {
  index: [true],
  store: [false],
  doc_values: [true],
  enabled: [true],
  norms: [true],
  coerce: [true],
  ignore_malformed: [false],
  eager_global_ordinals: [false],
  fielddata: [false],
  type: ['object'],
  dynamic: [true, 'true'],
  properties: [{}],
  fields: [{}],
  include_in_parent: [false],
  include_in_root: [false],
  split_queries_on_whitespace: [false],
  index_options: ['positions', 'docs'],
  boost: [1, 1.0],
  position_increment_gap: [100],
  similarity: ['BM25'],
  analyzer: ['default', 'standard'],
  numeric_detection: [false],
  date_detection: [true],
  format: ['strict_date_optional_time||epoch_millis'],
  locale: [''],
  ignore_above: [2_147_483_647],
  term_vector: ['no'],
  data_type: ['float'],
  _source: [{ enabled: true }],
  _routing: [{ required: false }],
};

/** Numbers and booleans come back as text in some places (`dynamic: false` as `"false"`), one `copy_to` as a list. */
function sameParameter(pointer: string, before: unknown, after: Value, type: unknown): boolean {
  const name = pointerSegments(pointer).at(-1) ?? '';
  if (before === undefined) {
    const defaults = type === 'keyword' && name === 'norms' ? [false] : (DEFAULTS[name] ?? []);
    return defaults.some((value) => JSON.stringify(value) === JSON.stringify(after));
  }
  if (name === 'copy_to' && Array.isArray(before)) return before.length === 1 && before[0] === after;
  return typeof before !== 'object' && typeof after !== 'object' && String(before) === String(after);
}

/** What the manifest declares and the server does not have. Fields that only the server has are left alone. */
export function mappingDifference(live: unknown, declared: Value | undefined): FieldChange[] {
  if (declared === undefined) return [];
  const same = (pointer: string, before: unknown, after: Value): boolean =>
    sameParameter(pointer, before, after, dig(declared, ...pointerSegments(pointer).slice(1, -1), 'type'));
  return difference(live ?? {}, declared, { keys: 'declared', same }, '/mappings').flatMap(splitObject);
}

/** A whole new object is one change; where it is new fields below `properties`, each field is one. */
function splitObject(field: FieldChange): FieldChange[] {
  const { after, pointer } = field;
  if (field.before !== undefined || !pointer.endsWith('/properties') || !isObject(after)) return [field];
  return Object.entries(after).map(([name, value]) => ({ pointer: `${pointer}/${name}`, after: value }));
}

/** Parameters that an existing field keeps for ever: `mapper_parsing` / `Cannot update parameter` (2.19.1, 3.6.0). */
const FIXED = new Set([
  'type',
  'analyzer',
  'index',
  'store',
  'doc_values',
  'format',
  'similarity',
  'term_vector',
  'index_options',
  'normalizer',
  'dimension',
  'method',
  'model_id',
  'data_type',
  'space_type',
  'enabled',
  'path',
  'index_phrases',
  'index_prefixes',
  'position_increment_gap',
  'scaling_factor',
  'nested',
]);

/** Is it a change of an existing field that the server can only make in a new index? */
export function isFixedMappingChange(field: FieldChange, live: unknown): boolean {
  const segments = pointerSegments(field.pointer).slice(1);
  const parameter = segments.findLastIndex((segment, i) => isParameter(segments, i) && FIXED.has(segment));
  if (parameter === -1) return false;
  let holder: unknown = live;
  for (const segment of segments.slice(0, parameter)) {
    holder = isObject(holder) ? holder[segment] : undefined;
  }
  return isObject(holder);
}

/** `…/properties/<field>/<parameter>` or `…/fields/<sub-field>/<parameter>`. A field may itself be named `type`. */
function isParameter(segments: readonly string[], i: number): boolean {
  const holder = segments[i - 2];
  return holder === 'properties' || holder === 'fields';
}

/**
 * The body of `PUT _mapping` for the changed fields. An existing field is sent whole, live parameters included:
 * one that is merely left out is taken for a change back to its default and refused (2.19.1, 3.6.0).
 */
export function mappingUpdate(fields: readonly FieldChange[], live: unknown, declared: unknown): object {
  const body: Record<string, unknown> = {};
  const properties: Record<string, unknown> = {};
  for (const { pointer } of fields) {
    const [, key, name] = pointerSegments(pointer);
    if (key === undefined || !isObject(declared)) continue;
    if (key !== 'properties') body[key] = declared[key];
    else if (name !== undefined && isObject(declared.properties)) {
      const liveProperties = isObject(live) && isObject(live.properties) ? live.properties : {};
      properties[name] = merge(liveProperties[name], declared.properties[name]);
    }
  }
  return Object.keys(properties).length === 0 ? body : { ...body, properties };
}

function merge(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = merge(base[key], value);
  return merged;
}
