import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { unwritable } from '../save.ts';

/** A report that is being written. */
export interface OpenFile {
  /** As the user named it. */
  readonly name: string;
  write(text: string): void;
  close(): void;
}

/** Opened before anything is done: a path that cannot be written to is told while nothing has happened. */
export function openReport(cwd: string, name: string): OpenFile {
  const path = resolve(cwd, name);
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, 'w');
    return { name, write: (text) => writeWhole(file, text), close: () => closeSync(file) };
  } catch (error) {
    throw unwritable(name, error);
  }
}

/** One call need not write all of it. */
function writeWhole(file: number, text: string): void {
  let left = Buffer.from(text);
  while (left.length > 0) left = left.subarray(writeSync(file, left));
}
