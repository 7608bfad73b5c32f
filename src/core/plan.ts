import type { Address } from './address.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Json, JsonObject } from './json.ts';
import type { Resource } from './resource.ts';

/**
 * `adopt`, `move` and `forget` change what the state knows and nothing on the server: an object that is there is
 * taken over, one gets another address, one is left to itself.
 */
export type Action = 'create' | 'update' | 'replace' | 'delete' | 'adopt' | 'move' | 'forget' | 'none';

/** Who made a field differ since the last apply. */
export type ChangedBy = 'cluster' | 'git' | 'both';

/** One field that differs. Values are for people: secrets are masked, unknown IDs are said to be unknown. */
export interface FieldChange {
  /** JSON pointer below `spec`. */
  readonly pointer: string;
  readonly before?: Json;
  readonly after?: Json;
  /** Absent where nothing was applied before, or the value has no counterpart in what was applied. */
  readonly by?: ChangedBy;
}

export interface Change {
  readonly address: Address;
  readonly kind: string;
  readonly action: Action;
  /** The server's ID, where it is known before apply. */
  readonly id?: string;
  /** What apply will do, in order, in the server's words: `register`, `deploy`, `4 documents`. */
  readonly steps: readonly string[];
  /** Why: the field that forces it, the rule of the server. */
  readonly reason?: string;
  readonly fields: readonly FieldChange[];
  /** What it destroys or interrupts, where it does. */
  readonly destructive?: string;
  readonly notes: readonly string[];
  /** The address under which the state knew the resource until now. */
  readonly movedFrom?: Address;
  /** A kept object of an earlier release takes the place; `ready`: it can be searched through as it stands. */
  readonly restores?: { readonly id: string; readonly ready: boolean };
  /** The object itself is as it should be: what the state knows of it changes, or what a replacement left is removed. */
  readonly keepsObject?: true;
  /** A replacement that takes over the ID of what it replaces: whatever refers to that goes on referring. */
  readonly keepsId?: true;
  /** Not by a manifest but in the cluster itself: what the kind found out of order there (see `drift`). */
  readonly drifted?: true;
  /** What the kind wants remembered of an object that is adopted as it is. */
  readonly facts?: JsonObject;
  /** Of content that no field shows: the hash of a file that will be sent. */
  readonly fingerprint?: string;
  readonly resource: Resource;
}

export interface ClusterIdentity {
  readonly uuid: string;
  readonly name: string;
  readonly version: string;
  readonly url: string;
}

/** All that would change. `changes` are in dependency order and include those whose action is `none`. */
export interface Plan {
  readonly formatVersion: '1.0';
  readonly stack: string;
  readonly cluster: ClusterIdentity;
  readonly changes: readonly Change[];
  /** What is measured before a change that searches would see. */
  readonly verifications: readonly Resource[];
  readonly diagnostics: readonly Diagnostic[];
}

export function pendingChanges(plan: Plan): Change[] {
  return plan.changes.filter((change) => change.action !== 'none');
}

export type Outcome = { readonly address: Address; readonly action: Action; readonly tookMs: number } & (
  | { readonly result: 'done'; readonly id: string }
  | { readonly result: 'failed'; readonly error: Diagnostic; readonly details: readonly Diagnostic[] }
  | { readonly result: 'skipped'; readonly because: string }
  | { readonly result: 'interrupted' }
);
