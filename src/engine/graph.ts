import type { Address } from '../core/address.ts';

interface Node {
  readonly address: Address;
  readonly dependsOn: readonly Address[];
}

/**
 * Dependencies before dependents; among equals the order of addresses, so that the result does not depend on the
 * order of files. Dependencies that are not among the nodes are taken as satisfied. Expects no cycle: manifests
 * with one are refused before.
 */
export function inDependencyOrder<T extends Node>(nodes: readonly T[]): T[] {
  const byAddress = new Map(nodes.map((node) => [node.address, node]));
  const placed = new Set<Address>();
  const ordered: T[] = [];
  const place = (node: T): void => {
    if (placed.has(node.address)) return;
    placed.add(node.address);
    for (const address of [...node.dependsOn].sort()) {
      const dependency = byAddress.get(address);
      if (dependency !== undefined) place(dependency);
    }
    ordered.push(node);
  };
  for (const address of [...byAddress.keys()].sort()) {
    const node = byAddress.get(address);
    if (node !== undefined) place(node);
  }
  return ordered;
}

/** Who depends on each address, directly. */
export function dependentsOf(nodes: readonly Node[]): Map<Address, Address[]> {
  const dependents = new Map<Address, Address[]>();
  for (const node of nodes) {
    for (const address of node.dependsOn) {
      const list = dependents.get(address) ?? [];
      list.push(node.address);
      dependents.set(address, list);
    }
  }
  return dependents;
}
