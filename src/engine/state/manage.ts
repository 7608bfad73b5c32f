import { type Address, parseAddress } from '../../core/address.ts';
import { withArticle } from '../../core/article.ts';
import { RerankctlError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { findKind } from '../../kinds/registry.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { fenced } from '../fence.ts';
import { type HistoryEntry, historyEntry, historyOperations } from './history.ts';
import { acquireLease } from './lock.ts';
import { readState, type State, type StateRecord } from './read.ts';
import { StateWriter } from './writer.ts';

export interface ManageOptions {
  /** For whoever finds the stack locked: `rerankctl state rm`. */
  readonly command: string;
  readonly signal: AbortSignal;
}

/** The record of an address. Throws `RCTL_NO_SUCH_ADDRESS`, with the nearest one that there is. */
export function recordOf(state: State, stack: string, address: string): StateRecord {
  const record = state.records.get(address as Address);
  if (record !== undefined) return record;
  const known = [...state.records.keys()];
  throw new RerankctlError(
    'refused',
    'RCTL_NO_SUCH_ADDRESS',
    `The state of stack ${stack} knows no ${address}.`,
    {
      remedy:
        didYouMean(address, known) ?? (known.length === 0 ? 'It is empty.' : 'See rerankctl state list.'),
    },
  );
}

/** Changes the state alone, under the lock, and remembers that it was done. */
async function change(
  cluster: Cluster,
  stack: string,
  state: State,
  options: ManageOptions,
  work: (writer: StateWriter) => Promise<HistoryEntry['changes']>,
): Promise<void> {
  const lease = await acquireLease(cluster, stack, state, options);
  let changes: HistoryEntry['changes'] = [];
  try {
    changes = await work(new StateWriter(fenced(cluster, lease), stack, state));
  } finally {
    await lease.release(historyOperations(stack, historyEntry(lease, changes)));
  }
}

/** Forgets resources. Their objects on the server stay as they are. */
export async function forgetRecords(
  cluster: Cluster,
  stack: string,
  addresses: readonly string[],
  options: ManageOptions,
): Promise<void> {
  const state = await readState(cluster, stack);
  const records = [...new Set(addresses)].map((address) => recordOf(state, stack, address));
  await change(cluster, stack, state, options, async (writer) => {
    await Promise.all(records.map(({ address }) => writer.forget(address)));
    return records.map(({ address }) => ({ address, action: 'forget', result: 'done' }));
  });
}

/** Gives a resource another address. Its object on the server stays as it is, so its manifest must say the same. */
export async function moveRecord(
  cluster: Cluster,
  stack: string,
  from: string,
  to: string,
  options: ManageOptions,
): Promise<void> {
  const state = await readState(cluster, stack);
  const record = recordOf(state, stack, from);
  const address = refuseIfUnfit(state, record, to);
  await change(cluster, stack, state, options, async (writer) => {
    // In one request: a run that is killed leaves the one or the other.
    await Promise.all([writer.write({ ...record, address }), writer.forget(record.address)]);
    return [{ address, action: 'move', result: 'done' }];
  });
}

function refuseIfUnfit(state: State, { address: from }: StateRecord, to: string): Address {
  const refused = (message: string, remedy: string): RerankctlError =>
    new RerankctlError('refused', 'RCTL_CANNOT_MOVE', message, { remedy });
  const target = parseAddress(to);
  const kind = parseAddress(from)?.kind ?? '';
  if (target === undefined) throw refused(`${to} is no address.`, 'An address is Kind/name.');
  if (target.kind !== kind) {
    throw refused(
      `${from} cannot become ${withArticle(target.kind)}.`,
      'Only the name can change, not the kind.',
    );
  }
  if (state.records.has(to as Address)) {
    throw refused(`There is a ${to} already.`, `Forget one of the two first: rerankctl state rm.`);
  }
  const known = findKind(kind);
  if (known?.provisions && known.namedByManifest) {
    throw refused(
      `The name of a manifest of kind ${kind} is the name on the server, which cannot be changed there.`,
      'Make the new one beside the old, and delete the old one when nothing uses it any more.',
    );
  }
  return to as Address;
}
