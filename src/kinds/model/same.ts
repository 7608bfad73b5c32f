import { difference } from '../../core/difference.ts';
import type { Value } from '../../core/value.ts';

/**
 * Does a live value hold all that is declared? Enums come back in upper case, numbers may be text, a `false` is not
 * kept (`normalize_result`; 2.19.1, 3.6.0), and keys that are not declared may have come from the publisher. What the
 * server does not tell is taken for right.
 */
export function isDeclared(live: unknown, declared: Value | undefined): boolean {
  if (declared === undefined || live === undefined) return true;
  const same = (_pointer: string, before: unknown, after: Value): boolean =>
    (before === undefined && after === false) ||
    (typeof before !== 'object' &&
      (typeof after === 'string' || typeof after === 'number' || typeof after === 'boolean') &&
      String(before).toUpperCase() === String(after).toUpperCase());
  return difference(live, declared, { keys: 'declared', same }).length === 0;
}
