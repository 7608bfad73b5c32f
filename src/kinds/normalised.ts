import { dig, isObject, type Json, pointerSegments, sameJson } from '../core/json.ts';
import type { FieldChange } from '../core/plan.ts';
import type { Recorded } from './kind.ts';

/** What `facts.normalised` remembers: the differences right after an apply, pointer → the server's value. */
export function normalisedOf(fields: readonly FieldChange[]): { [pointer: string]: Json } {
  return Object.fromEntries(fields.map((field) => [field.pointer, field.before ?? null]));
}

/**
 * Without the differences that were there right after the last apply already and have not moved since: those are
 * the server's own way of writing what we sent.
 */
export function withoutNormalised(
  fields: readonly FieldChange[],
  recorded: Recorded | undefined,
): FieldChange[] {
  const normalised = recorded?.facts?.normalised;
  return fields.filter((field) => {
    if (!isObject(normalised) || !Object.hasOwn(normalised, field.pointer)) return true;
    const applied = dig(recorded?.applied, ...pointerSegments(field.pointer));
    const unmoved = sameJson(normalised[field.pointer], field.before ?? null);
    return !(unmoved && sameJson(applied, field.after));
  });
}
