import { listed } from '../../core/suggest.ts';

/** What a column or a key may be called, by what it holds: the first that is there counts. */
export type Names<Role extends string> = Readonly<Record<Role, readonly string[]>>;

/** `Doc-ID`, `doc_id` and `docId` are one name. */
export function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Which of the given keys has each role. */
export function findRoles<Role extends string>(
  keys: readonly string[],
  names: Names<Role>,
): Partial<Record<Role, number>> {
  const places = keys.map(folded);
  const found: Partial<Record<Role, number>> = {};
  for (const [role, candidates] of Object.entries(names) as [Role, readonly string[]][]) {
    const first = candidates.find((name) => places.includes(folded(name)));
    if (first !== undefined) found[role] = places.indexOf(folded(first));
  }
  return found;
}

/** The same for the objects of a file, of which nearly all have the same keys. */
export function roleFinder<Role extends string>(
  names: Names<Role>,
): (keys: readonly string[]) => Partial<Record<Role, number>> {
  let last = '';
  let found: Partial<Record<Role, number>> = {};
  return (keys) => {
    const shape = keys.join('\n');
    if (shape !== last) found = findRoles(keys, names);
    last = shape;
    return found;
  };
}

/** A header names at least one column that is known, and data does not look like that. */
export function isHeader<Role extends string>(cells: readonly string[], names: Names<Role>): boolean {
  return Object.keys(findRoles(cells, names)).length > 0;
}

/** The name that stands there twice, if one does. */
export function repeated(cells: readonly string[]): string | undefined {
  return cells.find((cell, i) => cell !== '' && cells.indexOf(cell) !== i);
}

/** `query_id`, `qid` or `query`. */
export function namesFor(...lists: readonly (readonly string[])[]): string {
  return listed(lists.flat());
}
