import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** `script` of util-linux gives a command a pseudo terminal of its own. BSD's takes other flags. */
export const HAS_TERMINAL =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

interface Options {
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A file in the place of the terminal. */
  readonly stdout?: string;
  readonly stderr?: string;
  readonly stdin?: string;
}

export interface Session {
  /** As if keys were pressed; `\u0003` is Ctrl-C. */
  type(keys: string): void;
  /** Everything that was written to the terminal so far, with its control sequences. */
  written(): string;
  /** Waits until that matches. */
  until(pattern: RegExp): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly written: string }>;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The built command on a pseudo terminal of this width, as a person sees it. */
export function onTerminal(
  args: readonly string[],
  { columns = 80, env = {}, cwd, stdout, stderr, stdin }: Options = {},
): Session {
  const redirected = [
    ...(stdin === undefined ? [] : [`<${quoted(stdin)}`]),
    ...(stdout === undefined ? [] : [`>${quoted(stdout)}`]),
    ...(stderr === undefined ? [] : [`2>${quoted(stderr)}`]),
  ];
  const command = [process.execPath, MAIN, ...args].map(quoted).join(' ');
  const line = `stty rows 50 cols ${columns}; exec ${command} ${redirected.join(' ')}`;
  const {
    NO_COLOR: _a,
    FORCE_COLOR: _b,
    CI: _c,
    OPENSEARCH_URL: _d,
    COLUMNS: _e,
    ...inherited
  } = process.env;
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    cwd,
    env: {
      ...inherited,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      SHELL: '/bin/sh',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let written = '';
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text;
    for (const look of waiting) look();
  });
  // It is gone when the command has ended: no fault of whoever types.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<{ code: number | null; written: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, written }));
  });
  return {
    type: (keys) => child.stdin.write(keys),
    written: () => written,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(written)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        ended.then(({ code }) =>
          reject(new Error(`ended with ${code} before ${pattern} was written:\n${written}`)),
        );
      }),
    ended,
  };
}

/** What was written, line by line, without control sequences; a live row counts each time it was drawn. */
export function linesOf(written: string): string[] {
  return stripVTControlCharacters(written)
    .split(/[\r\n]+/)
    .filter((line) => line !== '');
}
