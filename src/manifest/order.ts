import type { Address } from '../core/address.ts';
import type { Resource } from '../core/resource.ts';

/** What others need comes first; among equals the address decides. Resources that are not given are ignored. */
export function topologicalOrder(resources: readonly Resource[]): Resource[] {
  const waiting = new Map<Address, number>();
  const users = new Map<Address, Resource[]>();
  const given = new Set(resources.map((resource) => resource.address));
  for (const resource of resources) {
    const needs = resource.dependsOn.filter((address) => given.has(address));
    waiting.set(resource.address, needs.length);
    for (const need of needs) users.set(need, [...(users.get(need) ?? []), resource]);
  }
  const ordered: Resource[] = [];
  let ready = byAddress(resources.filter((resource) => waiting.get(resource.address) === 0));
  while (ready.length > 0) {
    ordered.push(...ready);
    const next: Resource[] = [];
    for (const user of ready.flatMap((resource) => users.get(resource.address) ?? [])) {
      const left = (waiting.get(user.address) ?? 0) - 1;
      waiting.set(user.address, left);
      if (left === 0) next.push(user);
    }
    ready = byAddress(next);
  }
  if (ordered.length < resources.length) throw new Error('resources in a circle have no order');
  return ordered;
}

export function byAddress(resources: readonly Resource[]): Resource[] {
  return [...resources].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
}
