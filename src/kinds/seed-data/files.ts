import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, type FileHandle, open, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { pointerTo } from '../../core/json.ts';
import { diagnosticAt, type Resource } from '../../core/resource.ts';

const CHUNK = 256 * 1024;
const NDJSON = /\.(ndjson|jsonl)(\.gz)?$/;

export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** As diagnostics show it. */
  readonly shown: string;
}

/** The files that `spec.files` names: in the order of the list, those of one pattern by name, each once. */
export async function findFiles(
  resource: Resource,
  patterns: readonly string[],
): Promise<{ files: SourceFile[]; diagnostics: Diagnostic[] }> {
  const found = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const [i, pattern] of patterns.entries()) {
    const refuse = (code: string, message: string, remedy: string): void => {
      const pointer = pointerTo('/spec/files', i);
      diagnostics.push(diagnosticAt(resource, pointer, { severity: 'error', code, message, remedy }));
    };
    const paths = await matches(resource.folder, pattern);
    if (paths.length === 0) {
      refuse(
        'RCTL_SEED_NO_FILE',
        isDynamicPattern(pattern) ? `no file matches ${pattern}` : `there is no file ${pattern}`,
        `Paths are relative to the manifest's folder, ${resource.folder}.`,
      );
    }
    for (const path of paths) {
      const problem = await obstacle(path);
      if (problem !== undefined)
        refuse('RCTL_SEED_UNREADABLE', `cannot read ${path}: ${problem}`, UNREADABLE);
      else if (NDJSON.test(path)) found.add(path);
      else refuse('RCTL_SEED_FILE_TYPE', `${path} is not named like a file of documents`, FILE_TYPE);
    }
  }
  const style = resource.locate('').location?.file ?? '';
  const files = [...found].map((path) => ({
    path,
    // As the manifest itself is shown: from the same folder.
    shown: isAbsolute(style) ? path : join(dirname(style), relative(resource.folder, path)),
  }));
  return { files, diagnostics };
}

const UNREADABLE = 'Name files that this user may read; a folder needs a pattern such as folder/*.ndjson.';
const FILE_TYPE =
  'One JSON document a line, in a file whose name ends in .ndjson or .jsonl, or in .ndjson.gz or .jsonl.gz.';

async function matches(folder: string, pattern: string): Promise<string[]> {
  const literal = resolve(folder, pattern);
  if ((await stat(literal).catch(() => undefined)) !== undefined) return [literal];
  if (!isDynamicPattern(pattern)) return [];
  return (await glob(pattern, { cwd: folder, absolute: true, expandDirectories: false })).sort();
}

async function obstacle(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.R_OK);
    return (await stat(path)).isDirectory() ? 'it is a folder' : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What changes when somebody writes to one of the files: enough within one run, not between machines. */
export async function stampOf(files: readonly SourceFile[]): Promise<string> {
  const stats = await Promise.all(files.map(async ({ path }) => stat(path, { bigint: true })));
  return stats.map((s, i) => `${files[i]?.path}:${s.dev}:${s.ino}:${s.size}:${s.mtimeNs}`).join('\n');
}

/**
 * The content of a file, unpacked where it is gzip. Plain files are read into one buffer that is used again: a
 * chunk is valid until the next one is asked for. `tap` gets the bytes as they lie on the disk.
 */
export async function* chunksOf(path: string, tap?: Hash): AsyncGenerator<Buffer> {
  if (path.endsWith('.gz')) {
    const packed = createReadStream(path, { highWaterMark: CHUNK });
    if (tap !== undefined) packed.on('data', (chunk) => tap.update(chunk));
    const plain = pipeline(packed, createGunzip({ chunkSize: CHUNK / 4 }), () => {});
    yield* plain as AsyncIterable<Buffer>;
    return;
  }
  const file: FileHandle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(CHUNK);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK, null);
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      tap?.update(chunk);
      yield chunk;
    }
  } finally {
    await file.close();
  }
}
