import { isObject, type Json, pointerTo, sameJson } from './json.ts';
import type { FieldChange } from './plan.ts';
import { isLeaf, Sensitive, toShownJson, type Value } from './value.ts';

/** Stands for what is there now, where a secret is to be. */
export const MASKED_BEFORE = '(sensitive, before)';

export interface DifferenceRules {
  /**
   * `exact`: a key that only `before` has is a difference (bodies that the server replaces as a whole).
   * `declared`: only the keys that `after` names are compared; what someone else manages is left alone.
   */
  readonly keys: 'exact' | 'declared';
  /** Is this pair equal although its JSON differs, as enum values in another case are? */
  same?(pointer: string, before: unknown, after: Value): boolean;
}

/** Field by field, what changes when `before` (plain JSON) becomes `after` (a manifest's value). */
export function difference(
  before: unknown,
  after: Value,
  rules: DifferenceRules,
  pointer = '',
): FieldChange[] {
  if (rules.same?.(pointer, before, after)) return [];
  if (after instanceof Sensitive) {
    return sameJson(before, after.reveal())
      ? []
      : [
          {
            pointer,
            ...(before === undefined ? {} : { before: MASKED_BEFORE }),
            after: '(sensitive)',
          },
        ];
  }
  if (isObject(before) && isObject(after) && !isLeaf(after)) {
    const added = Object.keys(after).flatMap((key) =>
      difference(before[key], after[key] as Value, rules, pointerTo(pointer, key)),
    );
    const removed =
      rules.keys === 'declared'
        ? []
        : Object.keys(before)
            .filter((key) => !Object.hasOwn(after, key))
            .map((key) => ({ pointer: pointerTo(pointer, key), before: before[key] as Json }));
    return [...added, ...removed];
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return after.flatMap((item, i) => difference(before[i], item, rules, pointerTo(pointer, i)));
  }
  if (!isLeaf(after) && sameJson(before, after)) return [];
  return [
    { pointer, ...(before === undefined ? {} : { before: before as Json }), after: toShownJson(after) },
  ];
}
