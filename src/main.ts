#!/usr/bin/env node
import module from 'node:module';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { inCi, StopAsked } from './cli/io.ts';
import { run } from './cli/run.ts';

/** The only file that touches the process: everything else gets it as an `Io`. */
// Node 22.1 and later keep what they have compiled (in the folder for temporary files): the next start is faster by that.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

const abort = new AbortController();
let interrupts = 0;
let stdinIsRead = false;
const onSignal = (by: 'SIGINT' | 'SIGTERM'): void => {
  interrupts++;
  if (interrupts > 1) {
    process.stderr.write('\nStopped at once. What was under way is looked up by the next run.\n');
    process.exit(130);
  }
  abort.abort(new StopAsked(by));
  // Live rows end first, or they would draw over it.
  setImmediate(() =>
    process.stderr.write('\nInterrupted: finishing the requests under way (once more to stop at once).\n'),
  );
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
    get columns() {
      // A terminal that was not told its size says 0.
      return process.stdout.columns || 80;
    },
    write: (data) => process.stdout.write(data),
  },
  stderr: {
    isTTY: process.stderr.isTTY === true,
    get columns() {
      return process.stderr.columns || 80;
    },
    get rows() {
      return process.stderr.rows;
    },
    write: (data) => process.stderr.write(data),
  },
  env: process.env,
  cwd: process.cwd(),
  signal: abort.signal,
  readStdin: () => {
    stdinIsRead = true;
    return text(process.stdin);
  },
  ask: async (question) => {
    const person = process.stdin.isTTY === true && process.stderr.isTTY === true;
    // A terminal that has gone would be asked for ever.
    if (!person || stdinIsRead || !process.stdin.readable || inCi(process.env)) return undefined;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    // readline takes Ctrl-C for itself; Ctrl-D closes it, and is no yes.
    lines.on('SIGINT', () => onSignal('SIGINT'));
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    try {
      const answer = lines.question(question, { signal: abort.signal });
      return await Promise.race([answer.catch(() => ''), closed]);
    } finally {
      lines.close();
    }
  },
});
