import { isObject, listAt, numberAt, textAt } from '../core/json.ts';

/** A hit as the server gave it, with its place in the answer. */
export interface Hit {
  readonly rank: number;
  readonly _index: string;
  readonly _id: string;
  readonly score: number | null;
  readonly source: Readonly<Record<string, unknown>>;
  /** What `fields`, `docvalue_fields` and `stored_fields` of the search brought. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const SHOWN_CHARACTERS = 300;

export function hitsOf(body: unknown): Hit[] {
  return listAt(body, 'hits', 'hits').map((raw, i) => ({
    rank: i + 1,
    _index: textAt(raw, '_index') ?? '',
    _id: textAt(raw, '_id') ?? '',
    score: numberAt(raw, '_score') ?? null,
    source: objectOf(isObject(raw) ? raw._source : undefined),
    fields: objectOf(isObject(raw) ? raw.fields : undefined),
  }));
}

function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

/** The same document in two answers. An ID is unique only within its index, and a search may span many. */
export function keyOf(hit: { readonly _index: string; readonly _id: string }): string {
  return `${hit._index}\0${hit._id}`;
}

/**
 * All values under a dotted path, arrays flattened as OpenSearch does. Each object may hold the rest of the path as
 * one key, too: `{"a.b": 1}` is the same document as `{"a": {"b": 1}}`.
 */
export function valuesAt(value: unknown, path: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  if (!isObject(value)) return [];
  const found = Object.hasOwn(value, path) ? [value[path]].flat() : [];
  const nested = [...path.matchAll(/\./g)].flatMap(({ index }) => {
    const head = path.slice(0, index);
    return Object.hasOwn(value, head) ? valuesAt(value[head], path.slice(index + 1)) : [];
  });
  return [...found, ...nested];
}

/** The values of a field of a hit, wherever the search put it. */
export function fieldValues(hit: Hit, field: string): unknown[] {
  const found = valuesAt(hit.fields, field);
  return found.length > 0 ? found : valuesAt(hit.source, field);
}

/** The ID that judgments know a hit by: `_id`, or the first value of a field; `undefined` when it lacks that field. */
export function documentOf(hit: Hit, field: string): string | undefined {
  if (field === '_id') return hit._id;
  const [value] = fieldValues(hit, field);
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

/**
 * What the rerank processor hands to the model for one document field. It takes `fields` of the hit before `_source`;
 * before 3.6 it looks into `_source` for a key of just this name, so that a dotted path finds nothing.
 */
export function modelText(hit: Hit, field: string, resolvesPaths: boolean): string {
  if (Object.hasOwn(hit.fields, field)) return textOf([hit.fields[field]].flat());
  if (resolvesPaths) return textOf(valuesAt(hit.source, field));
  return Object.hasOwn(hit.source, field) ? textOf([hit.source[field]].flat()) : '';
}

function textOf(values: readonly unknown[]): string {
  return values
    .filter((value) => value !== null && value !== undefined)
    .map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)))
    .join(' ')
    .trim();
}

/** One line of text for people, without control characters: from the given fields, else from the first text in the document. */
export function shownText(hit: Hit, fields: readonly string[]): string {
  const chosen = fields.map((field) => textOf(fieldValues(hit, field))).filter((text) => text !== '');
  const text = chosen.length > 0 ? chosen.join(' | ') : (anyText(hit.source) ?? anyText(hit.fields) ?? '');
  return cut(text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim(), SHOWN_CHARACTERS);
}

function anyText(values: Readonly<Record<string, unknown>>): string | undefined {
  return Object.values(values)
    .flat()
    .find((value) => typeof value === 'string' && value !== '') as string | undefined;
}

/** Never longer than `length`, and never half a character. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
