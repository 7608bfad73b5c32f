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
  /** Asks a person; `undefined` when there is none. */
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
  readonly columns: number;
  write(text: string): void;
}

export type ColorWhen = 'auto' | 'always' | 'never';

/** https://no-color.org: any non-empty value switches colour off. Decided for each stream on its own. */
export function wantsColor(output: Output, when: ColorWhen, env: Io['env']): boolean {
  if (when !== 'auto') return when === 'always';
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true;
  return output.isTTY && env.TERM !== 'dumb';
}

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

export function painter(color: boolean): Paint {
  return (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
}
