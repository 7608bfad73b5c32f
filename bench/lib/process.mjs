import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const rerankctl = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const stopping = new AbortController();

/** Ends what runs, and what would be run next, except for what must run in any case. */
export function stopAll() {
  stopping.abort();
}

/**
 * Runs Node with these arguments to its end. The time is the whole process's, from spawn to close.
 *
 * @param {string[]} args
 * @param {{ stderr?: 'pipe' | 'inherit', inAnyCase?: boolean }} [options]
 * @returns {Promise<{ ms: number, stdout: string }>}
 */
export function runNode(args, { stderr = 'pipe', inAnyCase = false } = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', stderr],
      ...(inAnyCase ? {} : { signal: stopping.signal }),
    });
    let stdout = '';
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const ms = performance.now() - started;
      if (code === 0) resolve({ ms, stdout });
      else reject(new Error(`node ${args.join(' ')} ended with ${signal ?? code}\n${stdout}${said}`));
    });
  });
}
