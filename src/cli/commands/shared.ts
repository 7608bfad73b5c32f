import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Diagnostic, hasErrors } from '../../core/diagnostic.ts';
import type { Listener } from '../../core/events.ts';
import type { Resource } from '../../core/resource.ts';
import { checkResources } from '../../engine/provision.ts';
import { loadManifests } from '../../manifest/load.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { connect } from '../../opensearch/connect.ts';
import type { Invocation } from '../command.ts';
import { type Flags, usage } from '../flags.ts';
import { type Io, painter } from '../io.ts';
import { type RenderStyle, renderDiagnostics } from '../render/diagnostics.ts';
import { manifestFailure } from '../render/failure.ts';

export function stderrStyle({ io, color, flags }: Invocation): RenderStyle {
  return { paint: painter(color.stderr), cwd: io.cwd, debug: flags.on('debug') };
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

async function passwordOf(flags: Flags, io: Io): Promise<string | undefined> {
  const path = flags.text('password-file');
  if (path === undefined) return io.env.OPENSEARCH_PASSWORD;
  const content =
    path === '-'
      ? await io.readStdin()
      : await readFile(resolve(io.cwd, path), 'utf8').catch(() => undefined);
  if (content === undefined)
    throw usage(`The password file ${path} cannot be read.`, 'Check the path and its permissions.');
  return content.replace(/\r?\n$/, '');
}

/** The cluster that flags and environment name: flags win. */
export async function clusterOf(
  { flags, io }: Invocation,
  options: { listener?: Listener; signal?: AbortSignal } = {},
): Promise<Cluster> {
  const caFile = flags.text('ca-file') ?? io.env.OPENSEARCH_CA_FILE;
  const timeout = flags.count('request-timeout');
  return connect(
    {
      url: flags.text('url') ?? io.env.OPENSEARCH_URL ?? 'http://127.0.0.1:9200',
      username: flags.text('username') ?? io.env.OPENSEARCH_USERNAME,
      password: await passwordOf(flags, io),
      caFile: caFile === undefined ? undefined : resolve(io.cwd, caFile),
      insecure: flags.on('insecure-skip-tls-verify'),
      requestTimeoutMs: timeout === undefined ? undefined : timeout * 1000,
    },
    options,
  );
}

export function stackOf(flags: Flags): string {
  const stack = flags.text('stack') ?? 'default';
  if (!/^[a-z0-9][a-z0-9._-]{0,99}$/.test(stack)) {
    throw usage(
      `--stack ${stack} is no name for a stack.`,
      'Use lower-case letters, digits, dot, dash and underscore.',
    );
  }
  return stack;
}
