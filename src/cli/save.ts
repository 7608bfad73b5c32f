import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { RerankctlError } from '../core/errors.ts';
import type { Io } from './io.ts';

/** Writes a file that the user named, and its folder. */
export async function save(io: Pick<Io, 'cwd'>, file: string, content: string): Promise<void> {
  const path = resolve(io.cwd, file);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  } catch (error) {
    throw new RerankctlError('usage', 'RCTL_FILE_UNWRITABLE', `${file} cannot be written.`, {
      remedy: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}
