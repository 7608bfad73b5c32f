import { type Diagnostic, sortDiagnostics } from '../core/diagnostic.ts';
import { digest } from '../core/json.ts';
import type { Resource } from '../core/resource.ts';
import { toShownJson } from '../core/value.ts';
import { readSources } from './files.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { byAddress } from './order.ts';
import { parseSource } from './parse.ts';
import { checkReferences } from './references.ts';

export { topologicalOrder } from './order.ts';

export interface LoadOptions {
  /** Inputs are relative to it, and so are the paths in manifests that come from stdin. */
  readonly cwd: string;
  /** Read when an input is `-`. */
  readonly stdin?: () => Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For `{$var: name}`. */
  readonly vars: Readonly<Record<string, string>>;
}

export interface Loaded {
  /** The sound ones, by address. With errors among the diagnostics, others may be missing. */
  readonly resources: Resource[];
  readonly diagnostics: Diagnostic[];
  /** Every file that was read. */
  readonly files: string[];
  /** Changes whenever a resource does; knows nothing of secrets, files beside manifests, comments and order. */
  readonly digest: string;
}

/** Reads manifests from files, folders, globs and stdin (`-`). Collects every error; throws none of the user's. */
export async function loadManifests(inputs: readonly string[], options: LoadOptions): Promise<Loaded> {
  const { sources, diagnostics: missing } = await readSources(inputs, options);
  const diagnostics: Diagnostic[] = [...missing];
  const manifests: Manifest[] = [];
  for (const source of sources) {
    const parsed = parseSource(source);
    diagnostics.push(...parsed.diagnostics);
    for (const document of parsed.documents) manifests.push(readManifest(document, options, diagnostics));
  }
  // An input that could not be read may hold any address.
  if (missing.length === 0) diagnostics.push(...checkReferences(manifests));
  const resources = byAddress(manifests.flatMap(({ resource }) => resource ?? []));
  let known: string | undefined;
  return {
    resources,
    diagnostics: sortDiagnostics(diagnostics),
    files: sources.map((source) => source.file),
    get digest() {
      known ??= digest(resources.map(contentOf));
      return known;
    },
  };
}

function contentOf({ address, labels, lifecycle, dependsOn, spec }: Resource): unknown {
  return { address, labels, lifecycle, dependsOn, spec: toShownJson(spec) };
}
