import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { RerankctlError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import type { VerificationReport } from '../verify/report.ts';
import { runsOf } from '../verify/runs.ts';
import type { Invocation } from './command.ts';

/** What stdout does not carry: reports for people, CI and other tools, each a file that a flag names. */
export async function writeFiles(
  { flags, io }: Pick<Invocation, 'flags' | 'io'>,
  reports: readonly VerificationReport[],
): Promise<void> {
  const text = !flags.on('no-text');
  const write = (flag: string, content: () => Promise<string>): Promise<void> | undefined => {
    const file = flags.text(flag);
    return file === undefined ? undefined : content().then((made) => save(io, file, made));
  };
  await write('html', async () =>
    (await import('./render/page/page.ts')).renderPage(reports, { text, version: VERSION }),
  );
  await write('markdown', async () =>
    (await import('./render/markdown.ts')).renderMarkdown(reports, { text }),
  );
  await write('junit', async () => (await import('./render/junit.ts')).renderJunit(reports));
  const folder = flags.text('runs');
  if (folder === undefined) return;
  const { runLines } = await import('../verify/inputs/run-file.ts');
  for (const report of reports) {
    for (const [arm, run] of runsOf(report)) {
      const name = report.address.replace(/^[^/]*\//, '').replaceAll(/[^\w.-]/g, '_');
      await save(io, join(folder, `${name}.${arm}.trec`), runLines(arm, run));
    }
  }
}

/** Writes a file that the user named, and its folder. */
export async function save(io: Invocation['io'], file: string, content: string): Promise<void> {
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
