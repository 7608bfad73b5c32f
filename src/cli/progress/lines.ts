import type { Event } from '../../core/events.ts';
import type { Output } from '../io.ts';
import { outcomeText, seconds } from '../render/outcomes.ts';

/** A wait is reported again after this long, so that a log stays short and nobody thinks it hangs. */
const QUIET_MS = 10_000;

/** Calm progress for logs: one line for each change of state, no cursor movement. */
export function lineProgress(stderr: Output): (event: Event) => void {
  const started = performance.now();
  const lastTold = new Map<string, number>();
  const line = (text: string): void =>
    stderr.write(`[${seconds(performance.now() - started).padStart(6)}] ${text}\n`);
  const calmly = (key: string, text: string): void => {
    const now = performance.now();
    if (now - (lastTold.get(key) ?? started) < QUIET_MS) return;
    lastTold.set(key, now);
    line(text);
  };
  return (event) => {
    switch (event.type) {
      case 'step.started':
        lastTold.set(event.address, performance.now());
        return line(`${event.address}: ${event.step} …`);
      case 'change.finished':
        return line(`${event.outcome.address}: ${outcomeText(event.outcome)}`);
      case 'step.progress':
        return calmly(event.address, `${event.address}: ${event.step}: ${event.detail}`);
      case 'wait.polled':
        return calmly(event.address, `${event.address}: ${waitText(event)}`);
      case 'request.retried':
        return line(`again in ${seconds(event.delayMs)}: ${event.request} (${event.because})`);
      default:
    }
  };
}

export function waitText(event: Extract<Event, { type: 'wait.polled' }>): string {
  return `waiting for ${event.what}: ${event.state} (${seconds(event.sinceMs)}, up to ${seconds(event.deadlineMs)})`;
}
