import { stringify } from 'yaml';
import {
  describeHolder,
  type HistoryEntry,
  type Holder,
  type StateRecord,
} from '../../engine/state/index.ts';
import type { Paint } from '../io.ts';
import { countOf } from './diagnostics.ts';

/** What is not finished yet. */
function remark({ id, intent, retire, former = [] }: StateRecord): string {
  if (id === undefined) return 'its creation was begun';
  if (intent !== undefined) return 'unfinished';
  if (retire !== undefined) return `still to be removed: ${retire.join(', ')}`;
  const kept = former.flatMap(({ id: earlier, restsAt }) =>
    earlier === undefined ? [] : `${earlier}${restsAt === undefined ? '' : ` (deployed until ${restsAt})`}`,
  );
  return kept.length === 0 ? '' : `kept for a rollback: ${kept.join(', ')}`;
}

export function renderRecords(stack: string, records: readonly StateRecord[]): string {
  if (records.length === 0) return `The stack ${stack} holds nothing.\n`;
  const width = Math.max(...records.map(({ address }) => address.length));
  const ids = Math.max(...records.map(({ id }) => (id ?? '').length));
  const lines = records.map((record) =>
    `${record.address.padEnd(width)}  ${(record.id ?? '').padEnd(ids)}  ${remark(record)}`.trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

export function renderRecord(record: StateRecord): string {
  return stringify(record);
}

export function renderHolder(stack: string, holder: Holder): string {
  return `The lock of stack ${stack}: ${describeHolder(holder)}.\n`;
}

function summary({ changes }: HistoryEntry): string {
  const by = new Map<string, number>();
  for (const { action, result } of changes) {
    const what = result === 'done' ? action : `${action} ${result}`;
    by.set(what, (by.get(what) ?? 0) + 1);
  }
  return [...by].map(([what, number]) => `${number} ${what}`).join(', ') || 'nothing done';
}

/** One line an apply, the latest first; of that one also what became of each resource. */
export function renderHistory(stack: string, history: readonly HistoryEntry[], paint: Paint): string {
  const [latest] = history;
  if (latest === undefined) return `The stack ${stack} was never applied.\n`;
  const lines = history.flatMap((entry) => {
    const line = `#${entry.fence}  ${entry.endedAt}  ${entry.by}@${entry.host}  ${entry.command}: ${summary(entry)}`;
    if (entry !== latest) return [line];
    return [
      line,
      ...entry.changes.map(({ address, action, result, because }) =>
        paint('dim', `      ${address}: ${action} ${result}${because === undefined ? '' : ` (${because})`}`),
      ),
    ];
  });
  return `${lines.join('\n')}\n${countOf(history.length, 'run')} remembered.\n`;
}
