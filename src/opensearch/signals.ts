import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { RerankctlError } from '../core/errors.ts';

export function interrupted(): RerankctlError {
  return new RerankctlError('interrupted', 'RCTL_INTERRUPTED', 'Interrupted.');
}

/**
 * One signal stops a whole run, so dozens of requests listen to it at once. That is no leak, but Node 20 warns on
 * stderr from the eleventh on.
 */
export function sharedSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal !== undefined) setMaxListeners(0, signal);
  return signal;
}

export function eitherSignal(
  a: AbortSignal | undefined,
  b: AbortSignal | undefined,
): AbortSignal | undefined {
  if (a === undefined || a === b) return sharedSignal(b);
  return sharedSignal(b === undefined ? a : AbortSignal.any([a, b]));
}

/** Waits, and leaves no timer behind when it is interrupted. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const stop = sharedSignal(signal);
  await sleep(ms, undefined, stop === undefined ? {} : { signal: stop }).catch(() => {
    throw interrupted();
  });
}

/** The result of work that itself may not listen to the signal: it is then no longer waited for. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const stop = sharedSignal(signal);
  if (stop === undefined) return work;
  let onAbort = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    onAbort = () => reject(interrupted());
    stop.addEventListener('abort', onAbort, { once: true });
  });
  return Promise.race([work, stopped]).finally(() => stop.removeEventListener('abort', onAbort));
}
