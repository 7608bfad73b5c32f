import { textAt } from '../core/json.ts';
import { pause } from '../opensearch/signals.ts';
import { BEGUN, type StepContext } from './kind.ts';

/** How long the last requests of a run that was killed are looked out for. */
const LATE_MS = 2_000;
const LATE_PAUSE_MS = 200;

/**
 * What a run that was killed may have created. Where the state says that a creation was begun and no more, it is
 * given a moment: the request may still be on its way, and the server would create a second object beside it.
 */
export async function lookForLate<T>(
  context: StepContext,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const begun = textAt(context.recorded?.intent, 'step') === BEGUN;
  const until = begun ? context.since + LATE_MS : 0;
  for (;;) {
    const found = await find();
    if (found !== undefined || performance.now() >= until) return found;
    await pause(LATE_PAUSE_MS, context.signal);
  }
}
