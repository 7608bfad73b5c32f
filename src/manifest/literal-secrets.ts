import { isObject, pointerTo } from '../core/json.ts';
import { isLeaf, Sensitive, type Value } from '../core/value.ts';
import type { LeafKind } from './directives.ts';

/** A secret that is written in the manifest itself. */
export interface LiteralSecret {
  readonly pointer: string;
  readonly text: string;
}

/**
 * Finds secrets that are written down, and puts what hides itself in their place: nothing that is said of the document
 * later may repeat them.
 */
export function hideLiterals(
  value: Value,
  pointer: string,
  isSecret: (pointer: string) => boolean,
): { value: Value; found: LiteralSecret[]; leaves: Map<string, LeafKind> } {
  const found: LiteralSecret[] = [];
  const leaves = new Map<string, LeafKind>();
  const visit = (part: Value, at: string): Value => {
    if (isLeaf(part)) return part;
    if (isSecret(at)) {
      if (part === '' || part === null) return part;
      found.push({ pointer: at, text: typeof part === 'string' ? part : JSON.stringify(part) });
      leaves.set(at, 'secret');
      return new Sensitive(part as string, 'a literal');
    }
    if (Array.isArray(part)) return part.map((item, i) => visit(item, pointerTo(at, i)));
    if (!isObject(part)) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, item]) => [key, visit(item as Value, pointerTo(at, key))]),
    );
  };
  return { value: visit(value, pointer), found, leaves };
}
