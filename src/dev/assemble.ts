import { access, chmod, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, fileName, nativeArtifacts, type Plugin, type Release } from './catalogue.ts';
import { DevError } from './errors.ts';
import { exec } from './exec.ts';
import type { Java } from './java.ts';
import { withLock } from './lock.ts';
import { fetchArtifacts, requireMaven } from './maven.ts';
import { layModule } from './modules.ts';
import type { CachePaths } from './paths.ts';
import { nativesClassifier } from './platform.ts';
import { demoPassword } from './security.ts';
import { inStep } from './steps.ts';
import type { DevIo } from './types.ts';
import { unzip, withoutTopFolder } from './unzip.ts';

/** Counts up when an installation is put together differently, so that older ones are not taken for it. */
const recipe = 1;

export interface Flavour {
  readonly release: Release;
  readonly security: boolean;
  readonly without: readonly string[];
}

/** An OpenSearch that any number of nodes run from and none writes to. */
export interface Install {
  readonly home: string;
  readonly natives: string;
}

export function installId({ release, security, without }: Flavour): string {
  const parts = [
    release.version,
    ...(security ? ['security'] : []),
    ...without.toSorted().map((name) => `no-${name}`),
  ];
  return `${parts.join('-')}-r${recipe}`;
}

export async function assemble(flavour: Flavour, java: Java, paths: CachePaths, io: DevIo): Promise<Install> {
  const classifier = nativesClassifier();
  const id = installId(flavour);
  const folder = join(paths.installs, id);
  const install: Install = { home: join(folder, 'opensearch'), natives: join(folder, 'natives') };
  if (await exists(folder)) return install;
  const mvn = await requireMaven(io.env ?? process.env);
  await withLock(paths.locks, `install-${id}`, io, async () => {
    if (await exists(folder)) return;
    await removePartials(paths, id);
    // Beside its final place, so that the rename that makes it visible is one operation.
    const partial = join(paths.installs, `.partial-${id}-${process.pid}`);
    try {
      await build(flavour, { java, mvn, classifier, partial }, io);
      await rename(partial, folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  });
  return install;
}

async function build(
  { release, security, without }: Flavour,
  at: { java: Java; mvn: string; classifier: string; partial: string },
  io: DevIo,
): Promise<void> {
  const artifacts = join(at.partial, 'artifacts');
  const home = join(at.partial, 'opensearch');
  const natives = nativeArtifacts(at.classifier);
  const plugins = [
    ...release.plugins.filter(({ name }) => !without.includes(name)),
    ...(security && release.security !== undefined ? [release.security] : []),
  ];
  const wanted: Artifact[] = [
    release.server,
    ...plugins.map(({ artifact }) => artifact),
    ...release.modules.flatMap(({ jars }) => jars),
    natives.libraries,
    natives.bridge,
  ];
  const tools = { mvn: at.mvn, javaHome: at.java.home, env: io.env ?? process.env };
  await inStep(io, 'fetch', `OpenSearch ${release.version} and its plugins, from Maven`, (report) =>
    fetchArtifacts(wanted, artifacts, tools, io, report),
  );
  await inStep(io, 'unpack', 'server and PyTorch', async () => {
    await unzip(join(artifacts, fileName(release.server)), home, withoutTopFolder, io.signal);
    for (const module of release.modules) await layModule(module, release.version, artifacts, home);
    await unpackNatives(natives, at.classifier, artifacts, join(at.partial, 'natives'), io.signal);
  });
  await inStep(io, 'install-plugins', plugins.map(({ name }) => name).join(', '), () =>
    installPlugins(plugins, artifacts, home, at.java, io),
  );
  if (security) {
    await inStep(io, 'set-up-security', 'demo certificates and the admin user', () =>
      setUpSecurity(home, at.java, io),
    );
  }
  await rm(artifacts, { recursive: true });
  await makeReadable(at.partial);
}

async function unpackNatives(
  natives: { libraries: Artifact; bridge: Artifact },
  classifier: string,
  artifacts: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const from = async (artifact: Artifact, prefix: string): Promise<void> => {
    const written = await unzip(
      join(artifacts, fileName(artifact)),
      folder,
      (entry) => (entry.startsWith(prefix) ? entry.slice(prefix.length) : undefined),
      signal,
    );
    if (written.length > 0) return;
    throw new DevError(
      'DEV_INSTALL_FAILED',
      `${fileName(artifact)} has nothing under ${prefix}.`,
      'Use the container instead: docker compose up (compose.yaml is in the repository of rerankctl).',
    );
  };
  await from(natives.libraries, `pytorch/cpu/${classifier}/`);
  await from(natives.bridge, `jnilib/${classifier}/cpu/`);
}

async function installPlugins(
  plugins: readonly Plugin[],
  artifacts: string,
  home: string,
  java: Java,
  io: DevIo,
): Promise<void> {
  const files = plugins.map(({ artifact }) => `file://${join(artifacts, fileName(artifact))}`);
  await runTool(join(home, 'bin', 'opensearch-plugin'), ['install', '-b', ...files], java, io);
}

async function setUpSecurity(home: string, java: Java, io: DevIo): Promise<void> {
  const script = join(home, 'plugins/opensearch-security/tools/install_demo_configuration.sh');
  await runTool('bash', [script, '-y', '-i'], java, io, { OPENSEARCH_INITIAL_ADMIN_PASSWORD: demoPassword });
}

async function runTool(
  command: string,
  args: readonly string[],
  java: Java,
  io: DevIo,
  more: NodeJS.ProcessEnv = {},
): Promise<void> {
  const env: NodeJS.ProcessEnv = { ...(io.env ?? process.env), OPENSEARCH_JAVA_HOME: java.home, ...more };
  // They would point the tool at another installation, or print a warning into its output.
  for (const name of [
    'OPENSEARCH_HOME',
    'OPENSEARCH_PATH_CONF',
    'OPENSEARCH_JAVA_OPTS',
    'JAVA_TOOL_OPTIONS',
  ]) {
    delete env[name];
  }
  const result = await exec(command, args, { env, signal: io.signal });
  if (result.exitCode === 0) return;
  throw new DevError(
    'DEV_INSTALL_FAILED',
    `${[command, ...args].join(' ')} ended with ${result.exitCode}:\n${result.lines.slice(-6).join('\n')}`,
    'Check the free space of the disk, then try again; nothing half-assembled is kept.',
    { failure: 'server' },
  );
}

async function removePartials(paths: CachePaths, id: string): Promise<void> {
  for (const entry of await readdir(paths.installs)) {
    if (entry.startsWith(`.partial-${id}-`)) {
      await rm(join(paths.installs, entry), { recursive: true, force: true });
    }
  }
}

/** The tools of OpenSearch honour the umask of root, under which the node's account may read nothing. */
async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, (await isProgram(path)) ? 0o755 : 0o644);
  }
}

function isProgram(path: string): Promise<boolean> {
  return access(path, 1).then(
    () => true,
    () => false,
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
