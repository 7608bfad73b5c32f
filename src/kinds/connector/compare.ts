import { difference, MASKED_BEFORE } from '../../core/difference.ts';
import { canonicalJson, dig, isObject, pointerSegments } from '../../core/json.ts';
import type { FieldChange } from '../../core/plan.ts';
import { isLeaf, Sensitive, type Value, type ValueObject } from '../../core/value.ts';
import type { Question } from '../kind.ts';

/** What differs, and which of it no update can bring about. */
export interface Differences {
  readonly fields: readonly FieldChange[];
  /** Why the connector must be made anew; `undefined` where an update will do. */
  readonly because: string | undefined;
}

export function compare(
  live: Record<string, unknown>,
  body: ValueObject,
  { recorded, changedSince }: Pick<Question, 'recorded' | 'changedSince'>,
): Differences {
  const since = recorded?.applied === undefined ? [] : changedSince(recorded);
  const credential = since.filter(({ pointer }) => isBelow(pointer, 'credential')).map(masked);
  // What was declared and is not any more; of the access keys whoever else manages them decides.
  const removed = since.filter(
    ({ pointer, after }) =>
      after === undefined &&
      !/^\/(credential|access_mode|backend_roles|add_all_backend_roles)\b/.test(pointer),
  );
  const roles = since.filter(({ pointer, after }) => pointer === '/add_all_backend_roles' && after === true);
  const held = removed.filter(({ pointer }) => isHeld(dig(live, ...pathOf(pointer))));
  const fields = unique([...declaredDifferences(live, body), ...held, ...roles, ...credential]);
  return { fields, because: whyReplaced(fields, recorded?.applied, body) };
}

/** Differences in what is declared, but for what the server never gives out. */
export function declaredDifferences(live: Record<string, unknown>, body: ValueObject): FieldChange[] {
  const { credential: _unreadable, add_all_backend_roles: _expanded, ...readable } = body;
  // It is written as `access_mode` and read as `access`.
  return difference({ ...live, access_mode: live.access }, readable, { keys: 'declared', same });
}

/** What the server makes of a declared value (2.19.1, 3.6.0). */
function same(pointer: string, before: unknown, after: Value): boolean {
  const [field, second, third, fourth] = pointerSegments(pointer);
  switch (field) {
    case 'description':
      return (before ?? '') === after;
    case 'version':
      return String(before) === String(after);
    case 'parameters':
      // Every parameter is text to it, a list or an object JSON text.
      return second !== undefined && third === undefined && sameParameter(before, after);
    case 'backend_roles':
      return sameSet(before, after);
    case 'client_config':
      // 2.19 knows no skip_ssl_verification: not to skip it is what it does.
      return before === undefined ? after === false : sameText(before, after);
    case 'actions':
      if (third === 'action_type' || third === 'method') return sameText(before, after);
      return third === 'headers' && fourth !== undefined && String(before) === textOf(after);
    default:
      return false;
  }
}

function sameText(before: unknown, after: Value): boolean {
  return (
    typeof before !== 'object' &&
    !isLeaf(after) &&
    String(before).toLowerCase() === String(after).toLowerCase()
  );
}

function textOf(value: Value): string | undefined {
  const plain = value instanceof Sensitive ? value.reveal() : value;
  if (isLeaf(plain)) return undefined;
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

function sameParameter(before: unknown, after: Value): boolean {
  const text = textOf(after);
  if (text === undefined || typeof before !== 'string') return false;
  return before === text || (before !== '' && canonical(before) === canonical(text));
}

/** Of JSON text its canonical form. */
function canonical(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? canonicalJson(value) : text;
  } catch {
    return text;
  }
}

function sameSet(left: unknown, right: Value): boolean {
  const sorted = (value: unknown): string | undefined =>
    Array.isArray(value) ? value.map(String).sort().join('\0') : undefined;
  return sorted(left) !== undefined && sorted(left) === sorted(right);
}

/** An update merges: it adds and changes, and takes away neither a parameter nor a credential (2.19.1, 3.6.0). */
function whyReplaced(
  fields: readonly FieldChange[],
  applied: Record<string, unknown> | undefined,
  body: ValueObject,
): string | undefined {
  // 2.19.1 and 3.6.0 take a new protocol without a look at the rest, and then fail to read the connector at all.
  if (fields.some(({ pointer }) => pointer === '/protocol')) return 'no update changes its protocol';
  // It is taken in silence, and the roles stay what they were (2.19.1).
  if (fields.some(({ pointer }) => pointer === '/add_all_backend_roles')) {
    return 'no update gives it all backend roles of a user';
  }
  const gone = fields.filter(({ after }) => after === undefined).map(({ pointer }) => pointer);
  const kept = gone.find((pointer) => /^\/(parameters|client_config$)/.test(pointer));
  if (kept !== undefined) return `no update takes ${kept.slice(1).replaceAll('/', '.')} away`;
  const lost =
    isObject(applied?.credential) && isObject(body.credential) ? Object.keys(applied.credential) : [];
  const key = lost.find((name) => !Object.hasOwn(body.credential as object, name));
  return key === undefined ? undefined : `no update takes credential.${key} away`;
}

/** Seals are no reading matter. */
function masked({ before, after, ...field }: FieldChange): FieldChange {
  return {
    ...field,
    ...(before === undefined ? {} : { before: MASKED_BEFORE }),
    ...(after === undefined ? {} : { after: '(sensitive)' }),
  };
}

function isBelow(pointer: string, field: string): boolean {
  return pointerSegments(pointer)[0] === field;
}

function isHeld(value: unknown): boolean {
  return value !== undefined && value !== '' && value !== null;
}

function pathOf(pointer: string): (string | number)[] {
  return pointerSegments(pointer).map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
}

function unique(fields: readonly FieldChange[]): FieldChange[] {
  return [...new Map(fields.map((field) => [field.pointer, field])).values()];
}
