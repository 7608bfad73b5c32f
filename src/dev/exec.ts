import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { interrupted } from './errors.ts';

const keptLines = 200;

export interface ExecResult {
  readonly exitCode: number | null;
  /** The last lines of stdout and stderr together. */
  readonly lines: readonly string[];
}

/** Runs a program to its end. A program that cannot be started rejects; one that fails resolves with its code. */
export function exec(
  command: string,
  args: readonly string[],
  options: {
    cwd?: string;
    env?: NodeJS.ProcessEnv;
    signal?: AbortSignal | undefined;
    onLine?: (line: string) => void;
  } = {},
): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (lines.length > keptLines) lines.shift();
        options.onLine?.(line);
      });
    }
    child.once('error', (error) => reject(error.name === 'AbortError' ? interrupted() : error));
    child.once('close', (exitCode) => resolve({ exitCode, lines }));
  });
}
