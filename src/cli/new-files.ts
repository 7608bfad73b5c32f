import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RerankctlError } from '../core/errors.ts';

/** Which of these paths there are in a folder. */
export async function thereAlready(folder: string, paths: Iterable<string>): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if ((await stat(join(folder, path)).catch(() => undefined)) !== undefined) found.push(path);
  }
  return found;
}

/** Throws, and names them, where some of the files are there already: nothing is ever overwritten. */
export async function refuseOverwriting(folder: string, paths: Iterable<string>): Promise<void> {
  const taken = await thereAlready(folder, paths);
  if (taken.length > 0) throw inTheWay(folder, taken);
}

/** Writes files, by their path in the folder, all of them or none. Overwrites nothing. */
export async function writeNewFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await refuseOverwriting(folder, files.keys());
  const written: string[] = [];
  try {
    for (const [path, text] of files) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text, { flag: 'wx' });
      written.push(target);
    }
  } catch (error) {
    for (const target of written) await rm(target, { force: true });
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new RerankctlError(
      'usage',
      'RCTL_FOLDER_UNWRITABLE',
      `${folder} cannot be written to: ${error.message}.`,
      {
        remedy: 'Check the path, its permissions and the space on the disk.',
        cause: error,
      },
    );
  }
}

function inTheWay(folder: string, taken: readonly string[]): RerankctlError {
  return new RerankctlError(
    'refused',
    'RCTL_FILES_IN_THE_WAY',
    `Nothing is written to ${folder}, because these files are there already: ${taken.join(', ')}.`,
    { remedy: 'Name another folder, or move them away first.' },
  );
}
