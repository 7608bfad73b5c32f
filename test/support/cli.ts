import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inProcess } from './in-process.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ran {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What of the developer's own environment would change what a command does. */
const OF_THE_USER =
  /^(NO_COLOR|FORCE_COLOR|CI|CI_PROJECT_DIR|GITHUB_.*|OPENSEARCH_.*|RERANKCTL_PROFILE|AWS_.*|(HTTPS?|NO)_PROXY)$/i;

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

/** The environment of this process without all that. */
export function plainEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_THE_USER.test(name)));
}

/** What a process says until it ends. */
export function outcomeOf(child: ChildProcess): Promise<Ran> {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  return new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...said }));
  });
}

/** The built command as a process of its own, as its users run it: no terminal, no colour, nobody to ask. */
export function start(
  args: readonly string[],
  options: Options = {},
  main = MAIN,
): { child: ChildProcess; ended: Promise<Ran> } {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: options.cwd,
    env: { ...plainEnvironment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = outcomeOf(child);
  child.stdin.end(options.stdin ?? '');
  return { child, ended };
}

/**
 * The command in this process, with the environment that a process of its own would have: to start one for each of some
 * five thousand runs was a fourth of what the whole suite cost. What only a process shows (signals, streams, how it starts
 * and ends) is tried with `start` and `rerankctlProcess`.
 */
export function rerankctl(args: readonly string[], options: Options = {}): Promise<Ran> {
  return inProcess(args, { ...options, env: { ...plainEnvironment(), ...options.env } });
}

/** A process of its own, until it ends. */
export function rerankctlProcess(args: readonly string[], options: Options = {}): Promise<Ran> {
  return start(args, options).ended;
}

/** The same of another copy of it. */
export function rerankctlOf(main: string, args: readonly string[], options: Options = {}): Promise<Ran> {
  return start(args, options, main).ended;
}
