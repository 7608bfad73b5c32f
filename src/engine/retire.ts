import type { Address } from '../core/address.ts';
import type { Change, Outcome } from '../core/plan.ts';
import { dependentsOf } from './graph.ts';

/** Whether all is taken care of that a resource was before; the outcome of a failure to do so. */
export interface Retired {
  readonly settled: boolean;
  readonly outcome?: Outcome;
}

/**
 * Takes care of what replacements have left behind, once everything that referred to it refers to its successor.
 * Dependents first: the server removes no connector that a model names, also one that was replaced itself. `changes`
 * are in dependency order.
 */
export function retireAll(
  changes: readonly Change[],
  retire: (change: Change) => Promise<Retired>,
): Promise<Retired>[] {
  const dependents = dependentsOf(changes.map((change) => change.resource));
  const retired = new Map<Address, Promise<Retired>>();
  for (const change of changes.toReversed()) {
    const before = (dependents.get(change.address) ?? []).flatMap((address) => retired.get(address) ?? []);
    retired.set(
      change.address,
      retireAfter(before, () => retire(change)),
    );
  }
  return [...retired.values()];
}

async function retireAfter(
  dependents: readonly Promise<Retired>[],
  retire: () => Promise<Retired>,
): Promise<Retired> {
  const settled = (await Promise.all(dependents)).every((dependent) => dependent.settled);
  return settled ? retire() : { settled: false };
}
