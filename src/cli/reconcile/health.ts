import { RerankctlError } from '../../core/errors.ts';
import type { ReconcileEvent, Round } from '../../reconcile/events.ts';

export interface Answer {
  readonly ok: boolean;
  /** One line, for people. */
  readonly text: string;
}

/** Longer than any single request or wait is silent; then something hangs. */
const SLACK_MS = 10 * 60_000;

/** What the probes are told. Times are milliseconds of `now`. */
export class Health {
  readonly #now: () => number;
  readonly #slackMs: number;
  /** When the loop is next expected to give a sign of life. */
  #expected: number;
  #stopping = false;
  #last: Round | undefined;

  /** `requestMs`: how long one request may take. */
  constructor(requestMs: number, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#slackMs = SLACK_MS + requestMs;
    this.#expected = now();
  }

  /** Whatever the engine tells: the round under way is alive. */
  engine(): void {
    this.#expected = this.#now();
  }

  on(event: ReconcileEvent): void {
    this.engine();
    if (event.type !== 'round.finished') return;
    this.#last = event.round;
    this.#expected += event.nextInMs ?? 0;
  }

  stopping(): void {
    this.#stopping = true;
  }

  /** Does the loop turn? */
  live(): Answer {
    const overdueMs = this.#now() - this.#expected;
    if (overdueMs > this.#slackMs) {
      return { ok: false, text: `overdue: no sign of life for ${Math.round(overdueMs / 1000)} s` };
    }
    return { ok: true, text: this.#stopping ? 'stopping' : 'ok' };
  }

  /** Did the last round reach the cluster? */
  ready(): Answer {
    if (this.#stopping) return { ok: false, text: 'stopping' };
    const last = this.#last;
    if (last === undefined) return { ok: false, text: 'no round has ended yet' };
    if (last.reached) return { ok: true, text: `ok: round ${last.number} ${last.end.result}` };
    const error = last.end.result === 'failed' ? last.end.error : undefined;
    const code = error instanceof RerankctlError ? error.code : 'RCTL_BUG';
    return { ok: false, text: `round ${last.number} did not get to the cluster: ${code}` };
  }
}
