import type { Diagnostic } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import type { Lifecycle } from '../core/resource.ts';
import type { Capabilities } from '../opensearch/capabilities.ts';
import type { Cluster } from '../opensearch/cluster.ts';

/**
 * What may be the ID, or the name, of another live object: it becomes a reference when that object is exported too,
 * and stays text otherwise.
 */
export class LiveId {
  readonly kind: string;
  readonly id: string;
  /** Only text that happens to look like an ID: not worth a word when nothing bears it. */
  readonly doubtful: boolean;
  constructor(kind: string, id: string, doubtful = false) {
    this.kind = kind;
    this.id = id;
    this.doubtful = doubtful;
  }
}

/** A secret, which no server gives out: whoever plans the manifest sets this environment variable. */
export class LiveSecret {
  readonly variable: string;
  constructor(variable: string) {
    this.variable = variable;
  }
}

export type LiveValue =
  | null
  | boolean
  | number
  | string
  | readonly LiveValue[]
  | { readonly [key: string]: LiveValue }
  | LiveId
  | LiveSecret;

/** One object of the cluster, as a manifest would declare it. */
export interface LiveObject {
  /** The server's ID; for kinds that are named by their manifest, the name. */
  readonly id: string;
  /** What people call it: `metadata.name` is made from it, or is it. */
  readonly name: string;
  readonly spec: { readonly [key: string]: LiveValue };
  /** What of its lifecycle shows in the object itself. */
  readonly lifecycle?: Lifecycle;
  /** What stands above the manifest for whoever reads it. */
  readonly comments: readonly string[];
  /** Those beside the manifest that it names. */
  readonly files?: readonly string[];
  /** What of the object could not be told; of an object that is left out later, nothing is said. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface Exported {
  readonly objects: readonly LiveObject[];
  /** What was left out, and why. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Where content goes that is too large for a manifest. Paths are relative to the manifests, with `/`. */
export interface ExportFiles {
  /** A path in `folder` that is not taken yet, made from a name. */
  reserve(folder: string, name: string, extension: string): string;
  /** Takes the content as it comes. Throws what `content` throws, and then keeps nothing. */
  write(
    path: string,
    content: AsyncIterable<Buffer>,
  ): Promise<{ readonly bytes: number; readonly sha256: string }>;
  remove(path: string): Promise<void>;
  /** Where the file lies by now, to be looked into. */
  locate(path: string): string;
}

export interface ExportContext {
  readonly cluster: Cluster;
  readonly capabilities: Capabilities;
  readonly signal: AbortSignal;
  /** Is an object of this name asked for? */
  wants(name: string): boolean;
  /** Is this kind part of the export? */
  includes(kind: string): boolean;
  /** The patterns of those names; empty: all. */
  readonly patterns: readonly string[];
  readonly withData: boolean;
  /** `undefined` where no file can be written. */
  readonly files: ExportFiles | undefined;
  progress(what: string, detail: string): void;
}

/** A copy of plain JSON in which strings may become IDs. `key` is that of the innermost object. */
export function withIds(
  value: Json,
  idOf: (text: string, key: string) => LiveId | undefined,
  key = '',
): LiveValue {
  if (typeof value === 'string') return idOf(value, key) ?? value;
  if (Array.isArray(value)) return value.map((item) => withIds(item, idOf, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withIds(item, idOf, name)]));
}
