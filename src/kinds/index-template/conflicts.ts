import { listAt, numberAt } from '../../core/json.ts';

/** Is there a name that both patterns fit? `*` stands for anything. */
export function overlap(left: string, right: string): boolean {
  const tried = new Set<number>();
  const fits = (i: number, j: number): boolean => {
    const [a, b] = [left[i], right[j]];
    const at = i * (right.length + 1) + j;
    if (a === undefined && b === undefined) return true;
    if (tried.has(at)) return false;
    tried.add(at);
    if (a === '*' && (fits(i + 1, j) || (b !== undefined && fits(i, j + 1)))) return true;
    if (b === '*' && (fits(i, j + 1) || (a !== undefined && fits(i + 1, j)))) return true;
    return a !== '*' && b !== '*' && a === b && fits(i + 1, j + 1);
  };
  return fits(0, 0);
}

function patternsOf(template: unknown): string[] {
  return listAt(template, 'index_patterns').filter((pattern) => typeof pattern === 'string');
}

/** Without a priority a template has 0. */
export function priorityOf(template: unknown): number {
  return numberAt(template, 'priority') ?? 0;
}

/**
 * The first two patterns that let the server refuse one template beside the other (400 `multiple index templates may
 * not match during index creation`, 2.19.1 and 3.6.0).
 */
export function conflictOf(one: unknown, other: unknown): readonly [string, string] | undefined {
  if (priorityOf(one) !== priorityOf(other)) return undefined;
  for (const mine of patternsOf(one)) {
    const theirs = patternsOf(other).find((pattern) => overlap(mine, pattern));
    if (theirs !== undefined) return [mine, theirs];
  }
  return undefined;
}
