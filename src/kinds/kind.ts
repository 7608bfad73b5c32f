import type { Address } from '../core/address.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Change, FieldChange } from '../core/plan.ts';
import type { Resource } from '../core/resource.ts';
import type { ValueObject } from '../core/value.ts';
import type { Capabilities } from '../opensearch/capabilities.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import type { Rule } from '../opensearch/refusals/rule.ts';
import type { Examine } from './examine.ts';
import type { ExportContext, Exported } from './exporting.ts';
import type { LintGround, LintRule, LiveGround } from './lint.ts';

/** What the state remembers of one resource. Everything in it can be found again without it. */
export interface Recorded {
  readonly address: Address;
  /** The server's ID; absent while the first creation is still under way. */
  readonly id?: string;
  /** The spec last applied, references resolved, each secret replaced by its salted hash. */
  readonly applied?: JsonObject;
  /** What the kind wants to remember beside it: digests, the UUID of an index. */
  readonly facts?: JsonObject;
  /**
   * A step that was begun for the spec as it still is and that was not finished, e.g.
   * `{step: "register", taskId: "…"}`.
   */
  readonly intent?: JsonObject;
  /** What stood here in earlier releases and is kept, the latest first. */
  readonly former?: readonly Pick<Recorded, 'id' | 'applied' | 'facts'>[];
}

/** `intent.step` of a creation that may have been sent, and of which nothing else is known. */
export const BEGUN = 'begun';

/** A resource, and what the state knows of it. */
export interface Wanted {
  readonly resource: Resource;
  readonly recorded: Recorded | undefined;
}

export interface Asked {
  readonly wanted: readonly Wanted[];
  readonly leaving: readonly Leaving[];
}

export interface Question extends Wanted {
  /** `resource.spec` with the IDs of existing resources in the place of references, `Unknown` elsewhere. */
  readonly spec: ValueObject;
  /** Differences between `spec` and what was last applied; secrets are compared by their salted hash. */
  changedSince(recorded: Recorded): readonly FieldChange[];
}

/** What must happen to one resource. `id` is the server's ID; a name that is known before creation counts. */
export type Verdict =
  | {
      readonly action: 'none' | 'adopt';
      readonly id: string;
      readonly notes?: readonly string[];
      readonly facts?: JsonObject;
    }
  | {
      readonly action: 'create';
      readonly id?: string;
      readonly steps: readonly string[];
      readonly fingerprint?: string;
      readonly reason?: string;
      readonly notes?: readonly string[];
    }
  | {
      readonly action: 'update' | 'replace';
      readonly id: string;
      readonly steps: readonly string[];
      readonly reason?: string;
      readonly fields: readonly FieldChange[];
      readonly destructive?: string;
      readonly notes?: readonly string[];
      readonly fingerprint?: string;
      /** A kept object of an earlier release takes the place, and nothing is made anew. */
      readonly restores?: Change['restores'];
      /** The cluster is not as the last apply left it, although no field of the manifest tells. */
      readonly drifted?: true;
      /** Of a replacement: it takes over the ID. See `prepare`. */
      readonly keepsId?: true;
    }
  | { readonly action: 'refuse'; readonly diagnostics: readonly Diagnostic[] };

/** A resource that the state knows and no manifest names any more. */
export interface Leaving {
  readonly recorded: Recorded;
  /** What other resources of the stack have put into it. */
  readonly contents: Contents;
}

/** What the stack itself has put into an object: documents of an index. Without IDs only their number is known. */
export interface Contents {
  readonly documents: number;
  readonly ids: readonly string[] | undefined;
}

/** What removing an object takes. */
export type Removal =
  | { readonly gone: true }
  | {
      readonly gone: false;
      readonly id: string;
      readonly steps: readonly string[];
      readonly destructive?: string;
      /** Documents in it that the stack did not put there. */
      readonly foreignDocuments?: number;
      readonly notes?: readonly string[];
    };

/** The live side of one kind, read at once. `judge` and `judgeRemoval` are pure. */
export interface KindSnapshot {
  judge(question: Question): Verdict;
  judgeRemoval(recorded: Recorded): Removal;
}

/** What a step of `apply` gets to work with. */
export interface StepContext {
  readonly cluster: Cluster;
  readonly capabilities: Capabilities;
  readonly signal: AbortSignal;
  readonly resource: Resource;
  /** The spec to send, everything known, secrets revealed. Never log it. */
  readonly spec: JsonObject;
  readonly recorded: Recorded | undefined;
  /** `create` after an interruption also gets what was begun: see `recorded.intent`. */
  readonly change:
    | { readonly action: 'create' }
    | { readonly action: 'update'; readonly id: string; readonly fields: readonly FieldChange[] }
    | {
        readonly action: 'replace';
        readonly id: string;
        readonly fields: readonly FieldChange[];
        /** The kept object that takes its place; absent where one is to be made. */
        readonly restores?: string;
      };
  /** When this run got the lock (`performance.now()`): whatever an earlier one had sent was sent before that. */
  readonly since: number;
  /** Longest wait for one ML task or state, in milliseconds. */
  readonly waitMs: number;
  /** Writes down what is about to be waited for, so that a run that is killed can be finished by the next one. */
  journal(intent: JsonObject): Promise<void>;
  /** Runs `work` while no other change of this apply that gives the same key does. */
  exclusive<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Announces a step and times it. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  progress(step: string, detail: string): void;
  /** Tells a wait: what for, the state that was seen, for how long, and how long it may take in all. */
  polled(what: string, state: string, sinceMs: number, deadlineMs: number): void;
}

