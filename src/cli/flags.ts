import { parseArgs } from 'node:util';
import { RerankctlError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import { COMMANDS, type CommandName } from './command-table.ts';
import type { Flag } from './flag-table.ts';

export class Flags {
  readonly #values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  constructor(values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>) {
    this.#values = values;
  }
  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }
  list(name: string): string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }
  on(name: string): boolean {
    return this.#values[name] === true;
  }
  /** A positive whole number. */
  count(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^[1-9]\d{0,8}$/.test(text)) throw usage(`--${name} takes a positive whole number, not ${text}.`);
    return Number(text);
  }
  /** `NAME=VALUE` pairs. */
  pairs(name: string): Record<string, string> {
    return Object.fromEntries(
      this.list(name).map((pair) => {
        const cut = pair.indexOf('=');
        if (cut <= 0) throw usage(`--${name} takes NAME=VALUE, not ${pair}.`);
        return [pair.slice(0, cut), pair.slice(cut + 1)];
      }),
    );
  }
}

export function usage(message: string, remedy?: string): RerankctlError {
  return new RerankctlError('usage', 'RCTL_USAGE', message, { remedy: remedy ?? 'See rerankctl --help.' });
}

/** The flags of all commands that take a value: the next word belongs to them. */
function takesValue(word: string): boolean {
  const all: readonly Flag[] = Object.values(COMMANDS).flatMap(({ flags }): readonly Flag[] => flags);
  return all.some(
    ({ name, short, value }) =>
      value !== undefined && (word === `--${name}` || (short !== undefined && word === `-${short}`)),
  );
}

/** The command of a line, and its arguments. Flags may stand before it, too. */
export function wordsOf(argv: readonly string[]): [command: string | undefined, args: readonly string[]] {
  let at = 0;
  while (at < argv.length && (argv[at] ?? '').startsWith('-')) at += takesValue(argv[at] ?? '') ? 2 : 1;
  return [argv[at], [...argv.slice(0, at), ...argv.slice(at + 1)]];
}

/** Reads the arguments of one command. Flags may stand before and after positionals. */
export function parseFlags(
  command: CommandName,
  args: readonly string[],
): { flags: Flags; positionals: string[] } {
  const known: readonly Flag[] = COMMANDS[command].flags;
  const options = Object.fromEntries(
    known.map((flag) => [
      flag.name,
      {
        type: flag.value === undefined ? ('boolean' as const) : ('string' as const),
        ...(flag.short === undefined ? {} : { short: flag.short }),
        ...(flag.many ? { multiple: true } : {}),
      },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    const flags = new Flags(values);
    for (const { name, oneOf, count } of known) {
      if (count) flags.count(name);
      const value = flags.text(name);
      if (oneOf !== undefined && value !== undefined && !oneOf.includes(value)) {
        throw usage(`--${name} is one of ${oneOf.join(', ')}, not ${value}.`, didYouMean(value, oneOf));
      }
    }
    return { flags, positionals };
  } catch (error) {
    if (error instanceof RerankctlError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('ERR_PARSE_ARGS')) throw error;
    const unknown = /Unknown option '(--?[^']+)'/.exec((error as Error).message)?.[1];
    if (unknown === undefined)
      throw usage((error as Error).message.split('\n')[0] ?? '', `See rerankctl ${command} --help.`);
    const near = didYouMean(
      unknown,
      known.map(({ name }) => `--${name}`),
    );
    const more = `See rerankctl ${command} --help.`;
    throw usage(`${command} has no flag ${unknown}.`, near === undefined ? more : `${near} ${more}`);
  }
}
