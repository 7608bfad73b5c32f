import { isObject, type Json, type JsonObject } from '../core/json.ts';

const PLACE = /\{\{\s*([\w.-]+)\s*\}\}/g;

/**
 * Fills `{{name}}` in the strings of a search body, as OpenSearch's own search templates write it. A string that is
 * nothing but one place takes the value as it is, a number as a number. Returns the names that have no value, too.
 */
export function fill(
  body: JsonObject,
  values: Readonly<Record<string, Json>>,
): { readonly body: JsonObject; readonly missing: readonly string[] } {
  const missing = new Set<string>();
  const value = (name: string): Json | undefined => {
    if (!Object.hasOwn(values, name)) missing.add(name);
    return values[name];
  };
  const inText = (text: string): Json => {
    const whole = text.match(/^\{\{\s*([\w.-]+)\s*\}\}$/);
    if (whole?.[1] !== undefined) return value(whole[1]) ?? '';
    return text.replace(PLACE, (_place, name: string) => {
      const found = value(name) ?? '';
      return typeof found === 'string' ? found : JSON.stringify(found);
    });
  };
  const inAny = (given: Json): Json => {
    if (typeof given === 'string') return inText(given);
    if (Array.isArray(given)) return given.map(inAny);
    return isObject(given) ? inObject(given as JsonObject) : given;
  };
  const inObject = (given: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(given).map(([key, each]) => [key, inAny(each)]));
  return { body: inObject(body), missing: [...missing] };
}
