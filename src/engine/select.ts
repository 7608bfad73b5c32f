import type { Address } from '../core/address.ts';
import { RerankctlError } from '../core/errors.ts';
import { type Change, type Plan, pendingChanges } from '../core/plan.ts';
import { didYouMean } from '../core/suggest.ts';

export interface Selection {
  /** Only these, and what they need. Addresses, in which `*` stands for anything. */
  readonly targets: readonly string[];
  /** Not these, nor what needs them. */
  readonly excludes: readonly string[];
}

function matcher(pattern: string): (address: Address) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return (address) => expression.test(address);
}

function matched(patterns: readonly string[], known: readonly Address[]): Set<Address> {
  const found = new Set<Address>();
  for (const pattern of patterns) {
    const hits = known.filter(matcher(pattern));
    if (hits.length === 0) {
      throw new RerankctlError('usage', 'RCTL_NO_SUCH_ADDRESS', `No resource has the address ${pattern}.`, {
        remedy:
          didYouMean(pattern, known) ?? 'An address is Kind/name; * stands for anything, as in Model/*.',
      });
    }
    for (const hit of hits) found.add(hit);
  }
  return found;
}

function isRemoval({ action }: Change): boolean {
  return action === 'delete' || action === 'forget';
}

/**
 * What has to be done before each change, so that it can be done at all: what it depends on is made first, and what
 * depends on something that is deleted is deleted first.
 */
function needs(changes: readonly Change[]): Map<Address, Address[]> {
  const needed = new Map<Address, Address[]>(changes.map(({ address }) => [address, []]));
  const removed = new Set(changes.filter(isRemoval).map(({ address }) => address));
  for (const change of changes) {
    for (const dependency of change.resource.dependsOn) {
      if (!isRemoval(change)) needed.get(change.address)?.push(dependency);
      else if (removed.has(dependency)) needed.get(dependency)?.push(change.address);
    }
  }
  return needed;
}

function closure(start: Iterable<Address>, edges: ReadonlyMap<Address, readonly Address[]>): Set<Address> {
  const reached = new Set<Address>();
  const waiting = [...start];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    waiting.push(...(edges.get(next) ?? []));
  }
  return reached;
}

function reversed(edges: ReadonlyMap<Address, readonly Address[]>): Map<Address, Address[]> {
  const back = new Map<Address, Address[]>();
  for (const [from, list] of edges) for (const to of list) back.set(to, [...(back.get(to) ?? []), from]);
  return back;
}

/**
 * The part of a plan that is asked for, closed under what has to come first: a target brings along what it depends
 * on, and a deletion the deletions of what depends on it; an exclusion takes along what depends on it, and of a
 * deletion what it depends on. `known` are all addresses that may be named, also those that the plan refuses.
 */
export function selectChanges(plan: Plan, selection: Selection, known: readonly Address[]): Plan {
  const edges = needs(plan.changes);
  const targets = matched(selection.targets, known);
  const excludes = matched(selection.excludes, known);
  const unwanted = closure(excludes, reversed(edges));
  const asked = [...targets].filter((address) => !unwanted.has(address));
  const wanted = selection.targets.length === 0 ? new Set(known) : closure(asked, edges);
  const isKept = (address: Address): boolean => wanted.has(address) && !unwanted.has(address);
  const changes = plan.changes.filter(({ address }) => isKept(address));
  const left = pendingChanges(plan).length - pendingChanges({ ...plan, changes }).length;
  const diagnostics = plan.diagnostics.filter(
    ({ severity, address }) => severity !== 'error' || address === undefined || isKept(address),
  );
  if (left === 0) return { ...plan, changes, diagnostics };
  const message = `Limited by --target or --exclude: ${left === 1 ? '1 pending change is' : `${left} pending changes are`} left out.`;
  return {
    ...plan,
    changes,
    diagnostics: [...diagnostics, { severity: 'note', code: 'RCTL_LIMITED', message }],
  };
}
