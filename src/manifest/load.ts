import { type Diagnostic, sortDiagnostics } from '../core/diagnostic.ts';
import { digest } from '../core/json.ts';
import type { Resource } from '../core/resource.ts';
import { leavesOf, Sensitive, toShownJson } from '../core/value.ts';
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
  /** Names of the variables whose values went into secrets: those must be written down nowhere. */
  readonly secretVars: string[];
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
    secretVars: secretVarsOf(resources, options.vars),
    get digest() {
      known ??= digest(resources.map(contentOf));
      return known;
    },
  };
}

/** A variable, or what was joined with it, is a secret where a field wants one: its value is looked for. */
function secretVarsOf(resources: readonly Resource[], vars: LoadOptions['vars']): string[] {
  const given = Object.entries(vars);
  if (given.length === 0) return [];
  const secrets = resources
    .flatMap(({ spec }) => leavesOf(spec))
    .flatMap((leaf) => (leaf instanceof Sensitive ? String(leaf.reveal()) : []));
  return given
    .filter(([, value]) =>
      secrets.some((secret) => secret === value || (value.length >= 4 && secret.includes(value))),
    )
    .map(([name]) => name);
}

function contentOf({ address, labels, lifecycle, dependsOn, spec }: Resource): unknown {
  return { address, labels, lifecycle, dependsOn, spec: toShownJson(spec) };
}
