import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/scratch.ts';

/*
 * What a page of the documentation promises, and how it says so:
 *
 *   $ rerankctl plan -f manifests     in a `console` block: a command; lines without `$ ` are its output
 *   rerankctl plan -f manifests       in a `sh` block: every line is a command
 *   … # exit 2                        it ends with 2, and not with 0; `# exit 2: why` says why, `# exit 0 or 8` allows both
 *   … # not run: why                  it is not run here
 *   <!-- not run: why -->             the same for all of the block that follows
 *   <!-- run: command -->             run, and not shown: what the page takes for granted
 *   <!-- names: a, b -->              names on the server that the page makes up: the test renames them
 *   ```yaml manifests/a.yaml          the block is that file, from there on
 */

export interface Command {
  readonly line: number;
  readonly text: string;
  readonly exits: readonly number[];
  readonly notRun?: string;
  /** The page does not show it. */
  readonly hidden?: true;
  /** What the page shows as its output. */
  readonly output: readonly string[];
}

/** A block of YAML; `file` where the page says that it is one. */
export interface Manifest {
  readonly line: number;
  readonly text: string;
  readonly file?: string;
}

export type Step = ({ readonly type: 'command' } & Command) | ({ readonly type: 'manifest' } & Manifest);

export interface Page {
  readonly path: string;
  readonly names: readonly string[];
  readonly steps: readonly Step[];
}

interface Block {
  readonly line: number;
  readonly language: string;
  readonly rest: string;
  readonly lines: readonly string[];
  readonly notRun: string | undefined;
}

export function readPage(path: string): Page {
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  const names: string[] = [];
  const steps: Step[] = [];
  let notRun: string | undefined;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const fence = /^(\s*)(`{3,})\s*(\S*)\s*(.*)$/.exec(line);
    if (fence !== null) {
      const [, indent = '', ticks = '', language = '', rest = ''] = fence;
      const end = lines.findIndex((each, index) => index > at && each.trim() === ticks);
      const inner = lines.slice(at + 1, end).map((each) => each.slice(indent.length));
      steps.push(...stepsOf({ line: at + 2, language, rest, lines: inner, notRun }));
      at = end;
      notRun = undefined;
      continue;
    }
    const comment = /^\s*<!-- (\w[\w ]*): (.*) -->$/.exec(line);
    const [, directive, value = ''] = comment ?? [];
    if (directive === 'not run') notRun = value;
    else if (directive === 'names') names.push(...value.split(/,\s*/));
    else if (directive === 'run')
      steps.push({ type: 'command', line: at + 1, ...command(value), output: [], hidden: true });
    else if (line.trim() !== '') notRun = undefined;
  }
  return { path, names, steps };
}

function stepsOf(block: Block): Step[] {
  const { language, lines, line, rest } = block;
  if (language === 'yaml' || language === 'yml') {
    return [{ type: 'manifest', line, text: lines.join('\n'), ...(rest === '' ? {} : { file: rest }) }];
  }
  const prompted = lines.some((each) => each.startsWith('$ '));
  if (language === 'console' || (language === '' && prompted)) return commandsOf(block, true);
  if (language === 'sh' || language === 'bash') return commandsOf(block, false);
  if (language === '' && lines.some((each) => /^(npx )?rerankctl /.test(each)))
    return commandsOf(block, false);
  return [];
}

function commandsOf({ lines, line, notRun }: Block, prompted: boolean): Step[] {
  const steps: (Command & { output: string[] })[] = [];
  for (let at = 0; at < lines.length; at++) {
    const first = lines[at] ?? '';
    if (prompted && !first.startsWith('$ ')) {
      steps.at(-1)?.output.push(first);
      continue;
    }
    if (first.trim() === '' || first.startsWith('#')) continue;
    const start = at;
    let text = prompted ? first.slice(2) : first;
    while (isOpen(text) && at + 1 < lines.length) text += `\n${lines[++at]}`;
    const made = command(text);
    steps.push({ line: line + start, ...made, ...(notRun === undefined ? {} : { notRun }), output: [] });
  }
  return steps.map((step) => ({ type: 'command', ...step }));
}

/** A line that goes on: `\` at its end, a quotation mark that is not closed, a here-document. */
function isOpen(text: string): boolean {
  const here = /<<\s*'?(\w+)'?/.exec(text)?.[1];
  if (here !== undefined) return !text.split('\n').includes(here);
  return text.endsWith('\\') || text.split("'").length % 2 === 0;
}

function command(text: string): Pick<Command, 'text' | 'exits' | 'notRun'> {
  const note = /\s# (.*)$/.exec(text)?.[1] ?? '';
  const notRun = /^not run: (.*)$/.exec(note)?.[1];
  const exits = /^exit (\d+(?: or \d+)*)/.exec(note)?.[1] ?? '0';
  return { text, exits: exits.split(' or ').map(Number), ...(notRun === undefined ? {} : { notRun }) };
}

/** Every page that people read. */
export const PAGES: readonly Page[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...['docs', 'manifests', 'examples'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .sort(),
  ),
]
  .filter((path) => existsSync(join(ROOT, path)))
  .map(readPage);
