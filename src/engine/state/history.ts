import type { Address } from '../../core/address.ts';
import type { Action, Outcome } from '../../core/plan.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { StateOperation } from './bulk.ts';
import { documentId, stateDocument } from './format.ts';
import type { Holder } from './holder.ts';
import { readDocuments } from './read.ts';

/** So many applies of a stack are remembered. */
const KEPT = 50;

/** One apply of a stack, as it ended. Holds no spec and no secret. */
export interface HistoryEntry {
  /** Fencing number of the lease under which it ran: counts the applies of a stack. */
  readonly fence: number;
  readonly command: string;
  readonly by: string;
  readonly host: string;
  readonly version: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly changes: readonly {
    readonly address: Address;
    readonly action: Action;
    readonly result: Outcome['result'];
    readonly id?: string;
    readonly because?: string;
  }[];
}

/** The entry of a run that ends now. */
export function historyEntry(
  { fence, holder }: { readonly fence: number; readonly holder: Holder },
  changes: HistoryEntry['changes'],
): HistoryEntry {
  const { user, host, command, since, version } = holder;
  return {
    fence,
    command,
    by: user,
    host,
    version,
    startedAt: since,
    endedAt: new Date().toISOString(),
    changes,
  };
}

export function historyChanges(outcomes: readonly Outcome[]): HistoryEntry['changes'] {
  return outcomes.map((outcome) => {
    const { address, action, result } = outcome;
    const more =
      result === 'done'
        ? { id: outcome.id }
        : result === 'failed'
          ? { because: outcome.error.code }
          : result === 'skipped'
            ? { because: outcome.because }
            : {};
    return { address, action, result, ...more };
  });
}

/** Remembers one apply, and forgets the one that is too old: the numbers tell which. */
export function historyOperations(stack: string, entry: HistoryEntry): StateOperation[] {
  const id = (fence: number): string => documentId(stack, `history-${fence}`);
  const old = entry.fence - KEPT;
  return [
    { id: id(entry.fence), document: stateDocument(stack, 'history', entry), revision: undefined },
    ...(old > 0 ? [{ id: id(old), delete: true as const }] : []),
  ];
}

/** The applies that are remembered, the latest first. */
export async function readHistory(cluster: Cluster, stack: string): Promise<HistoryEntry[]> {
  const documents = await readDocuments(cluster, stack, { history: true });
  return documents
    .map(({ document }) => document.record as unknown as HistoryEntry)
    .sort((left, right) => right.fence - left.fence);
}
