import type { Address } from './address.ts';
import type { Diagnostic, SourceLocation } from './diagnostic.ts';
import type { ValueObject } from './value.ts';

export interface Lifecycle {
  readonly prevent_destroy?: boolean;
  readonly on_remove?: 'delete' | 'keep';
  readonly strategy?: 'blue_green' | 'recreate';
  /** A number and a unit: `24h`. */
  readonly retire_after?: string;
  readonly keep?: number;
  readonly ignore_changes?: readonly string[];
  /** Of a kind that can make a successor beside what serves: it may, where nothing can be changed in place. */
  readonly rollout?: 'reindex';
}

/** A field that servers know from a version on. Older ones take it and lose it without a word. */
export interface FieldSince {
  /** JSON pointer into the document. */
  readonly pointer: string;
  /** e.g. `3.1` */
  readonly since: string;
}

/** One manifest document, read and validated. Its references are still references. */
export interface Resource {
  readonly address: Address;
  readonly kind: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly lifecycle: Lifecycle;
  readonly spec: ValueObject;
  /** Addresses that it had before, so that the state finds it again. */
  readonly movedFrom: readonly Address[];
  /** Explicit (`metadata.depends_on`) and by reference, sorted, each once. */
  readonly dependsOn: readonly Address[];
  /** Of a rollback: what stood here in an earlier release, and is to stand here again. */
  readonly former?: { readonly id?: string; readonly until?: string };
  /** What of its spec is not for every server. */
  readonly since: readonly FieldSince[];
  /** Absolute folder of the manifest: the base of relative paths in the spec. */
  readonly folder: string;
  /** Where a JSON pointer of this document (`/spec/name`) stands, with the text of that line. */
  /** A resource that only the state knows has no such place. */
  locate(pointer: string): { location?: SourceLocation; snippet?: string };
}

/** A diagnostic about a place in a resource's manifest. */
export function diagnosticAt(
  resource: Resource,
  pointer: string,
  diagnostic: Omit<Diagnostic, 'address' | 'pointer' | 'location' | 'snippet'>,
): Diagnostic {
  return { ...diagnostic, address: resource.address, pointer, ...resource.locate(pointer) };
}

/** ` (file:line)` of a place in a manifest, for a message about another one; empty where there is none. */
export function placeIn(resource: Resource, pointer: string): string {
  const { location } = resource.locate(pointer);
  return location === undefined ? '' : ` (${location.file}:${location.line})`;
}
