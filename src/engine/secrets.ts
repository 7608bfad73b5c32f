import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { canonicalJson, isObject, type Json, type JsonObject, sameJson } from '../core/json.ts';
import { isLeaf, Sensitive, Unknown, type Value } from '../core/value.ts';

/** The key under which the state keeps the trace of a secret. */
const KEY = '$sensitive';

/** Slow on purpose, so that a short secret cannot be guessed from a stolen state. 16 MB and about 40 ms a hash. */
function slowHash(value: Json, salt: Buffer): Buffer {
  return scryptSync(canonicalJson(value), salt, 32, { N: 2 ** 14 });
}

/** The seals that this process has made: each takes its time. */
const SEALS = new WeakMap<Sensitive, string>();

/** `{"$sensitive": "scrypt:<salt>:<hash>"}`: enough to see a rotation, not enough to read the secret back. */
export function seal(secret: Sensitive): JsonObject {
  let made = SEALS.get(secret);
  if (made === undefined) {
    const salt = randomBytes(16);
    made = `scrypt:${salt.toString('base64url')}:${slowHash(secret.reveal(), salt).toString('base64url')}`;
    SEALS.set(secret, made);
  }
  return { [KEY]: made };
}

/** A spec as the state may keep it: JSON, secrets sealed. A seal of the same secret is kept, so that nothing moves. */
export function sealSecrets(value: Value, earlier?: unknown): Json {
  if (value instanceof Sensitive) return isSealOf(earlier, value) ? (earlier as Json) : seal(value);
  if (value instanceof Unknown)
    throw new Error(`the ID of ${value.address} is not known at the end of an apply`);
  if (isLeaf(value)) throw new Error('an unresolved reference reached the state');
  if (Array.isArray(value)) {
    return value.map((item, i) => sealSecrets(item, Array.isArray(earlier) ? earlier[i] : undefined));
  }
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        sealSecrets(item as Value, isObject(earlier) ? earlier[key] : undefined),
      ]),
    );
  }
  return value;
}

/** Is this text the trace of a secret? */
export function isSealed(text: string): boolean {
  return /^scrypt:[\w-]{20,}:[\w-]{20,}$/.test(text);
}

export function isSealOf(sealed: unknown, secret: Sensitive): boolean {
  if (!isObject(sealed) || typeof sealed[KEY] !== 'string') return false;
  return sealed[KEY] === SEALS.get(secret) || sealsText(sealed[KEY], secret.reveal());
}

/** Is it the trace of this value? Takes its time. */
export function sealsText(seal: string, value: Json): boolean {
  const [, salt, hash] = seal.split(':');
  if (salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64url');
  const actual = slowHash(value, Buffer.from(salt, 'base64url'));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** The traces of all secrets in what the state keeps. */
export function sealsIn(applied: unknown): string[] {
  if (Array.isArray(applied)) return applied.flatMap(sealsIn);
  if (!isObject(applied)) return [];
  const own = applied[KEY];
  return typeof own === 'string' ? [own] : Object.values(applied).flatMap(sealsIn);
}

export function holdsSeal(applied: unknown): boolean {
  return isObject(applied) && typeof applied[KEY] === 'string';
}

/** Is what the state keeps the same as what the manifest says now? Secrets are compared by their hash. */
export function sameAsSealed(sealed: unknown, value: Value): boolean {
  if (value instanceof Sensitive) return isSealOf(sealed, value);
  return !isLeaf(value) && !containsLeaf(value) && sameJson(sealed, value);
}

function containsLeaf(value: Value): boolean {
  if (isLeaf(value)) return true;
  if (Array.isArray(value)) return value.some(containsLeaf);
  return isObject(value) && Object.values(value).some((item) => containsLeaf(item as Value));
}
