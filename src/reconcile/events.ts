import type { Diagnostic } from '../core/diagnostic.ts';
import type { Plan } from '../core/plan.ts';
import type { ApplyReport } from '../engine/run.ts';

/** How one round ended. */
export type RoundEnd =
  /** The cluster is as the manifests say. */
  | { readonly result: 'in_sync' }
  /** Something differs, and this loop only watches. */
  | { readonly result: 'pending' }
  | { readonly result: 'applied'; readonly report: ApplyReport }
  /** Verifications did not let a release through. Without a report: it is what they stopped before, held back. */
  | { readonly result: 'stopped'; readonly report?: ApplyReport }
  /** Single changes failed or were skipped. */
  | { readonly result: 'incomplete'; readonly report: ApplyReport }
  /** The plan holds refusals: nothing was changed. */
  | { readonly result: 'refused'; readonly error: Error }
  /** Another run changes the stack, or has just done so: there is nothing to do here, and nothing is wrong. */
  | { readonly result: 'skipped'; readonly error: Error }
  /** No plan could be made or begun: broken manifests, no cluster, or a bug. */
  | { readonly result: 'failed'; readonly error: unknown }
  /** The loop was told to stop. `clean`: nothing was broken off, and the lock was given back. */
  | { readonly result: 'interrupted'; readonly clean: boolean; readonly report?: ApplyReport };

export type RoundResult = RoundEnd['result'];

export interface Round {
  /** Counts from 1. */
  readonly number: number;
  readonly tookMs: number;
  /** Did the cluster answer as one that can be worked with? */
  readonly reached: boolean;
  /** What manifests and cluster were like before anything was changed; absent where that could not be told. */
  readonly plan?: Plan;
  /** Of the manifests alone: warnings. */
  readonly notes: readonly Diagnostic[];
  readonly end: RoundEnd;
}

export type ReconcileEvent =
  | { readonly type: 'round.started'; readonly number: number }
  /** What was found, before anything is done about it. */
  | { readonly type: 'round.planned'; readonly number: number; readonly plan: Plan }
  | {
      readonly type: 'round.finished';
      readonly round: Round;
      /** Milliseconds until the next one; absent after the last. */
      readonly nextInMs?: number;
    };
