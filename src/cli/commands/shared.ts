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
import { type Io, painter } from '../io.ts';
import { renderConnection } from '../render/connection.ts';
import { type RenderStyle, renderDiagnostics } from '../render/diagnostics.ts';
import { manifestFailure } from '../render/failure.ts';
import type { VerificationStyle } from '../render/verification/pen.ts';

export function stderrStyle({ io, color, flags }: Invocation): RenderStyle {
  return {
    paint: painter(color.stderr),
    cwd: io.cwd,
    debug: flags.on('debug'),
    width: io.stderr.isTTY ? io.stderr.columns : undefined,
  };
}

/** Tables fit the terminal; anywhere else names and IDs stay whole. */
export function tableStyle({ io, color, unicode }: Invocation): VerificationStyle {
  const { columns, isTTY } = io.stdout;
  return { color: color.stdout, width: columns, unicode, wholeIds: !isTTY };
}

/** Which manifests, and with which values for `{$var: …}`. */
export interface ManifestInputs {
  readonly files: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
}

export function manifestInputs({ flags, positionals }: Invocation): ManifestInputs {
  return { files: [...flags.list('file'), ...positionals], vars: flags.pairs('var') };
}

export interface LoadedResources {
  readonly resources: Resource[];
  /** Nothing worse than warnings. */
  readonly diagnostics: Diagnostic[];
  readonly files: readonly string[];
  /** See `Loaded.digest`. */
  readonly digest: string;
  readonly secretVars: readonly string[];
}

/** Reads, validates and checks manifests. Throws all errors at once; warnings go to stderr. */
export async function loadResources(
  invocation: Invocation,
  inputs: ManifestInputs = manifestInputs(invocation),
): Promise<LoadedResources> {
  const loaded = await readResources(invocation.io, inputs);
  invocation.warned(loaded.diagnostics);
  if (loaded.diagnostics.length > 0) {
    invocation.io.stderr.write(`${renderDiagnostics(loaded.diagnostics, stderrStyle(invocation))}\n`);
  }
  return loaded;
}

/** As `loadResources`, and leaves it to the caller to tell of warnings. */
export async function readResources(io: Io, { files, vars }: ManifestInputs): Promise<LoadedResources> {
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
  const { resources, digest, secretVars } = loaded;
  return { resources, diagnostics, files: loaded.files, digest, secretVars };
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

/** A listener, and the stream of this run where there is one. */
export function alsoStreamed(listener: Listener, { stream }: Invocation): Listener {
  if (stream === undefined) return listener;
  return (event) => {
    listener(event);
    stream.event(event);
  };
}

/** Warnings go to stderr with every run, and with `--debug` all values and their origins. */
async function readAndTell(invocation: Invocation): Promise<ConnectionSettings> {
  const { io, flags } = invocation;
  const { readSettings } = await import('../connection/settings.ts');
  const read = await readSettings(invocation);
  const style = stderrStyle(invocation);
  invocation.warned(read.warnings);
  if (read.warnings.length > 0) io.stderr.write(`${renderDiagnostics(read.warnings, style)}\n`);
  if (flags.on('debug')) io.stderr.write(`${renderConnection(read, style.paint)}\n`);
  return read;
}

/** The cluster that flags, environment and `rerankctl.yaml` name. */
export async function clusterOf(
  invocation: Invocation,
  { listener = () => undefined, signal }: { listener?: Listener; signal?: AbortSignal } = {},
): Promise<Cluster> {
  const { connection } = await settingsOf(invocation);
  return connect(connection, { listener: alsoStreamed(listener, invocation), signal });
}

/** The same cluster, with passwords and tokens as their files hold them now: these are renewed while a loop runs. */
export async function clusterAnew(
  invocation: Invocation,
  options: { listener?: Listener } = {},
): Promise<Cluster> {
  const { readSettings } = await import('../connection/settings.ts');
  const { password, token, clientKeyPassphrase } = (await readSettings(invocation)).connection;
  const { connection } = await settingsOf(invocation);
  return connect({ ...connection, password, token, clientKeyPassphrase }, options);
}

export async function stackOf(invocation: Invocation): Promise<string> {
  return (await settingsOf(invocation)).stack;
}
