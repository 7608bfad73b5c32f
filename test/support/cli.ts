import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ran {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

/** The built command as a process of its own, as its users run it: no terminal, no colour, nobody to ask. */
export function start(
  args: readonly string[],
  options: Options = {},
): { child: ChildProcess; ended: Promise<Ran> } {
  // What a CI, or a person's shell, has set is not what is tested.
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(NO_COLOR|FORCE_COLOR|CI|CI_PROJECT_DIR|OPENSEARCH_.*|GITHUB_.*)$/.test(key),
  );
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd,
    env: { ...Object.fromEntries(inherited), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.end(options.stdin ?? '');
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

export function rerankctl(args: readonly string[], options: Options = {}): Promise<Ran> {
  return start(args, options).ended;
}
