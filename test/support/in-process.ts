import { run } from '../../src/cli/run.ts';
import type { Ran } from './cli.ts';

interface Options {
  /** Empty without. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | (() => Promise<string>);
  readonly cwd?: string;
  /** Which streams are terminals. */
  readonly terminal?: { readonly stdout?: boolean; readonly stderr?: boolean };
  readonly columns?: number;
  readonly signal?: AbortSignal;
  /** What a person says to each question; nobody is there without. */
  readonly answer?: string;
}

/** One command line without a process of its own: for tables of many, where no signal and no real terminal counts. */
export async function inProcess(
  args: readonly string[],
  { env = {}, stdin = '', cwd = process.cwd(), terminal = {}, columns = 80, signal, answer }: Options = {},
): Promise<Ran> {
  const texts = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY: terminal[name] ?? false,
    columns,
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const code = await run(args, {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env,
    cwd,
    signal: signal ?? new AbortController().signal,
    readStdin: typeof stdin === 'string' ? async () => stdin : stdin,
    ask: async () => answer,
  });
  return { code, ...texts };
}
