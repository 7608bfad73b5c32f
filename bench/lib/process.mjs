import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const rerankctl = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/**
 * Runs Node with these arguments to its end. The time is the whole process's, from spawn to close.
 *
 * @param {string[]} args
 * @param {{ expectCode?: number, stderr?: 'pipe' | 'inherit' }} [options]
 * @returns {Promise<{ ms: number, stdout: string }>}
 */
export function runNode(args, { expectCode = 0, stderr = 'pipe' } = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', stderr] });
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
      if (code === expectCode) resolve({ ms, stdout });
      else reject(new Error(`node ${args.join(' ')} ended with ${signal ?? code}\n${stdout}${said}`));
    });
  });
}
