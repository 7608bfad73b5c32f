import { isObject, type Json, pointerTo } from '../../core/json.ts';
import type { FieldChange } from '../../core/plan.ts';

/** Applied by us earlier, gone from the manifest, and still there: the highest such keys. */
export function withdrawn(
  applied: unknown,
  declared: unknown,
  live: unknown,
  pointer: string,
): FieldChange[] {
  if (!isObject(applied) || !isObject(declared) || !isObject(live)) return [];
  return Object.keys(applied).flatMap((key) => {
    const at = pointerTo(pointer, key);
    const before = live[key] as Json | undefined;
    if (before === undefined) return [];
    return Object.hasOwn(declared, key)
      ? withdrawn(applied[key], declared[key], before, at)
      : [{ pointer: at, before }];
  });
}
