import { styleText } from 'node:util';

/** All that the command line takes from the process, so that a test can hand in its own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Its reason is a `StopAsked`. */
  readonly signal: AbortSignal;
  readStdin(): Promise<string>;
  /** Asks a person; `undefined` when there is none: no terminal, a CI, or a stdin that held something else. */
  ask(question: string): Promise<string | undefined>;
}

/** Why the signal of an `Io` was aborted: who only runs until it is told to stop has then done its work. */
export class StopAsked extends Error {
  override readonly name = 'StopAsked';
  readonly by: 'SIGINT' | 'SIGTERM';

  constructor(by: StopAsked['by']) {
    super(`interrupted by ${by}`);
    this.by = by;
  }
}

export interface Output {
  readonly isTTY: boolean;
  /** As wide as the terminal is now; where there is none, what reports are laid out for. */
  readonly columns: number;
  readonly rows?: number | undefined;
  write(text: string): void;
}

/**
 * More than ASCII? Not where the locale is named and is not UTF-8, nor on a terminal that can do nothing. Containers
 * name no locale, and are looked at through terminals that can.
 */
export function wantsUnicode(output: Output, env: Io['env']): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || 'UTF-8';
  return /utf-?8/i.test(locale) && !(output.isTTY && env.TERM === 'dumb');
}

/** May rows be drawn over each other? */
export function isLive(output: Output, env: Io['env']): boolean {
  return output.isTTY && env.TERM !== 'dumb' && !inCi(env);
}

/** Some runners give their jobs a terminal that nobody sits at. */
export function inCi(env: Io['env']): boolean {
  return !['', '0', 'false'].includes(env.CI ?? '');
}

export type ColorWhen = 'auto' | 'always' | 'never';

/**
 * https://no-color.org: any non-empty value switches colour off. Decided for each stream on its own; a CI gets none by
 * itself, also on a terminal.
 */
export function wantsColor(output: Output, when: ColorWhen, env: Io['env']): boolean {
  if (when !== 'auto') return when === 'always';
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true;
  return isLive(output, env);
}

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

export function painter(color: boolean): Paint {
  return (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
}
