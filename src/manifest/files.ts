import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.ts';

/** A text that holds manifests. `folder` is the base of relative paths in it. */
export interface Source {
  readonly file: string;
  readonly folder: string;
  readonly text: string;
  readonly isJson: boolean;
}

export interface FileOptions {
  readonly cwd: string;
  readonly stdin?: () => Promise<string>;
}

const EXTENSION = /\.(?:ya?ml|json)$/i;
const PATTERN = /[*?{}[\]!]/;
export const STDIN = '<stdin>';

/** How many files are open at the same moment. */
const PARALLEL = 32;

function problem(code: string, message: string, remedy: string): Diagnostic {
  return { severity: 'error', code, message, remedy };
}

/**
 * Hidden folders, and what package managers leave behind, hold no manifests of the user's; nor are the figures that
 * `verify --update-baseline` writes beside them, and the file that says how to reach clusters.
 */
async function glob(patterns: string[], cwd: string): Promise<string[]> {
  const { glob: find } = await import('tinyglobby');
  const paths = await find(patterns, {
    cwd,
    absolute: true,
    dot: false,
    onlyFiles: true,
    expandDirectories: false,
    ignore: ['**/node_modules/**', '**/*.baseline.json', '**/rerankctl.yaml'],
  });
  return paths
    .map((path) => resolve(path))
    .filter((path) => EXTENSION.test(path))
    .sort();
}

async function expand(input: string, cwd: string): Promise<string[] | Diagnostic> {
  const path = resolve(cwd, input);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) return [path];
  if (found?.isDirectory() === true) {
    const files = await glob(['**/*.{yaml,yml,json}'], path);
    if (files.length > 0) return files;
    return problem(
      'RCTL_NO_MANIFESTS',
      `The folder ${input} holds no manifests.`,
      'Manifests are files that end in .yaml, .yml or .json. Hidden folders and node_modules are skipped.',
    );
  }
  if (found === undefined && PATTERN.test(input)) {
    const files = await glob([input.split(sep).join('/')], cwd);
    if (files.length > 0) return files;
    return problem(
      'RCTL_NO_MANIFESTS',
      `The pattern ${input} matches no manifest.`,
      'Put the pattern in quotes, and check it against file names that end in .yaml, .yml or .json.',
    );
  }
  return problem(
    'RCTL_FILE_NOT_FOUND',
    `There is no file or folder ${input}.`,
    `It was looked for at ${path}.`,
  );
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES') return 'permission denied';
  if (code === 'ENOENT') return 'it has just disappeared';
  return error instanceof Error ? error.message : String(error);
}

async function read(file: string): Promise<Source | Diagnostic> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return problem(
      'RCTL_FILE_UNREADABLE',
      `${file} cannot be read: ${reasonOf(error)}.`,
      'Check its permissions.',
    );
  }
  return decode(bytes, file);
}

function decode(bytes: Buffer, file: string): Source | Diagnostic {
  const text = bytes.toString('utf8');
  if (text.includes('\0') || (text.includes('\ufffd') && !Buffer.from(text, 'utf8').equals(bytes))) {
    return problem('RCTL_FILE_ENCODING', `${file} is no UTF-8 text.`, 'Save it as UTF-8.');
  }
  return { file, folder: dirname(file), text: withoutMark(text), isJson: /\.json$/i.test(file) };
}

/** A byte order mark would count as a column. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** Reads every file that the inputs name, each once, in the order of their paths; stdin comes last. */
export async function readSources(
  inputs: readonly string[],
  options: FileOptions,
): Promise<{ sources: Source[]; diagnostics: Diagnostic[] }> {
  const diagnostics: Diagnostic[] = [];
  const paths = new Set<string>();
  for (const input of inputs.filter((name) => name !== '-')) {
    const found = await expand(input, options.cwd);
    if (Array.isArray(found)) for (const path of found) paths.add(path);
    else diagnostics.push(found);
  }
  const sources: Source[] = [];
  const sorted = [...paths].sort();
  for (let i = 0; i < sorted.length; i += PARALLEL) {
    for (const result of await Promise.all(sorted.slice(i, i + PARALLEL).map(read))) {
      if ('text' in result) sources.push(result);
      else diagnostics.push(result);
    }
  }
  if (inputs.includes('-')) {
    const text = (await options.stdin?.()) ?? '';
    sources.push({ file: STDIN, folder: options.cwd, text: withoutMark(text), isJson: false });
  }
  return { sources, diagnostics };
}
