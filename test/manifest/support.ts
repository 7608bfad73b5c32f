import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll } from 'vitest';
import type { Diagnostic } from '../../src/core/diagnostic.ts';
import { type Loaded, type LoadOptions, loadManifests } from '../../src/manifest/load.ts';

const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A new folder that holds these files. */
export async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rerankctl-manifest-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return folder;
}

/** Loads one text as if it came through a pipe. */
export function loadText(text: string, options: Partial<LoadOptions> = {}): Promise<Loaded> {
  return loadManifests(['-'], { cwd: '/nowhere', env: {}, vars: {}, stdin: async () => text, ...options });
}

export async function loadFiles(
  files: Record<string, string>,
  options: Partial<LoadOptions> = {},
): Promise<Loaded> {
  const cwd = await folderWith(files);
  const loaded = await loadManifests(['.'], { cwd, env: {}, vars: {}, ...options });
  return { ...loaded, diagnostics: loaded.diagnostics.map((diagnostic) => relativeTo(cwd, diagnostic)) };
}

function relativeTo(cwd: string, diagnostic: Diagnostic): Diagnostic {
  const { location } = diagnostic;
  if (location === undefined || location.file.startsWith('<')) return diagnostic;
  return { ...diagnostic, location: { ...location, file: relative(cwd, location.file) } };
}

/** `line:column CODE`, with the file before it unless it is stdin. */
export function placed({ location, code }: Diagnostic): string {
  if (location === undefined) return code;
  const file = location.file === '<stdin>' ? '' : `${location.file}:`;
  return `${file}${location.line}:${location.column} ${code}`;
}

export function group(name: string, more = ''): string {
  return `apiVersion: rerankctl/v1\nkind: ModelGroup\nmetadata: { name: ${name} }\nspec:\n  name: group ${name}\n${more}`;
}

export function model(name: string, more = ''): string {
  return `apiVersion: rerankctl/v1\nkind: Model\nmetadata: { name: ${name} }\nspec:\n  name: ${name}\n  model_format: ONNX\n${more}`;
}
