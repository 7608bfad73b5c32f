import { RerankctlError } from '../core/errors.ts';
import { abortable, interrupted, pause } from './signals.ts';

export interface Waiting<T> {
  /** What is waited for, to stand after "waiting for": `the model to be deployed`. */
  readonly what: string;
  readonly read: () => Promise<T>;
  readonly done: (found: T) => boolean;
  /** The state in a word or two, for progress and for the error at the deadline. */
  readonly describe: (found: T) => string;
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs: number;
  readonly onPoll?: ((state: string, sinceMs: number, deadlineMs: number) => void) | undefined;
}

const TIGHTEST_MS = 20;
const SLOWEST_MS = 1_000;
/** The pause is this part of the time waited so far: nobody waits more than 2 % longer than the task took. */
const PATIENCE = 0.02;

/**
 * Reads until it is done. Tight at first, because most ML tasks end within a second or two and the wait is the
 * user's; slower and slower then, because a download takes minutes and the cluster has other things to do.
 */
export async function poll<T>(waiting: Waiting<T>): Promise<T> {
  const { signal, deadlineMs } = waiting;
  const since = performance.now();
  for (;;) {
    if (signal?.aborted) throw interrupted();
    const found = await abortable(waiting.read(), signal);
    if (waiting.done(found)) return found;
    const sinceMs = Math.round(performance.now() - since);
    const state = waiting.describe(found);
    waiting.onPoll?.(state, sinceMs, deadlineMs);
    if (sinceMs >= deadlineMs) throw timedOut(waiting.what, state, sinceMs);
    const wait = Math.min(SLOWEST_MS, Math.max(TIGHTEST_MS, sinceMs * PATIENCE));
    // The last read is at the deadline itself, not before it.
    await pause(Math.min(wait, deadlineMs - sinceMs), signal);
  }
}

function timedOut(what: string, state: string, sinceMs: number): RerankctlError {
  const seconds = sinceMs < 10_000 ? (sinceMs / 1000).toFixed(1) : String(Math.round(sinceMs / 1000));
  return new RerankctlError(
    'incomplete',
    'RCTL_WAIT_TIMEOUT',
    `Waited ${seconds} s for ${what}, which did not come; last seen: ${state}.`,
    {
      remedy:
        'The cluster may still be at it. Apply again: the next run resumes this wait and starts nothing twice. Where it simply takes long, allow a longer wait.',
    },
  );
}
