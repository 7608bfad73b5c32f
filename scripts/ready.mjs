import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Runs a command with its output on our stderr; ends this process with its exit code when it fails. */
export function runOrExit(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function newest(path) {
  if (!existsSync(path)) return 0;
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Installs the dependencies when the lockfile is newer than what is installed. */
export function install() {
  const lock = statSync(join(ROOT, 'package-lock.json')).mtimeMs;
  const marker = join(ROOT, 'node_modules', '.package-lock.json');
  if (existsSync(marker) && statSync(marker).mtimeMs >= lock) return;
  console.error('Installing dependencies …');
  runOrExit('npm', ['ci', '--no-audit', '--no-fund'], { shell: process.platform === 'win32' });
}

/** Builds when a source is newer than the build. */
export function build() {
  const sources = ['src', 'schemas', 'scripts', 'package.json'].map((name) => join(ROOT, name));
  const built = join(ROOT, 'dist', 'main.js');
  const generated = join(ROOT, 'src', 'generated');
  const since = Math.max(...sources.filter((path) => path !== generated).map(newest));
  if (existsSync(built) && statSync(built).mtimeMs >= since) return;
  console.error('Building …');
  runOrExit(process.execPath, [join(ROOT, 'scripts', 'build.mjs')]);
}
