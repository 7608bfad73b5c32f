import { access, constants, readdir, readFile, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Release } from './catalogue.ts';
import { DevError } from './errors.ts';
import { exec } from './exec.ts';

export interface Java {
  readonly home: string;
  readonly major: number;
  /** How it was found, in the user's words: `JAVA_HOME`, `PATH`, or the folder. */
  readonly from: string;
}

/** What finding Java asks of the machine; tests put another machine in its place. */
export interface JavaProbe {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  list(folder: string): Promise<readonly string[]>;
  isExecutable(file: string): Promise<boolean>;
  resolve(file: string): Promise<string>;
  /** The text of `<home>/release`, or what `java -version` prints. */
  describe(home: string): Promise<string>;
}

export function machine(env: NodeJS.ProcessEnv): JavaProbe {
  return {
    env,
    home: homedir(),
    list: (folder) => readdir(folder).catch(() => []),
    isExecutable: (file) =>
      access(file, constants.X_OK).then(
        () => true,
        () => false,
      ),
    resolve: (file) => realpath(file),
    async describe(home) {
      const release = await readFile(join(home, 'release'), 'utf8').catch(() => '');
      if (release.includes('JAVA_VERSION=')) return release;
      return exec(join(home, 'bin', 'java'), ['-version']).then(
        (result) => result.lines.join('\n'),
        () => '',
      );
    },
  };
}

/** `1.8.0_392` is 8, `17.0.15` is 17, `25` and `25-ea` are 25. */
export function javaMajor(text: string): number | undefined {
  const version = /(?:JAVA_VERSION=|version )"(?:1\.)?(\d+)/.exec(text)?.[1];
  return version === undefined ? undefined : Number(version);
}

const parents = (home: string): readonly { folder: string; filter: RegExp; below?: string }[] => [
  { folder: '/usr/lib/jvm', filter: /./ },
  { folder: '/Library/Java/JavaVirtualMachines', filter: /./, below: 'Contents/Home' },
  { folder: '/opt/homebrew/opt', filter: /^openjdk/, below: 'libexec/openjdk.jdk/Contents/Home' },
  { folder: join(home, '.sdkman/candidates/java'), filter: /./ },
  { folder: '/opt', filter: /jdk|java|temurin|corretto|zulu/i },
];

/** Every Java there is, the user's own choice first, each once. */
export async function findJavas(probe: JavaProbe): Promise<Java[]> {
  const found = new Map<string, Java>();
  const consider = async (home: string, from: string): Promise<void> => {
    if (!(await probe.isExecutable(join(home, 'bin', 'java')))) return;
    const real = await probe.resolve(home);
    if (found.has(real)) return;
    const major = javaMajor(await probe.describe(real));
    if (major !== undefined) found.set(real, { home: real, major, from });
  };
  const javaHome = probe.env.JAVA_HOME;
  if (javaHome) await consider(javaHome, 'JAVA_HOME');
  for (const folder of (probe.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const java = join(folder, 'java');
    if (await probe.isExecutable(java)) await consider(dirname(dirname(await probe.resolve(java))), 'PATH');
  }
  for (const { folder, filter, below } of parents(probe.home)) {
    for (const entry of await probe.list(folder)) {
      if (filter.test(entry)) await consider(join(folder, entry, below ?? ''), folder);
    }
  }
  return [...found.values()];
}

/** The user's own choice when it fits; else the newest that does. */
export function chooseJava(javas: readonly Java[], { java }: Release): Java | undefined {
  const fitting = javas.filter(({ major }) => major >= java.min && major <= (java.max ?? major));
  const named =
    fitting.find(({ from }) => from === 'JAVA_HOME') ?? fitting.find(({ from }) => from === 'PATH');
  return named ?? fitting.toSorted((a, b) => b.major - a.major)[0];
}

export async function requireJava(release: Release, probe: JavaProbe): Promise<Java> {
  const javas = await findJavas(probe);
  const chosen = chooseJava(javas, release);
  if (chosen !== undefined) return chosen;
  const seen = javas.map(({ major, home }) => `Java ${major} in ${home}`).join(', ');
  const looked = ['JAVA_HOME', 'PATH', ...parents(probe.home).map(({ folder }) => folder)].join(', ');
  const { suggest, why } = release.java;
  throw new DevError(
    'DEV_JAVA_MISSING',
    `OpenSearch ${release.version} needs ${why}. ` +
      (seen === '' ? 'No Java was found' : `Found only ${seen}`) +
      ` (looked in ${looked}).`,
    `Install one (Debian, Ubuntu: apt install openjdk-${suggest}-jdk-headless; ` +
      `macOS: brew install openjdk@${suggest}), or point JAVA_HOME at one.`,
  );
}
