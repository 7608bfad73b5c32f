#!/usr/bin/env node
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { StopAsked } from './cli/io.ts';
import { run } from './cli/run.ts';

/** The only file that touches the process: everything else gets it as an `Io`. */
const abort = new AbortController();
let interrupts = 0;
const onSignal = (by: 'SIGINT' | 'SIGTERM'): void => {
  interrupts++;
  if (interrupts > 1) process.exit(130);
  process.stderr.write('\nInterrupted: finishing the requests under way (once more to stop at once).\n');
  abort.abort(new StopAsked(by));
};
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);
// A reader that has seen enough (`| head`) closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  stdout: {
    isTTY: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? 120,
    write: (data) => process.stdout.write(data),
  },
  stderr: {
    isTTY: process.stderr.isTTY === true,
    columns: process.stderr.columns ?? 120,
    write: (data) => process.stderr.write(data),
  },
  env: process.env,
  cwd: process.cwd(),
  signal: abort.signal,
  readStdin: () => text(process.stdin),
  ask: async (question) => {
    if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await lines.question(question, { signal: abort.signal });
    } finally {
      lines.close();
    }
  },
});
