import { run } from '../../src/cli/run.ts';
import type { Ran } from './cli.ts';

/** A command line in this process, from the sources: for what needs no process of its own, and many of them. */
export async function runHere(args: readonly string[]): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const code = await run(args, {
    stdout: {
      isTTY: false,
      columns: 120,
      write: (text) => {
        stdout += text;
      },
    },
    stderr: {
      isTTY: false,
      columns: 120,
      write: (text) => {
        stderr += text;
      },
    },
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
    readStdin: async () => '',
    ask: async () => undefined,
  });
  return { code, stdout, stderr };
}
