import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Value } from '../../core/value.ts';
import { MARK } from '../user-indices.ts';
import type { LiveIndex } from './live.ts';
import type { Mark } from './physical.ts';
import { flattenSettings, isSetByPeople } from './settings.ts';

/** The body that creates an index of a line: as declared, and marked. */
export function firstBody(name: string, spec: JsonObject): JsonObject {
  const aliases = isObject(spec.aliases) ? spec.aliases : {};
  return { ...marked(spec, { index: name }), aliases: { ...aliases, [name]: {} } as JsonObject };
}

function marked(body: JsonObject, mark: Mark): JsonObject {
  const mappings = objectOf(body.mappings);
  const meta = { ...objectOf(mappings._meta), [MARK]: { ...mark } as unknown as Json };
  return { ...body, mappings: { ...mappings, _meta: meta } };
}

/**
 * The body that creates what is to replace a live index: as declared, and with what others have put there, which a
 * manifest leaves alone. What was applied once and has left the manifest goes. The aliases come with the swap.
 */
export function successorBody(
  spec: JsonObject,
  {
    live,
    applied,
    mark,
    alias,
  }: {
    readonly live: LiveIndex;
    readonly applied: JsonObject;
    readonly mark: Mark;
    readonly alias: string;
  },
): JsonObject {
  const settings = { ...carriedSettings(live, spec, applied), ...objectOf(spec.settings) };
  const mappings = mergedMappings(
    objectOf(live.mappings),
    objectOf(spec.mappings),
    objectOf(applied.mappings),
  );
  const { aliases: _aliases, ...rest } = spec;
  return { ...marked({ ...rest, settings, mappings }, mark), aliases: { [alias]: { is_hidden: true } } };
}

/** One analyzer, filter or similarity is one thing: half of it from here and half from there is nothing. */
function wholeOf(name: string): string {
  const depth = name.startsWith('index.analysis.') ? 4 : name.startsWith('index.similarity.') ? 3 : Infinity;
  return name.split('.').slice(0, depth).join('.');
}

function carriedSettings(live: LiveIndex, spec: JsonObject, applied: JsonObject): JsonObject {
  const known = [
    ...flattenSettings(spec.settings as Value | undefined).keys(),
    ...flattenSettings(applied.settings as Value | undefined).keys(),
  ].map(wholeOf);
  const ours = new Set(known);
  const carried = Object.entries(live.settings).filter(([name, value]) => {
    // A search pipeline in front of an index is declared or is not there; a block is of the old index.
    if (name === 'index.search.default_pipeline' || name.startsWith('index.blocks.')) return false;
    return isSetByPeople(name, value, live.settings) && !ours.has(wholeOf(name));
  });
  return Object.fromEntries(carried) as JsonObject;
}

function mergedMappings(live: JsonObject, declared: JsonObject, applied: JsonObject): JsonObject {
  const merged: JsonObject = { ...declared };
  for (const [key, value] of Object.entries(live)) {
    if (key === 'properties' || key === '_meta') continue;
    if (!Object.hasOwn(declared, key) && !Object.hasOwn(applied, key)) merged[key] = value;
  }
  const wasOurs = objectOf(applied._meta);
  const theirs = Object.entries(objectOf(live._meta)).filter(([key]) => !Object.hasOwn(wasOurs, key));
  merged._meta = { ...Object.fromEntries(theirs), ...objectOf(declared._meta) };
  // A strict mapping refuses documents with a field that has left it: such a field stays.
  const gone = String(merged.dynamic).startsWith('strict') ? {} : objectOf(applied.properties);
  merged.properties = mergedFields(objectOf(live.properties), objectOf(declared.properties), gone);
  return merged;
}

/** Fields as declared, and those that only the server has. */
function mergedFields(live: JsonObject, declared: JsonObject, applied: JsonObject): JsonObject {
  const merged: JsonObject = { ...declared };
  for (const [name, field] of Object.entries(live)) {
    const ours = declared[name];
    if (isObject(ours)) {
      if (!isObject(field) || !isObject(field.properties) || !isObject(ours.properties)) continue;
      const below = objectOf(objectOf(applied[name]).properties);
      const properties = mergedFields(objectOf(field.properties), objectOf(ours.properties), below);
      merged[name] = { ...objectOf(ours), properties };
    } else if (!Object.hasOwn(applied, name)) {
      const rest = withoutDotted(field, name, { ...applied, ...declared });
      if (rest !== undefined) merged[name] = rest;
    }
  }
  return merged;
}

/** `author.name` may be declared as one name; the server holds `name` inside of the object `author`. */
function withoutDotted(field: Json | undefined, name: string, declared: JsonObject): Json | undefined {
  const below = Object.keys(declared).filter((key) => key.startsWith(`${name}.`));
  if (below.length === 0 || !isObject(field) || !isObject(field.properties)) return field;
  const inner = Object.fromEntries(below.map((key) => [key.slice(name.length + 1), {}]));
  const kept = Object.entries(field.properties as JsonObject).flatMap(([key, value]) => {
    if (Object.hasOwn(inner, key)) return [];
    const rest = withoutDotted(value, key, inner);
    return rest === undefined ? [] : [[key, rest] as const];
  });
  return kept.length === 0 ? undefined : { ...(field as JsonObject), properties: Object.fromEntries(kept) };
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}
