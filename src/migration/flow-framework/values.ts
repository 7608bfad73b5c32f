import type { Address } from '../../core/address.ts';
import { isObject, type Json } from '../../core/json.ts';

/** A step has no counterpart, for this reason (in words that follow a colon). */
export class NoCounterpart extends Error {}

export interface Substitution {
  /** The resource whose ID or name is this output of this step; `undefined` where there is no such step. */
  outputOf(step: string, output: string): Address | undefined;
  /** Values that were given for the template's own variables. */
  readonly given: Readonly<Record<string, string>>;
  /** Told of every variable that a manifest takes over as `{$var: …}`. */
  variable(name: string): void;
  /** Told of every variable that has to have a value now, because no directive may stand in its place. */
  missing(name: string): void;
}

const WHOLE = /^\$\{\{\s*([^{}]+?)\s*\}\}$/;
const ANYWHERE = /\$\{\{\s*([^{}]+?)\s*\}\}/g;

/**
 * A value of a template as one of a manifest: `${{step.output}}` becomes a reference, `${{name}}` the value that was
 * given for it, or else `{$var: name}`. `${parameters.x}` is the server's, and stays.
 */
export function manifestValue(value: Json, context: Substitution): Json {
  if (typeof value === 'string') return textValue(value, context);
  if (Array.isArray(value)) return value.map((item) => manifestValue(item, context));
  if (!isObject(value)) return value;
  const [only, ...others] = Object.keys(value);
  if (only?.startsWith('$') && others.length === 0 && !WHOLE.test(only)) {
    throw new NoCounterpart(
      `it holds an object whose only key is ${only}, which a manifest takes for a directive`,
    );
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      plainText(key, context),
      manifestValue(item as Json, context),
    ]),
  );
}

function textValue(text: string, context: Substitution): Json {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) return named(whole, context);
  const parts: Json[] = [];
  let end = 0;
  for (const match of text.matchAll(ANYWHERE)) {
    parts.push(text.slice(end, match.index), named(match[1] ?? '', context));
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  const joined: Json[] = [];
  for (const part of parts) {
    if (isObject(part) && '$ref' in part) {
      throw new NoCounterpart(
        `it puts the ID of ${String(part.$ref)} into a longer text, and a reference is a whole value`,
      );
    }
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else if (part !== '') joined.push(part);
  }
  if (joined.every((part) => typeof part === 'string')) return joined.join('');
  return { $join: joined };
}

function named(name: string, { outputOf, given, variable }: Substitution): Json {
  const dot = name.indexOf('.');
  const address = dot > 0 ? outputOf(name.slice(0, dot), name.slice(dot + 1)) : undefined;
  if (address !== undefined) return { $ref: address };
  const value = Object.hasOwn(given, name) ? given[name] : undefined;
  if (value !== undefined) return value;
  variable(name);
  return { $var: name };
}

/** A text that has to be known now: the name of an index, or the key of an object. */
export function plainText(text: string, { given, missing }: Substitution): string {
  return text.replaceAll(ANYWHERE, (whole, name: string) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) missing(name);
    return value ?? whole;
  });
}

/** What a spec refers to. */
export function addressesIn(value: Json, found = new Set<Address>()): Set<Address> {
  if (Array.isArray(value)) for (const item of value) addressesIn(item, found);
  else if (isObject(value)) {
    const { $ref } = value;
    if (typeof $ref === 'string' && Object.keys(value).length === 1) found.add($ref as Address);
    else for (const item of Object.values(value)) addressesIn(item as Json, found);
  }
  return found;
}
