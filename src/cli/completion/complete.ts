import { homedir } from 'node:os';
import { isObject, textAt } from '../../core/json.ts';
import { COMMANDS, type CommandHelp, type CommandName } from '../command-table.ts';
import type { Flag } from '../flag-table.ts';
import { SHELLS } from './scripts.ts';

export interface Candidate {
  readonly value: string;
  readonly about?: string;
}

/** What may stand at the cursor. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Offer paths too, or leave no space behind, because the word may go on. */
  readonly besides: 'nothing' | 'files' | 'folders' | 'nospace';
}

const NOTHING = offer([]);
const FILES = offer([], 'files');
const FOLDERS = offer([], 'folders');

function offer(found: Iterable<string | Candidate>, besides: Completion['besides'] = 'nothing'): Completion {
  return { candidates: [...found].map((one) => (typeof one === 'string' ? { value: one } : one)), besides };
}

/**
 * Completes the word `current` after the words `before`, of a command line without the name of the program. Of
 * `--flag=value` it completes the value alone. Knows what the table of commands says, and reads the manifests that
 * -f names; it contacts nothing.
 */
export async function complete(current: string, before: readonly string[], cwd: string): Promise<Completion> {
  const words = joined(before);
  const [first, ...rest] = words;
  const [, spelt, part = ''] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  const found = await candidatesFor(first, rest, {
    current: spelt === undefined ? current : part,
    spelt,
    cwd,
  });
  const wanted = spelt === undefined ? current : part;
  return { ...found, candidates: found.candidates.filter(({ value }) => value.startsWith(wanted)) };
}

interface Cursor {
  readonly current: string;
  /** The flag that `current` is a value of by `=`. */
  readonly spelt: string | undefined;
  readonly cwd: string;
}

async function candidatesFor(
  first: string | undefined,
  rest: readonly string[],
  { current, spelt, cwd }: Cursor,
): Promise<Completion> {
  if (first === undefined || (first === 'help' && rest.length === 0)) return commandNames(current);
  if (!Object.hasOwn(COMMANDS, first)) return NOTHING;
  const command: CommandHelp = COMMANDS[first as CommandName];
  const { given, open, onlyWords } = readWords(command, rest);
  const flag = spelt === undefined ? open : flagOf(command, spelt);
  if (flag !== undefined) return valuesOf(flag, given, cwd);
  if (spelt !== undefined) return NOTHING;
  if (current.startsWith('-') && !onlyWords) return flagNames(command, given);
  const place = given.filter(({ flag: of }) => of === undefined).length;
  return wordsOf(command, current, place);
}

/** A word that was given, with the flag that it is a value of. */
interface Given {
  readonly flag: Flag | undefined;
  readonly value: string;
}

function readWords(
  command: CommandHelp,
  words: readonly string[],
): { given: Given[]; open: Flag | undefined; onlyWords: boolean } {
  const given: Given[] = [];
  let open: Flag | undefined;
  let onlyWords = false;
  for (const word of words) {
    const isFlag = !onlyWords && open === undefined && word.startsWith('-') && word.length > 1;
    if (word === '--' && isFlag) onlyWords = true;
    else if (isFlag) {
      const [name = '', ...value] = word.split('=');
      const flag = flagOf(command, name);
      if (flag?.value !== undefined && value.length === 0) open = flag;
      else if (flag !== undefined) given.push({ flag, value: value.join('=') });
    } else {
      given.push({ flag: open, value: word });
      open = undefined;
    }
  }
  return { given, open, onlyWords };
}

function flagOf({ flags }: CommandHelp, word: string): Flag | undefined {
  return flags.find(({ name, short }) => word === `--${name}` || word === `-${short}`);
}

function commandNames(current: string): Completion {
  if (current.startsWith('-')) {
    return offer(['--help', '--version']);
  }
  const commands = Object.entries(COMMANDS).map(([value, { summary }]) => ({ value, about: summary }));
  return offer(commands);
}

