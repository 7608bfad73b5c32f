import { dig, isObject, textAt } from '../../core/json.ts';
import { MARK } from '../user-indices.ts';
import { type LiveIndex, readIndices } from './live.ts';

/**
 * An index that may be rolled out is called NAME-1, NAME-2, …; the manifest's NAME is an alias of one of them. What
 * must be known of such an index to finish or undo what a killed run began stands in its own mapping, below `_meta`:
 * the state may be lost.
 */
export interface Mark {
  /** The manifest's name. */
  readonly index: string;
  /**
   * UUID of the first index of this line: all documents of it, and what was written since, were copied from index to
   * index. Whoever remembers a UUID to know its documents by (SeedData) reads this one.
   */
  readonly origin?: string;
  /** What it was filled from, and whether people had blocked writes there before. */
  readonly replaces?: { readonly index: string; readonly uuid: string; readonly blocked: boolean };
}

export function markOf({ mappings }: LiveIndex): Mark | undefined {
  const mark = dig(mappings, '_meta', MARK);
  const index = textAt(mark, 'index');
  if (index === undefined) return undefined;
  const origin = textAt(mark, 'origin');
  const old = dig(mark, 'replaces');
  return {
    index,
    ...(origin === undefined ? {} : { origin }),
    ...(isObject(old)
      ? {
          replaces: {
            index: textAt(old, 'index') ?? '',
            uuid: textAt(old, 'uuid') ?? '',
            blocked: old.blocked === true,
          },
        }
      : {}),
  };
}

export function physicalName(name: string, n: number): string {
  return `${name}-${n}`;
}

/** The number in the name of an index that may serve under `name`. */
export function numberOf(name: string, physical: string): number | undefined {
  if (!physical.startsWith(`${name}-`)) return undefined;
  const digits = physical.slice(name.length + 1);
  return /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : undefined;
}

/** Above all numbers in use, and above what an interrupted run had begun: its late requests then meet nothing. */
export function nextName(name: string, indices: ReadonlyMap<string, LiveIndex>, begun?: string): string {
  const used = [...indices.keys(), ...(begun === undefined ? [] : [begun])];
  const numbers = used.map((physical) => numberOf(name, physical) ?? 0);
  // The one that bears the name itself counts as the first.
  return physicalName(name, Math.max(indices.has(name) ? 1 : 0, ...numbers) + 1);
}

/** What searches for `name` reach: the index of that name, or the one index of its line that has it as an alias. */
export function servingOf(name: string, indices: ReadonlyMap<string, LiveIndex>): LiveIndex | undefined {
  const plain = indices.get(name);
  if (plain !== undefined) return plain;
  const [holder, ...others] = [...indices.values()].filter(({ aliases }) => Object.hasOwn(aliases, name));
  if (holder === undefined || others.length > 0) return undefined;
  return numberOf(name, holder.name) === undefined ? undefined : holder;
}

export function isMarkedFor(name: string, live: LiveIndex): boolean {
  return markOf(live)?.index === name;
}

/** What interrupted rollouts have left: what was to replace the one that serves, and what that one has replaced. */
export function leftoversOf(
  name: string,
  serving: LiveIndex,
  indices: ReadonlyMap<string, LiveIndex>,
): LiveIndex[] {
  const before = markOf(serving)?.replaces;
  return [...indices.values()].filter((index) => {
    if (index.name === serving.name || Object.hasOwn(index.aliases, name)) return false;
    if (before !== undefined && before.index === index.name && before.uuid === index.uuid) return true;
    const mark = markOf(index);
    if (mark?.index !== name) return false;
    // Or it was to replace what is gone by now: a killed run's creation that came late.
    const isFilling = Object.hasOwn(index.aliases, fillingAlias(index.name));
    return isFilling || mark.replaces?.uuid === serving.uuid;
  });
}

/**
 * An alias that a new index has until it gets the name. The swap takes it away, and fails where it is not there; whoever
 * gives the index up takes it away first, and finds it gone where the swap was first. One of both happens, also when the
 * swap of a killed run comes late. Documents are copied to it and not to the index: a copying whose index was deleted
 * would make that again, with guessed mappings (2.19.1, 3.6.0).
 */
export function fillingAlias(candidate: string): string {
  return `${candidate}-filling`;
}

/** What has to be read of the cluster to know all indices of a line: one list of names for one request. */
export function lineOf(name: string): string[] {
  return [name, `${name}-*`];
}

export async function readLine(
  cluster: Parameters<typeof readIndices>[0],
  name: string,
): Promise<Map<string, LiveIndex>> {
  const read = await readIndices(cluster, lineOf(name));
  const isOfLine = ({ name: physical, aliases }: LiveIndex): boolean =>
    physical === name || numberOf(name, physical) !== undefined || Object.hasOwn(aliases, name);
  return new Map([...read].filter(([, index]) => isOfLine(index)));
}
