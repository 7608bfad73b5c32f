import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { defaultVersion, down, up } from '../../src/dev/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifests = 'manifests/ms-marco-tutorial';

/** A node of this name with nothing on it, whatever an earlier run has left. */
export async function boot(name: string, javaOpts: readonly string[]): Promise<string> {
  await discard(name);
  const node = await up(
    { name, version: defaultVersion, security: false, nodes: 1, settings: {}, javaOpts, without: [] },
    { onEvent: () => undefined },
  );
  return node.url;
}

export async function discard(name: string): Promise<void> {
  await down({ name, all: false, purge: true }, { onEvent: () => undefined });
}

/** `rerankctl COMMAND` on the tutorial's manifests, as a process of its own. */
export function rerankctl(
  command: string,
  url: string,
  ...flags: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const args = ['dist/main.js', command, '-f', manifests, '--url', url, ...flags];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
