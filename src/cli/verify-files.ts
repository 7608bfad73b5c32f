import { join } from 'node:path';
import { VERSION } from '../core/version.ts';
import type { VerificationReport } from '../verify/report.ts';
import { runsOf } from '../verify/runs.ts';
import type { Invocation } from './command.ts';
import { save } from './save.ts';

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
