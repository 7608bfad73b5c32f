import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise } from 'yauzl';
import { throwIfInterrupted } from './errors.ts';

/**
 * Unpacks what `place` gives a path to, relative to `folder`. Names that would leave the folder are refused by
 * yauzl. Everything becomes readable for all: the account that runs the node need not be the one that unpacks.
 */
export async function unzip(
  file: string,
  folder: string,
  place: (entryName: string) => string | undefined,
  signal?: AbortSignal,
): Promise<string[]> {
  const written: string[] = [];
  const zip = await openPromise(file);
  try {
    for await (const entry of zip.eachEntry()) {
      throwIfInterrupted(signal);
      const target = place(entry.fileName);
      if (target === undefined || target === '') continue;
      if (entry.fileName.endsWith('/')) {
        await mkdir(join(folder, target), { recursive: true });
        continue;
      }
      await mkdir(dirname(join(folder, target)), { recursive: true });
      const mode = isProgram(entry) ? 0o755 : 0o644;
      await pipeline(
        await zip.openReadStreamPromise(entry),
        createWriteStream(join(folder, target), { mode }),
      );
      written.push(target);
    }
  } finally {
    zip.close();
  }
  return written;
}

/** The upper half of the external attributes is the Unix mode. */
function isProgram(entry: Entry): boolean {
  return ((entry.externalFileAttributes >>> 16) & 0o100) !== 0;
}

/** Drops the one folder that holds everything else in a release zip. */
export function withoutTopFolder(entryName: string): string {
  return entryName.slice(entryName.indexOf('/') + 1);
}
