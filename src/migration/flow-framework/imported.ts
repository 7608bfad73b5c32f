import type { Address } from '../../core/address.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { JsonObject } from '../../core/json.ts';

/** A manifest that is still to be written down: `spec` is plain JSON with directives in it. */
export interface ImportedManifest {
  readonly address: Address;
  readonly kind: string;
  readonly name: string;
  readonly spec: JsonObject;
  /** Addresses that it names, in its spec or in `waitsFor`. */
  readonly dependsOn: readonly Address[];
  /** What the template orders before it and its spec does not name. */
  readonly waitsFor: readonly Address[];
  readonly comments: readonly string[];
  /** In no template: the server would make it. Not wanted where nothing names it. */
  readonly implied: boolean;
}

export interface Imported {
  /** Dependencies first. */
  readonly manifests: readonly ImportedManifest[];
  readonly diagnostics: readonly Diagnostic[];
  /** Environment variables that manifests take secrets from. */
  readonly secrets: readonly string[];
  /** Variables of the template that `--var` has to give from now on. */
  readonly variables: readonly string[];
}
