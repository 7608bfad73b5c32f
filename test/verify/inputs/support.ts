import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll } from 'vitest';
import type { InputProblem } from '../../../src/verify/inputs/types.ts';
import type { Judgments } from '../../../src/verify/measures/types.ts';

/** A folder for the files of one test file. */
export function scratch(): { write: (name: string, content: string | Buffer) => Promise<string> } {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rerankctl-inputs-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return {
    write: async (name, content) => {
      const path = join(folder, name);
      await writeFile(
        path,
        name.endsWith('.gz') && typeof content === 'string' ? gzipSync(content) : content,
      );
      return path;
    },
  };
}

/** `error 3 RCTL_…: what is wrong`. */
export function told(problems: readonly InputProblem[]): string[] {
  return problems.map(({ severity, line, code, message }) => `${severity} ${line} ${code}: ${message}`);
}

export function plain(judgments: Judgments): Record<string, Record<string, number>> {
  return Object.fromEntries([...judgments].map(([query, grades]) => [query, Object.fromEntries(grades)]));
}

/** The lines of a text in which line ends can be seen. */
export function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
