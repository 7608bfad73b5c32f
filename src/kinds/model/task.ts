import { listAt, numberAt, textAt } from '../../core/json.ts';

export interface Task {
  readonly state: string;
  readonly modelId: string | undefined;
  readonly error: string | undefined;
  /** IDs of the nodes that work at it. */
  readonly workers: readonly string[];
  /** When the server last wrote it, in milliseconds since 1970. */
  readonly touched: number | undefined;
}

const ENDED = new Set(['COMPLETED', 'COMPLETED_WITH_ERROR', 'FAILED', 'CANCELLED', 'EXPIRED', 'UNREACHABLE']);

/** Our own words for a task that the server does not know any more (404 `Failed to find task`), */
export const GONE = 'GONE';
/** and for one whose nodes have forgotten it: see `OrphanWatch`. */
export const ORPHANED = 'ORPHANED';

export function isPending({ state }: Task): boolean {
  return !ENDED.has(state) && state !== GONE && state !== ORPHANED;
}

export function taskOf(source: unknown): Task {
  return {
    state: textAt(source, 'state') ?? 'UNKNOWN',
    modelId: textAt(source, 'model_id'),
    error: textAt(source, 'error'),
    workers: listAt(source, 'worker_node').map(String),
    touched: numberAt(source, 'last_update_time') ?? numberAt(source, 'create_time'),
  };
}
