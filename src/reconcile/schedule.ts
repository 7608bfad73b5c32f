import type { RoundResult } from './events.ts';

const FIRST_RETRY_MS = 5_000;
/** Loops that were started together do not stay together. */
const JITTER = 0.1;

const FAILURES: ReadonlySet<RoundResult> = new Set(['failed', 'refused', 'incomplete']);

/**
 * Is it tried again sooner than after the interval? Not a release that was stopped: measuring it again costs as much as
 * before, and finds the same. Nor a round that was skipped: whoever holds the lock does the work.
 */
export function isFailure(result: RoundResult): boolean {
  return FAILURES.has(result);
}

/**
 * How long to wait after a round, in milliseconds. `failures`: how many rounds in a row have failed; such a one is tried
 * again after 5 s, then 10, 20 and so on, up to the interval. `random`: 0 to 1.
 */
export function delayMs(intervalMs: number, failures: number, random: number): number {
  const base = failures === 0 ? intervalMs : Math.min(intervalMs, FIRST_RETRY_MS * 2 ** (failures - 1));
  return Math.round(base * (1 - JITTER + 2 * JITTER * random));
}
