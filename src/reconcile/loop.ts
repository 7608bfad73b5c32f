import { pause } from '../opensearch/signals.ts';
import type { Round } from './events.ts';
import { HeldBack } from './held-back.ts';
import { type RoundOptions, runRound } from './round.ts';
import { delayMs, isFailure } from './schedule.ts';

export interface LoopOptions extends RoundOptions {
  /** From the end of a round to the beginning of the next, in milliseconds; a tenth more or less. */
  readonly intervalMs: number;
}

/**
 * Round after round, until the signal is aborted. A round that fails is told and tried again: nothing ends the loop but
 * the signal. Resolves with the last round.
 */
export async function reconcile(options: LoopOptions): Promise<Round> {
  const { intervalMs, onEvent, signal } = options;
  const heldBack = new HeldBack();
  let failures = 0;
  for (let number = 1; ; number++) {
    const round = await runRound(number, options, heldBack);
    if (signal.aborted) {
      onEvent({ type: 'round.finished', round });
      return round;
    }
    failures = isFailure(round.end.result) ? failures + 1 : 0;
    const nextInMs = delayMs(intervalMs, failures, Math.random());
    onEvent({ type: 'round.finished', round, nextInMs });
    // It rejects when the signal is aborted, and with nothing else.
    const waited = await pause(nextInMs, signal).then(
      () => true,
      () => false,
    );
    if (!waited) return round;
  }
}

/** One round, told like those of a loop. */
export async function reconcileOnce(options: RoundOptions): Promise<Round> {
  const round = await runRound(1, options, new HeldBack());
  options.onEvent({ type: 'round.finished', round });
  return round;
}