function flagNames({ flags }: CommandHelp, given: readonly Given[]): Completion {
  const left = flags.filter((flag) => flag.many === true || !given.some((one) => one.flag === flag));
  return offer(left.map(({ name, help }) => ({ value: `--${name}`, about: help })));
}

async function valuesOf(flag: Flag, given: readonly Given[], cwd: string): Promise<Completion> {
  if (flag.oneOf !== undefined) return offer(flag.oneOf);
  switch (flag.value) {
    case 'PATH':
    case 'FILE':
      return FILES;
    case 'FOLDER':
      return FOLDERS;
    case 'ADDRESS':
      return offer(await addresses(given, cwd));
    case 'KIND': {
      const { KIND_NAMES } = await import('../../manifest/schema.ts');
      return offer(KIND_NAMES);
    }
    default:
      return NOTHING;
  }
}

/** The resources that the manifests named so far declare. What cannot be read is left out without a word. */
async function addresses(given: readonly Given[], cwd: string): Promise<string[]> {
  const { readSources } = await import('../../manifest/files.ts');
  const { parseSource } = await import('../../manifest/parse.ts');
  const files = given
    .filter(({ flag, value }) => (flag === undefined || flag.name === 'file') && value !== '-')
    .map(({ value }) => unquoted(value));
  const { sources } = await readSources(files, { cwd });
  const found = sources.flatMap(parseSource).flatMap(({ documents }) =>
    documents.flatMap(({ data }) => {
      const kind = isObject(data) ? textAt(data, 'kind') : undefined;
      const name = textAt(data, 'metadata', 'name');
      return kind === undefined || name === undefined ? [] : [`${kind}/${name}`];
    }),
  );
  return [...new Set(found)].sort();
}

/** Shells hand words over as they were typed. */
function unquoted(word: string): string {
  const [, inside] = /^["'](.*?)["']?$/s.exec(word) ?? [];
  const text = inside ?? word.replaceAll(/\\(.)/gs, '$1');
  return inside === undefined && text.startsWith('~/') ? homedir() + text.slice(1) : text;
}

async function wordsOf({ words, flags }: CommandHelp, current: string, place: number): Promise<Completion> {
  if (words === undefined) return flags.some(({ name }) => name === 'file') ? FILES : NOTHING;
  if (place > 0) return NOTHING;
  if (typeof words !== 'string') return offer(words);
  switch (words) {
    case 'folder':
      return FOLDERS;
    case 'shell':
      return offer(SHELLS);
    case 'schema': {
      const { SCHEMA_NAMES } = await import('../json-schemas.ts');
      return offer(SCHEMA_NAMES);
    }
    case 'field':
      return fields(current);
  }
}

/** `Model.model_c`: kinds first, then their fields, level by level; and codes of messages. */
async function fields(current: string): Promise<Completion> {
  if (/^R(C|$)/.test(current)) {
    const { CODES } = await import('../../catalogue/codes.ts');
    return offer(Object.keys(CODES));
  }
  const { fieldHelp, SUBJECTS } = await import('../../manifest/fields.ts');
  const above = current.slice(0, Math.max(0, current.lastIndexOf('.')));
  if (above === '') return offer(SUBJECTS, 'nospace');
  const found = fieldHelp(above);
  if ('missing' in found) return NOTHING;
  const inner = found.fields.map(({ path, description }) => ({
    value: `${above}.${path.split('.').at(-1)}`,
    about: description.split('. ')[0] ?? '',
  }));
  return offer(inner, 'nospace');
}

/** bash takes `=` for a word of its own: `--output = json`, `NAME = VALUE`. */
function joined(words: readonly string[]): string[] {
  const result: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const last = result.at(-1);
    if (word !== '=' || last === undefined) result.push(word);
    else if (!last.startsWith('-')) {
      i++;
      result[result.length - 1] = `${last}=${words[i] ?? ''}`;
    }
  }
  return result;
}
