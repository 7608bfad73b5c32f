import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ran } from '../support/cli.ts';
import { ROOT } from '../support/scratch.ts';
import { type Command, PAGES, type Page } from './page.ts';
import { type Docs, openDocs, type Project } from './project.ts';

/** What may be run; anything else has to say why it is not. */
const RUNNABLE = /^(\w+=\S* )*(npx rerankctl|rerankctl|curl|export|mkdir) /;

const commandsOf = (page: Page): Command[] =>
  page.steps.flatMap((step) => (step.type === 'command' ? step : []));
const destroys = (page: Page): boolean =>
  commandsOf(page).some(({ text, notRun }) => / destroy /.test(text) && notRun === undefined);

/** Numbers, and white space that depends on them, are no part of what is promised. */
const shapeOf = (line: string): string =>
  line
    .replace(/\d+(\.\d+)?/g, 'N')
    .replace(/\s+/g, ' ')
    .trim();

describe('commands of the documentation', () => {
  let docs: Docs;
  beforeAll(async () => {
    docs = await openDocs();
  });
  afterAll(() => docs.clear());

  it('each is run here, or the page says why not', () => {
    const all = PAGES.flatMap((page) => commandsOf(page).map((command) => ({ page: page.path, ...command })));
    const silent = all.filter(
      ({ text, notRun, hidden }) => !hidden && notRun === undefined && !RUNNABLE.test(`${text} `),
    );
    expect(silent.map(({ page, line, text }) => `${page}:${line} ${text}`)).toEqual([]);
    // A reason that names a test names one that there is.
    const named = all.flatMap(({ notRun = '' }) => notRun.match(/(test|scripts|\.ci)\/[\w./-]*\w/g) ?? []);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const left = all.filter(({ notRun }) => notRun !== undefined);
    const list = left.map(
      ({ page, line, text, notRun }) => `${page}:${line} ${text.split('\n')[0]?.slice(0, 60)} (${notRun})\n`,
    );
    process.stdout.write(`Not run here:\n${list.join('')}`);
  });

  // Pages share what they have applied; those that delete it come last.
  const pages = PAGES.filter((page) => commandsOf(page).some(({ notRun }) => notRun === undefined));
  const inOrder = [...pages.filter((page) => !destroys(page)), ...pages.filter(destroys)];
  it.each(inOrder.map((page) => [page.path, page] as const))('%s', async (_path, page) => {
    const project = await docs.open(page);
    try {
      for (const step of page.steps) {
        if (step.type === 'manifest') {
          if (step.file !== undefined) await project.write(step.file, step.text);
        } else if (step.notRun === undefined) await keepsItsPromise(project, page, step);
      }
    } finally {
      await project.close();
    }
  });

  async function keepsItsPromise(project: Project, page: Page, command: Command): Promise<void> {
    const ran: Ran = await project.run(command.text);
    const told = `${page.path}:${command.line}: ${command.text}\n${ran.stdout}${ran.stderr}`;
    expect(command.exits, told).toContain(ran.code);
    // Only the beginning of a line: where it is cut depends on the names in it.
    const begin = (line: string): string => shapeOf(line).slice(0, 40);
    const real = ran.stdout.replaceAll(docs.suffix, '').split('\n').map(begin);
    const shown = command.output.map(begin).filter((line) => line !== '' && line !== '…');
    for (const line of shown) expect(real, `${told}\nshown in line: ${line}`).toContain(line);
  }

  it('the session in the README ends with Washington first', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    expect(readme).toMatch(/^ +1 +\d+ .* Washington, D\.C\./m);
  });
});
