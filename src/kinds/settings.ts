import { isObject, type Json, pointerTo } from '../core/json.ts';
import { isLeaf, Sensitive, type Value } from '../core/value.ts';
import { LiveId, type LiveValue } from './exporting.ts';

export interface Setting {
  /** With dots, whichever way it was written: nested, dotted or both. */
  readonly name: string;
  readonly value: Value;
  readonly pointer: string;
}

/** Settings one by one, each once for every place where it is written. */
export function listSettings(settings: Value | undefined, at: string): Setting[] {
  const visit = (value: Value, name: string, pointer: string): Setting[] => {
    if (!isObject(value) || isLeaf(value)) return [{ name, value, pointer }];
    return Object.entries(value).flatMap(([key, item]) =>
      visit(item as Value, name === '' ? key : `${name}.${key}`, pointerTo(pointer, key)),
    );
  };
  return settings === undefined ? [] : visit(settings, '', at);
}

/** Settings by name. */
export type FlatSettings = ReadonlyMap<string, { readonly value: Value; readonly pointer: string }>;

/** Settings of an index as `index.x.y` → value: they may be written with or without `index.`. */
export function flattenSettings(settings: Value | undefined, at = '/settings'): FlatSettings {
  return new Map(
    listSettings(settings, at).map(({ name, value, pointer }) => [
      name === 'index' || name.startsWith('index.') ? name : `index.${name}`,
      { value, pointer },
    ]),
  );
}

/** Every setting is text on the server: `1` and `"1"`, `true` and `"true"` are the same. Lists stay lists. */
export function settingText(value: unknown): Json | undefined {
  if (value instanceof Sensitive) return settingText(value.reveal());
  if (Array.isArray(value)) return value.map((item) => String(item));
  return value === undefined || value === null || isObject(value) ? undefined : String(value);
}

/** Settings of an index that name a pipeline, without their `index.`. */
const PIPELINES: Readonly<Record<string, string>> = {
  'search.default_pipeline': 'SearchPipeline',
  default_pipeline: 'IngestPipeline',
  final_pipeline: 'IngestPipeline',
};

/** A setting of an index as a manifest declares it; the name is without `index.`. */
export function exportedSetting(name: string, value: Json): LiveValue {
  const kind = PIPELINES[name];
  const named = kind !== undefined && typeof value === 'string' && value !== '_none';
  return named ? new LiveId(kind, value) : plainSetting(value);
}

/** As people write it: numbers and booleans plainly. */
export function plainSetting(value: Json): Json {
  if (value === 'true' || value === 'false') return value === 'true';
  const number = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) && String(number) === value ? number : value;
}
