import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { RerankctlError } from '../core/errors.ts';
import { isObject, sameJson } from '../core/json.ts';
import { slugOf } from '../engine/export.ts';

/** Remembers what an export has written, so that the next one knows its own files from those of people. */
const RECORD = '.rerankctl-export.json';
const LISTED = 5;

/** What was asked for: an export into the same folder must ask for the same. */
export interface Selection {
  readonly kinds: readonly string[];
  readonly names: readonly string[];
  readonly withData: boolean;
}

/**
 * A folder of manifests. All files lie in a folder of their own beside it until everything is there, so that an
 * export that fails leaves nothing behind and nothing half done.
 */
export class ExportFolder {
  readonly #target: string;
  readonly #staging: string;
  readonly #selection: Selection;
  /** SHA-256 by path, of the export before. */
  readonly #before: ReadonlyMap<string, string>;
  readonly #written = new Map<string, string>();
  readonly #reserved = new Set<string>();

  private constructor(
    target: string,
    staging: string,
    selection: Selection,
    before: ReadonlyMap<string, string>,
  ) {
    this.#target = target;
    this.#staging = staging;
    this.#selection = selection;
    this.#before = before;
  }

  /** Refuses a folder in which something could be lost, before the cluster is asked for anything. */
  static async open(target: string, selection: Selection): Promise<ExportFolder> {
    const before = await filesBefore(target, selection);
    try {
      await mkdir(dirname(target), { recursive: true });
      const staging = await mkdtemp(join(dirname(target), `.${basename(target)}.partial-`));
      return new ExportFolder(target, staging, selection, before);
    } catch (error) {
      throw unwritable(target, error);
    }
  }

  /** Paths that were written, sorted. */
  get files(): string[] {
    return [...this.#written.keys()].sort();
  }

  reserve(folder: string, name: string, extension: string): string {
    const base = `${folder}/${slugOf(name) || folder}`;
    let path = `${base}${extension}`;
    for (let n = 2; this.#reserved.has(path); n++) path = `${base}-${n}${extension}`;
    this.#reserved.add(path);
    return path;
  }

  locate(path: string): string {
    return join(this.#staging, path);
  }

  async write(
    path: string,
    content: AsyncIterable<Buffer>,
  ): Promise<{ readonly bytes: number; readonly sha256: string }> {
    const hash = createHash('sha256');
    let bytes = 0;
    const counted = async function* () {
      for await (const chunk of content) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    };
    await mkdir(dirname(this.locate(path)), { recursive: true });
    try {
      await pipeline(counted(), createWriteStream(this.locate(path)));
    } catch (error) {
      await this.remove(path);
      throw isFileError(error) ? unwritable(this.#target, error) : error;
    }
    const sha256 = hash.digest('hex');
    this.#written.set(path, sha256);
    return { bytes, sha256 };
  }

  async remove(path: string): Promise<void> {
    this.#written.delete(path);
    this.#reserved.delete(path);
    await rm(this.locate(path), { force: true });
  }

  /** Puts all files in their place; what the export before has written and this one has not goes. */
  async commit(): Promise<void> {
    const taken: string[] = [];
    for (const path of this.#written.keys()) {
      if (!this.#before.has(path) && (await exists(join(this.#target, path)))) taken.push(path);
    }
    if (taken.length > 0) throw refused(this.#target, `${listed(taken)} would be overwritten`);
    try {
      for (const path of this.#written.keys()) {
        await mkdir(dirname(join(this.#target, path)), { recursive: true });
        await rename(this.locate(path), join(this.#target, path));
      }
      for (const path of this.#before.keys()) {
        if (!this.#written.has(path)) await rm(join(this.#target, path), { force: true });
      }
      const record = { format: 1, ...this.#selection, files: Object.fromEntries(this.#written) };
      await writeFile(join(this.#target, RECORD), `${JSON.stringify(record, null, 2)}\n`);
    } catch (error) {
      throw unwritable(this.#target, error);
    }
  }

  /** Takes the files away that were not put in their place. */
  async close(): Promise<void> {
    await rm(this.#staging, { recursive: true, force: true });
  }
}

async function filesBefore(target: string, selection: Selection): Promise<Map<string, string>> {
  const names = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw refused(target, 'it is a file');
    throw unwritable(target, error);
  });
  if (names.length === 0) return new Map();
  const record = await readRecord(join(target, RECORD));
  if (record === undefined)
    throw refused(target, `it is not empty (${listed(names)}), and no export has filled it`);
  const { files, ...asked } = record;
  if (!sameJson(asked, { ...selection })) {
    throw refused(target, 'it holds an export of something else (other --kind, --name or --with-data)');
  }
  const changed: string[] = [];
  for (const [path, sha256] of files) {
    const now = await hashOf(join(target, path));
    if (now !== undefined && now !== sha256) changed.push(path);
  }
  if (changed.length > 0) throw refused(target, `${listed(changed)} changed since the last export`);
  return files;
}

async function readRecord(path: string): Promise<(Selection & { files: Map<string, string> }) | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const record: unknown = JSON.parse(text);
    if (!isObject(record) || record.format !== 1 || !isObject(record.files)) return undefined;
    const files = new Map(Object.entries(record.files).map(([file, sha256]) => [file, String(sha256)]));
    const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
    return {
      kinds: list(record.kinds),
      names: list(record.names),
      withData: record.withData === true,
      files,
    };
  } catch {
    return undefined;
  }
}

async function hashOf(path: string): Promise<string | undefined> {
  if (!(await exists(path))) return undefined;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function listed(paths: readonly string[]): string {
  const some = paths.slice(0, LISTED).join(', ');
  return paths.length > LISTED ? `${some} and ${paths.length - LISTED} more` : some;
}

function refused(folder: string, why: string): RerankctlError {
  return new RerankctlError('refused', 'RCTL_EXPORT_FOLDER', `Nothing is exported into ${folder}: ${why}.`, {
    remedy: 'Name a new or an empty folder with --to, or take the files away first.',
  });
}

function unwritable(folder: string, error: unknown): unknown {
  if (!isFileError(error)) return error;
  return new RerankctlError(
    'usage',
    'RCTL_EXPORT_FOLDER',
    `${folder} cannot be written to: ${error.message}.`,
    {
      remedy: 'Check the path, its permissions and the space on the disk.',
      cause: error,
    },
  );
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
