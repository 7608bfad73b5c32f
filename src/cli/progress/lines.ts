import type { Event } from '../../core/events.ts';
import type { Output } from '../io.ts';
import { outcomeText, seconds } from '../render/outcomes.ts';

/** A wait is reported again after this long, so that a log stays short and nobody thinks it hangs. */
const QUIET_MS = 10_000;

/** Listens to the engine until it is ended, also when the work failed. */
export interface Progress {
  readonly listener: (event: Event) => void;
  end(): Promise<void>;
}

/** Calm progress for logs: one line for each change of state, no cursor movement. */
export function lineProgress(stderr: Pick<Output, 'write'>): (event: Event) => void {
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
      case 'lock.awaited':
        return line(lockText(event), event);
      case 'request.retried':
        return line(retryText(event), event);
      default:
    }
  };
}

/** What is waited for, since when, and until when at most. */
export function waitText(
  { what, state, sinceMs, deadlineMs }: Extract<Event, { type: 'wait.polled' }>,
  now = Date.now(),
): string {
  const began = now - sinceMs;
  return `waiting for ${what}: ${state}, since ${clock(began)} (${seconds(sinceMs)}), until ${clock(began + deadlineMs)} at most`;
}

export function retryText({
  request,
  because,
  delayMs,
  leftMs,
}: Extract<Event, { type: 'request.retried' }>): string {
  return `again in ${seconds(delayMs)}, for ${seconds(leftMs)} at most: ${request} (${because})`;
}

function lockText({ holder, waitMs }: Extract<Event, { type: 'lock.awaited' }>): string {
  return `waiting for the lock, until ${clock(Date.now() + waitMs)} at most (${seconds(waitMs)}): held by ${holder}`;
}

/** Of the machine's time zone, as the clock on its wall: `14:03:07`. */
function clock(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
