import type { Event } from '../../core/events.ts';
import type { Output } from '../io.ts';
import { outcomeText, seconds } from '../render/outcomes.ts';

/** A wait is reported again after this long, so that a log stays short and nobody thinks it hangs. */
const QUIET_MS = 10_000;

/** Calm progress for logs: one line for each change of state, no cursor movement. */
export function lineProgress(stderr: Output): (event: Event) => void {
  const started = performance.now();
  return calmly((text) => stderr.write(`[${seconds(performance.now() - started).padStart(6)}] ${text}\n`));
}

/** The same for a log that has its own form of a line. */
export function calmly(line: (text: string, event: Event) => void): (event: Event) => void {
  const started = performance.now();
  const lastTold = new Map<string, number>();
  const seldom = (key: string, text: string, event: Event): void => {
    const now = performance.now();
    if (now - (lastTold.get(key) ?? started) < QUIET_MS) return;
    lastTold.set(key, now);
    line(text, event);
  };
  return (event) => {
    switch (event.type) {
      case 'step.started':
        lastTold.set(event.address, performance.now());
        return line(`${event.address}: ${event.step} …`, event);
      case 'change.finished':
        return line(`${event.outcome.address}: ${outcomeText(event.outcome)}`, event);
      case 'step.progress':
        return seldom(event.address, `${event.address}: ${event.step}: ${event.detail}`, event);
      case 'wait.polled':
        return seldom(event.address, `${event.address}: ${waitText(event)}`, event);
      case 'request.retried':
        return line(`again in ${seconds(event.delayMs)}: ${event.request} (${event.because})`, event);
      default:
    }
  };
}

export function waitText(event: Extract<Event, { type: 'wait.polled' }>): string {
  return `waiting for ${event.what}: ${event.state} (${seconds(event.sinceMs)}, up to ${seconds(event.deadlineMs)})`;
}
