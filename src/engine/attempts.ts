import type { Diagnostic } from '../core/diagnostic.ts';
import { asDiagnostic, RerankctlError } from '../core/errors.ts';
import type { Listener } from '../core/events.ts';
import type { Change, Outcome } from '../core/plan.ts';
import { Gate } from './concurrency.ts';

export interface AttemptOptions {
  readonly listener: Listener;
  readonly signal: AbortSignal;
  /** How many changes are worked on at once. */
  readonly parallelism: number;
}

/** Makes an outcome of whatever comes of working on a change, and tells it. Bugs are rethrown. */
export class Attempts {
  readonly #options: AttemptOptions;
  readonly #gate: Gate;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#gate = new Gate(options.parallelism);
  }

  /** Works on a change when there is room for it. `work` resolves with the server's ID. */
  run(change: Change, work: () => Promise<string>): Promise<Outcome> {
    const { address, action } = change;
    return this.#gate.run(async () => {
      if (this.#options.signal.aborted) {
        return this.#finish({ address, action, tookMs: 0, result: 'interrupted' });
      }
      this.#options.listener({ type: 'change.started', address, action });
      return this.#try(change, async (tookMs) => {
        const id = await work();
        return this.#finish({ address, action, tookMs: tookMs(), result: 'done', id });
      });
    });
  }

  async #try<T>(change: Change, work: (tookMs: () => number) => Promise<T>): Promise<T | Outcome> {
    const { address, action } = change;
    const started = performance.now();
    const tookMs = (): number => Math.round(performance.now() - started);
    try {
      return await work(tookMs);
    } catch (error) {
      if (this.#options.signal.aborted) {
        return this.#finish({ address, action, tookMs: tookMs(), result: 'interrupted' });
      }
      if (!(error instanceof RerankctlError)) throw error;
      const told = { ...asDiagnostic(error, address), ...change.resource.locate('/spec') };
      return this.fail(change, told, { details: error.diagnostics, tookMs: tookMs() });
    }
  }

  /** The part of a change that comes before it is let through. The outcome only when it went wrong. */
  prepare(change: Change, work: () => Promise<void>): Promise<Outcome | undefined> {
    return this.#gate.run(async () => {
      if (this.#options.signal.aborted) return undefined;
      this.#options.listener({ type: 'change.started', address: change.address, action: change.action });
      return this.#try(change, async () => {
        await work();
        return undefined;
      });
    });
  }

  skip({ address, action }: Change, because: string): Outcome {
    return this.#finish({ address, action, tookMs: 0, result: 'skipped', because });
  }

  fail(
    { address, action }: Pick<Change, 'address' | 'action'>,
    error: Diagnostic,
    { details = [], tookMs = 0 }: { readonly details?: readonly Diagnostic[]; readonly tookMs?: number } = {},
  ): Outcome {
    return this.#finish({ address, action, tookMs, result: 'failed', error, details });
  }

  #finish(outcome: Outcome): Outcome {
    this.#options.listener({ type: 'change.finished', outcome });
    return outcome;
  }
}
