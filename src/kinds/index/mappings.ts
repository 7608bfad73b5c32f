import { difference } from '../../core/difference.ts';
import { dig, isObject, pointerSegments, pointerTo } from '../../core/json.ts';
import type { FieldChange } from '../../core/plan.ts';
import type { Value } from '../../core/value.ts';
import { withdrawn } from './withdrawn.ts';

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
export function mappingDifference(
  live: unknown,
  declared: Value | undefined,
  applied: unknown,
): FieldChange[] {
  const held = asDeclared(live, declared);
  return [...declaredDifference(held, declared), ...withdrawnParameters(held, declared ?? {}, applied)];
}

/** `author.name` may be declared as one name; the server holds `name` inside of the object `author`. */
function fieldOf(properties: unknown, name: string): unknown {
  if (!isObject(properties) || Object.hasOwn(properties, name)) return dig(properties, name);
  return dig(properties, ...name.split('.').flatMap((part, i) => (i === 0 ? [part] : ['properties', part])));
}

/** The live mapping, where declared names with dots stand as they are declared. */
function asDeclared(live: unknown, declared: unknown): unknown {
  const names = Object.keys(dig(declared, 'properties') ?? {});
  if (!isObject(live) || !isObject(live.properties) || names.length === 0) return live;
  const properties: Record<string, unknown> = { ...live.properties };
  for (const name of names) {
    const field = fieldOf(live.properties, name);
    if (field !== undefined) properties[name] = asDeclared(field, dig(declared, 'properties', name));
  }
  return { ...live, properties };
}

function declaredDifference(live: unknown, declared: Value | undefined): FieldChange[] {
  if (declared === undefined) return [];
  const same = (pointer: string, before: unknown, after: Value): boolean =>
    sameParameter(pointer, before, after, dig(declared, ...pointerSegments(pointer).slice(1, -1), 'type'));
  return difference(live ?? {}, declared, { keys: 'declared', same }, '/mappings').flatMap(splitObject);
}

/** What sets a parameter of the whole mapping back: leaving it out of a PUT keeps it (2.19.1, 3.6.0). */
const RESETS: Readonly<Record<string, unknown>> = {
  dynamic: true,
  date_detection: true,
  numeric_detection: false,
  dynamic_templates: [],
  dynamic_date_formats: ['strict_date_optional_time', 'yyyy/MM/dd HH:mm:ss Z||yyyy/MM/dd Z'],
};

/** Parameters of a field that go back to their default when a PUT leaves them out (2.19.1, 3.6.0). */
const RESETTABLE = new Set([
  'boost',
  'coerce',
  'copy_to',
  'eager_global_ordinals',
  'fielddata',
  'fielddata_frequency_filter',
  'ignore_above',
  'ignore_malformed',
  'meta',
  'search_analyzer',
  'search_quote_analyzer',
  'split_queries_on_whitespace',
]);

/** Parameters that were applied earlier and have left the manifest, as far as the server sets them back. */
function withdrawnParameters(live: unknown, declared: Value, applied: unknown): FieldChange[] {
  if (!isObject(live) || !isObject(declared) || !isObject(applied)) return [];
  const top = withdrawn(applied, declared, live, '/mappings').filter(({ pointer }) =>
    Object.hasOwn(RESETS, pointer.slice('/mappings/'.length)),
  );
  const meta = withdrawn(applied._meta, declared._meta ?? {}, live._meta, '/mappings/_meta');
  return [...top, ...meta, ...withdrawnOfFields(live, declared, applied, '/mappings')];
}

function withdrawnOfFields(
  live: unknown,
  declared: unknown,
  applied: unknown,
  pointer: string,
): FieldChange[] {
  return ['properties', 'fields'].flatMap((holder) => {
    const before = dig(applied, holder);
    return Object.keys(isObject(before) ? before : {}).flatMap((name) => {
      const [was, now, there] = [applied, declared, live].map((tree) => dig(tree, holder, name));
      const at = pointerTo(pointerTo(pointer, holder), name);
      const own = withdrawn(was, now, there, at).filter(({ pointer: gone }) =>
        RESETTABLE.has(gone.slice(at.length + 1)),
      );
      return [...own, ...withdrawnOfFields(there, now, was, at)];
    });
  });
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
  'null_value',
  'locale',
  'include_in_parent',
  'include_in_root',
]);

/** Norms can be given up and not be had again. */
function isFixed(parameter: string, { after }: FieldChange): boolean {
  return FIXED.has(parameter) || (parameter === 'norms' && after === true);
}

/** Is it a change of an existing field that the server can only make in a new index? */
export function isFixedMappingChange(field: FieldChange, live: unknown): boolean {
  const segments = pointerSegments(field.pointer).slice(1);
  if (segments[0] === '_source' || segments[0] === '_routing') return true;
  const parameter = segments.findLastIndex(
    (segment, i) => isParameter(segments, i) && isFixed(segment, field),
  );
  if (parameter === -1) return false;
  let holder: unknown = live;
  for (const segment of segments.slice(0, parameter)) {
    holder = fieldOf(holder, segment);
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
  const held = asDeclared(live, declared);
  const body: Record<string, unknown> = {};
  const properties: Record<string, unknown> = {};
  for (const { pointer } of fields) {
    const [, key, name] = pointerSegments(pointer);
    if (key === undefined) continue;
    if (key === '_meta') body._meta = metaUpdate(fields, dig(live, key), dig(declared, key));
    else if (key !== 'properties') body[key] = dig(declared, key) ?? RESETS[key];
    else if (name !== undefined)
      properties[name] = merge(dig(held, 'properties', name), dig(declared, 'properties', name));
  }
  for (const { pointer, after } of fields) {
    const [, key, ...path] = pointerSegments(pointer);
    if (key === 'properties' && after === undefined) drop(properties, path);
  }
  return Object.keys(properties).length === 0 ? body : { ...body, properties };
}

/** A PUT replaces `_meta` as a whole: the keys of others go along. */
function metaUpdate(fields: readonly FieldChange[], live: unknown, declared: unknown): object {
  const meta: Record<string, unknown> = isObject(live) ? { ...live } : {};
  for (const { pointer } of fields) {
    const [, key, name] = pointerSegments(pointer);
    if (key !== '_meta') continue;
    if (name === undefined) Object.assign(meta, declared);
    else if (isObject(declared) && Object.hasOwn(declared, name)) meta[name] = declared[name];
    else delete meta[name];
  }
  return meta;
}

/** Leaves a parameter out of what `merge` has built along the same path. */
function drop(tree: Record<string, unknown>, path: readonly string[]): void {
  const [key = '', ...rest] = path;
  const below = tree[key];
  if (rest.length === 0) delete tree[key];
  else if (isObject(below)) drop(below, rest);
}

function merge(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = merge(base[key], value);
  return merged;
}