/** What a removal gets to work with. */
export type RemovalContext = Pick<
  StepContext,
  'cluster' | 'signal' | 'step' | 'progress' | 'polled' | 'waitMs'
> & { readonly recorded: Recorded };

export interface Applied {
  readonly id: string;
  readonly facts?: JsonObject;
}

/** What a kind may honour of `metadata.lifecycle` beyond what all do. */
export type LifecycleOption = 'strategy' | 'retire_after' | 'keep' | 'rollout';

interface KindBase {
  /** As written in `kind:`, e.g. `ModelGroup`. */
  readonly name: string;
  /** One line for the README's table and for `explain`. */
  readonly summary: string;
  /** What the server says to what this kind sends, beyond what it says to everybody. */
  readonly refusals?: readonly Rule[];
  /** What `doctor` asks of a cluster for the sake of this kind, with its manifests or without any. */
  readonly examine?: Examine;
  /** Checks that need the file system or other resources but no cluster. Paths are relative to `resource.folder`. */
  check?(resource: Resource, all: ReadonlyMap<Address, Resource>): Promise<readonly Diagnostic[]>;
  /** Traps that the server accepts without a word: the rules that know of this kind. */
  readonly lint?: readonly LintRule[];
  /** Reads what these rules want to know of the cluster. Sends no write. */
  readLive?(cluster: Cluster, ground: LintGround): Promise<Partial<LiveGround>>;
}

/** A kind that has an object on the server. */
export interface ProvisionedKind extends KindBase {
  readonly provisions: true;
  /** The server's ID is the name in the manifest: references to it are known without asking the cluster. */
  readonly namedByManifest: boolean;
  /**
   * The server makes a second object without complaint when it is asked twice: that a creation was begun is
   * written down before it is sent, with the step `BEGUN`.
   */
  readonly announced?: true;
  /**
   * Searches go through it: its resolved spec can be tried as a temporary pipeline in the body of a search, and is, by
   * the verifications that name it, before an update is made.
   */
  readonly servesSearches?: true;
  /** Nobody sees a new one until something refers to it: it may be made for a preview, and removed again. */
  readonly standsBy?: true;
  readonly lifecycle?: readonly LifecycleOption[];
  /**
   * Settings of the cluster that will be set once the resource is applied, as text; `undefined`: the server's default.
   * Other kinds are judged as if they were set already.
   */
  settings?(resource: Resource): ReadonlyMap<string, Json | undefined>;
  /** Keys of the spec that are too large for the state; the kind remembers a digest of them in its facts. */
  readonly bulky?: readonly string[];
  /** Reads all resources asked for in a number of requests that does not grow with their number. Sends no write. */
  snapshot(cluster: Cluster, asked: Asked, capabilities: Capabilities): Promise<KindSnapshot>;
  /** Creates, updates or replaces one resource. Idempotent: may be run again after it was killed anywhere. */
  apply(context: StepContext): Promise<Applied>;
  /**
   * The first half of a replacement that keeps its ID: makes the successor beside what serves, writes down that it did,
   * and resolves with the name under which the successor can be searched meanwhile. `apply` is the second half.
   */
  prepare?(context: StepContext): Promise<string>;
  /**
   * Takes the successor away again, whatever became of it, and what earlier runs have left: what serves is then as it was
   * before `prepare`.
   */
  withdraw?(context: StepContext): Promise<void>;
  /**
   * Removes the object with `id`, waits until it is gone, and is content when it already is. Nothing that the stack
   * knows refers to it any more.
   */
  remove(context: RemovalContext, id: string): Promise<void>;
  /** Takes an object that was replaced out of service and keeps it, so that a rollback can return to it. */
  rest?(context: RemovalContext, id: string): Promise<void>;
  /** Puts an object that was taken out of service into it again. */
  wake?(context: RemovalContext, id: string): Promise<void>;
  /** ID of the object that the run which wrote down this intent was making; the object may be there or not. */
  making?(intent: JsonObject): string | undefined;
  /** What a recorded resource has put into the object of another kind, which bears this name. */
  contents?(recorded: Recorded): (Contents & { readonly inside: string }) | undefined;
  /** Finds the objects that the cluster has, whoever made them, as manifests would declare them. Sends no write. */
  exporting?(context: ExportContext): Promise<Exported>;
}

/** A kind that only asks: it changes nothing on the server and has no state. */
export interface CheckKind extends KindBase {
  readonly provisions: false;
}

export type Kind = ProvisionedKind | CheckKind;
