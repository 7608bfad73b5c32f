import type { Address } from '../core/address.ts';
import type { Listener } from '../core/events.ts';
import type { StepContext } from '../kinds/kind.ts';

/** How the steps of one change tell of themselves. */
export function reporting(
  address: Address,
  listener: Listener,
): Pick<StepContext, 'step' | 'progress' | 'polled'> {
  return {
    step: async (step, work) => {
      listener({ type: 'step.started', address, step });
      const started = performance.now();
      const result = await work();
      listener({ type: 'step.done', address, step, tookMs: Math.round(performance.now() - started) });
      return result;
    },
    progress: (step, detail) => listener({ type: 'step.progress', address, step, detail }),
    polled: (what, state, sinceMs, deadlineMs) =>
      listener({ type: 'wait.polled', address, what, state, sinceMs, deadlineMs }),
  };
}
