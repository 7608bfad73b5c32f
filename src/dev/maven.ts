import { access, constants, mkdir, readdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Artifact } from './catalogue.ts';
import { DevError } from './errors.ts';
import { exec } from './exec.ts';
import type { DevIo } from './types.ts';

/** Finds `mvn`: on PATH, by MAVEN_HOME, or where the usual installers put it. */
export async function requireMaven(env: NodeJS.ProcessEnv, home: string = homedir()): Promise<string> {
  const sdkman = join(home, '.sdkman/candidates/maven');
  const versions = await readdir(sdkman).catch(() => []);
  const folders = [
    ...(env.MAVEN_HOME ? [join(env.MAVEN_HOME, 'bin')] : []),
    ...(env.PATH ?? '').split(delimiter).filter(Boolean),
    ...versions.map((version) => join(sdkman, version, 'bin')),
    '/opt/homebrew/bin',
    '/usr/local/bin',
  ];
  for (const folder of folders) {
    const mvn = join(folder, 'mvn');
    const runs = await access(mvn, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return mvn;
  }
  throw new DevError(
    'DEV_MAVEN_MISSING',
    `Maven fetches OpenSearch and its plugins, and mvn was not found (looked in MAVEN_HOME, PATH, ${sdkman}, ` +
      '/opt/homebrew/bin, /usr/local/bin).',
    'Install it (Debian, Ubuntu: apt install maven; macOS: brew install maven). It is needed once a version.',
  );
}

export function pom(artifacts: readonly Artifact[]): string {
  const dependencies = artifacts.map(
    ({ group, name, version, type, classifier }) =>
      `    <dependency><groupId>${group}</groupId><artifactId>${name}</artifactId>` +
      `<version>${version}</version><type>${type}</type>` +
      `${classifier === undefined ? '' : `<classifier>${classifier}</classifier>`}</dependency>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>rerankctl</groupId>
  <artifactId>local-node</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
${dependencies.join('\n')}
  </dependencies>
</project>
`;
}

/** Fetches exactly these artifacts into a folder; Maven verifies checksums and keeps its own cache. */
export async function fetchArtifacts(
  artifacts: readonly Artifact[],
  folder: string,
  tools: { mvn: string; javaHome: string; env: NodeJS.ProcessEnv },
  io: DevIo,
  report: (detail: string) => void,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'pom.xml'), pom(artifacts));
  const args = [
    '-B',
    'dependency:copy-dependencies',
    '-DexcludeTransitive=true',
    `-DoutputDirectory=${folder}`,
  ];
  const result = await exec(tools.mvn, args, {
    cwd: folder,
    // Maven runs on the user's Java when there is one named, on the node's otherwise.
    env: { ...tools.env, JAVA_HOME: tools.env.JAVA_HOME || tools.javaHome },
    signal: io.signal,
    onLine(line) {
      const file = /Download(?:ing|ed) from .*\/([^/ ]+)(?: |$)/.exec(line)?.[1];
      if (file !== undefined) report(file);
    },
  });
  if (result.exitCode === 0) return;
  const said = result.lines.filter((line) => line.includes('[ERROR]') || /^Error/.test(line)).slice(0, 4);
  throw new DevError(
    'DEV_FETCH_FAILED',
    `Maven could not fetch OpenSearch and its plugins:\n${(said.length > 0 ? said : result.lines.slice(-4)).join('\n')}`,
    'Check that mvn reaches a repository from here (a proxy or mirror goes into ~/.m2/settings.xml), then try again.',
    { failure: 'connection' },
  );
}
