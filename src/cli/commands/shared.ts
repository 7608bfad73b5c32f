import { type Diagnostic, hasErrors } from '../../core/diagnostic.ts';
import type { Listener } from '../../core/events.ts';
import type { Resource } from '../../core/resource.ts';
import { checkResources } from '../../engine/provision.ts';
import { loadManifests } from '../../manifest/load.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { connect } from '../../opensearch/connect.ts';
import type { Invocation } from '../command.ts';
import type { ConnectionSettings } from '../connection/settings.ts';
import { usage } from '../flags.ts';
import { painter } from '../io.ts';
import { renderConnection } from '../render/connection.ts';
import { type RenderStyle, renderDiagnostics } from '../render/diagnostics.ts';
import { manifestFailure } from '../render/failure.ts';

export function stderrStyle({ io, color }: Invocation): RenderStyle {
  return { paint: painter(color.stderr), cwd: io.cwd };
}

/** Which manifests, and with which values for `{$var: …}`. */
export interface ManifestInputs {
  readonly files: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
}

export function manifestInputs({ flags, positionals }: Invocation): ManifestInputs {
  return { files: [...flags.list('file'), ...positionals], vars: flags.pairs('var') };
}

/** Reads, validates and checks manifests. Throws all errors at once; warnings go to stderr. */
export async function loadResources(
  invocation: Invocation,
  { files, vars }: ManifestInputs = manifestInputs(invocation),
): Promise<{
  readonly resources: Resource[];
  readonly diagnostics: Diagnostic[];
  readonly files: readonly string[];
  /** See `Loaded.digest`. */
  readonly digest: string;
}> {
  const { io } = invocation;
  if (files.length === 0) {
    throw usage('No manifests given.', 'Name them with -f: a file, a folder, a glob, or - for stdin.');
  }
  const loaded = await loadManifests(files, {
    cwd: io.cwd,
    env: io.env,
    vars,
    stdin: () => io.readStdin(),
  });
  const diagnostics = [...loaded.diagnostics, ...(await checkResources(loaded.resources))];
  if (hasErrors(diagnostics)) throw manifestFailure(diagnostics);
  if (diagnostics.length > 0) io.stderr.write(`${renderDiagnostics(diagnostics, stderrStyle(invocation))}\n`);
  return { resources: loaded.resources, diagnostics, files: loaded.files, digest: loaded.digest };
}

const settings = new WeakMap<Invocation, Promise<ConnectionSettings>>();

/** How this run reaches its cluster: read once, and said once, however often it is asked for. */
export function settingsOf(invocation: Invocation): Promise<ConnectionSettings> {
  const known = settings.get(invocation);
  if (known !== undefined) return known;
  const reading = readAndTell(invocation);
  settings.set(invocation, reading);
  return reading;
}

/** Warnings go to stderr with every run, and with `--debug` all values and their origins. */
async function readAndTell(invocation: Invocation): Promise<ConnectionSettings> {
  const { io, flags } = invocation;
  const { readSettings } = await import('../connection/settings.ts');
  const read = await readSettings(invocation);
  const style = stderrStyle(invocation);
  if (read.warnings.length > 0) io.stderr.write(`${renderDiagnostics(read.warnings, style)}\n`);
  if (flags.on('debug')) io.stderr.write(`${renderConnection(read, style.paint)}\n`);
  return read;
}

/** The cluster that flags, environment and `rerankctl.yaml` name. */
export async function clusterOf(
  invocation: Invocation,
  options: { listener?: Listener; signal?: AbortSignal } = {},
): Promise<Cluster> {
  return connect((await settingsOf(invocation)).connection, options);
}

export async function stackOf(invocation: Invocation): Promise<string> {
  return (await settingsOf(invocation)).stack;
}
