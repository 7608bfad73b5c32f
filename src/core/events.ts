import type { Address } from './address.ts';
import type { Action, Outcome } from './plan.ts';

/**
 * What the engine tells while it works. It prints nothing: renderers, and users of the library, listen.
 * Times are milliseconds; `deadlineMs` is how long the wait may take in all.
 */
export type Event =
  | { readonly type: 'change.started'; readonly address: Address; readonly action: Action }
  | { readonly type: 'change.finished'; readonly outcome: Outcome }
  | { readonly type: 'step.started'; readonly address: Address; readonly step: string }
  | {
      readonly type: 'step.progress';
      readonly address: Address;
      readonly step: string;
      readonly detail: string;
    }
  | { readonly type: 'step.done'; readonly address: Address; readonly step: string; readonly tookMs: number }
  | {
      readonly type: 'wait.polled';
      readonly address: Address;
      readonly what: string;
      readonly state: string;
      readonly sinceMs: number;
      readonly deadlineMs: number;
    }
  /** Whoever holds the lock of the stack has been silent for long: it is waited out whether it lives. */
  | { readonly type: 'lock.awaited'; readonly holder: string; readonly waitMs: number }
  | {
      readonly type: 'request.retried';
      readonly request: string;
      readonly because: string;
      readonly attempt: number;
      readonly delayMs: number;
      /** How long this request is tried again from now on. */
      readonly leftMs: number;
    };

export type Listener = (event: Event) => void;
