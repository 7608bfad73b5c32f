import type { Address } from '../core/address.ts';
import { asDiagnostic, RerankctlError } from '../core/errors.ts';
import type { Change, Outcome } from '../core/plan.ts';
import type { StepContext } from '../kinds/kind.ts';
import { kindOf } from '../kinds/registry.ts';
import type { AttemptOptions, Attempts } from './attempts.ts';
import type { Ledger } from './ledger.ts';
import type { StateRecord } from './state/read.ts';

/** What came of making a successor. Neither of both: it was not begun. */
export interface Successor {
  /** The name under which it can be searched before it has that of what it replaces. */
  readonly name?: string;
  readonly failed?: Outcome;
}

export interface SuccessorsOptions extends AttemptOptions {
  readonly keepCandidate?: boolean;
}

/** What stands beside something that serves until it takes its name over, or is taken away again. */
export class Successors {
  readonly #ledger: Ledger;
  readonly #attempts: Attempts;
  readonly #options: SuccessorsOptions;
  readonly #made = new Map<Address, Promise<Successor>>();

  constructor(ledger: Ledger, attempts: Attempts, options: SuccessorsOptions) {
    this.#ledger = ledger;
    this.#attempts = attempts;
    this.#options = options;
  }

  /**
   * Makes the successor once `before` has gone well, lets `work` do the rest of the change, and takes the successor away
   * when that did not succeed.
   */
  async along(
    change: Change,
    {
      before,
      contextOf,
    }: {
      readonly before: readonly (Promise<Outcome | undefined> | undefined)[];
      readonly contextOf: () => StepContext;
    },
    work: (successor: Promise<Successor>) => Promise<Outcome | undefined>,
  ): Promise<Outcome | undefined> {
    const known = this.#ledger.get(change.address);
    let begun = false;
    const make = async (): Promise<Successor> => {
      const outcomes = await Promise.all(before);
      if (outcomes.some((outcome) => outcome !== undefined && outcome.result !== 'done')) return {};
      let name: string | undefined;
      const failed = await this.#attempts.prepare(change, async () => {
        begun = true;
        name = await prepareOf(change)(contextOf());
      });
      return { ...(name === undefined ? {} : { name }), ...(failed === undefined ? {} : { failed }) };
    };
    const successor = make();
    this.#made.set(change.address, successor);
    const outcome = await work(successor);
    await successor;
    if (!begun || outcome?.result === 'done' || this.#isKept(outcome)) return outcome;
    try {
      await kindOfChange(change).withdraw?.(contextOf());
    } catch (error) {
      if (!(error instanceof RerankctlError)) throw error;
      return this.#attempts.fail(change, asDiagnostic(error, change.address), { details: error.diagnostics });
    }
    this.#remember(change.address, known);
    return outcome;
  }

  /** As it was, but for what earlier runs had left: that has gone with it. */
  #remember(address: Address, known: StateRecord | undefined): void {
    const { intent: _intent, retire: _retire, ...rest } = known ?? {};
    if (known?.id === undefined) this.#ledger.forget(address);
    else this.#ledger.record({ address, dependsOn: known.dependsOn, ...rest });
  }

  #isKept(outcome: Outcome | undefined): boolean {
    const stopped = outcome?.result === 'failed' && outcome.error.code === 'RCTL_RELEASE_STOPPED';
    return stopped && this.#options.keepCandidate === true;
  }

  /** By the name of what they replace; or the first change that should have one and has none. */
  async names(
    changes: readonly Change[],
  ): Promise<{ readonly names: ReadonlyMap<string, string> } | { readonly missing: Address }> {
    const names = new Map<string, string>();
    for (const { address, resource } of changes) {
      const made = this.#made.get(address);
      if (made === undefined) continue;
      const { name } = await made;
      if (name === undefined) return { missing: address };
      names.set(resource.name, name);
    }
    return { names };
  }
}

function kindOfChange(change: Change) {
  const kind = kindOf(change.kind);
  if (!kind.provisions) throw new Error(`${change.address} has nothing to prepare`);
  return kind;
}

function prepareOf(change: Change) {
  const { prepare } = kindOfChange(change);
  if (prepare === undefined) throw new Error(`${change.address} has nothing to prepare`);
  return prepare;
}
