import type { Address } from '../core/address.ts';
import type { Resource } from '../core/resource.ts';
import type { StateRecord } from './state/read.ts';

type Records = ReadonlyMap<Address, StateRecord>;

/**
 * The address of `metadata.moved_from` under which the state still knows the resource. An address that another
 * manifest uses again is that one's; and beside a record of its own, only one of the same object counts: that of
 * a move which was interrupted.
 */
function formerAddress(
  resource: Resource,
  records: Records,
  isNamed: (address: Address) => boolean,
): Address | undefined {
  const own = records.get(resource.address);
  return resource.movedFrom.find((address) => {
    const record = records.get(address);
    return record !== undefined && !isNamed(address) && (own === undefined || own.id === record.id);
  });
}

/** The records of the state under the addresses that the manifests give them now, and who has moved from where. */
export function withMoves(
  records: Records,
  resources: readonly Resource[],
): { records: Map<Address, StateRecord>; moves: Map<Address, Address> } {
  const named = new Set(resources.map(({ address }) => address));
  const moved = new Map(records);
  const moves = new Map<Address, Address>();
  for (const resource of resources) {
    const { address } = resource;
    const from = formerAddress(resource, moved, (other) => named.has(other));
    const record = from === undefined ? undefined : moved.get(from);
    if (from === undefined || record === undefined) continue;
    moved.delete(from);
    if (!moved.has(address)) moved.set(address, { ...record, address });
    moves.set(address, from);
  }
  return { records: moved, moves };
}
