import type { Flags } from './flags.ts';
import type { Io, Output } from './io.ts';

/** What a command is given. `output` is what stdout has been asked to carry. */
export interface Invocation {
  readonly io: Io;
  readonly flags: Flags;
  readonly positionals: readonly string[];
  readonly output: 'text' | 'json';
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
  /** May stdout carry more than ASCII? */
  readonly unicode: boolean;
  /** stderr as it is, for rows that are laid out and redrawn by themselves. */
  readonly live: { readonly output: Output; readonly unicode: boolean };
}

/** The result of a command: its exit code, and what `--output json` prints beside the envelope. */
export interface CommandResult {
  readonly exitCode: number;
  readonly json: Readonly<Record<string, unknown>>;
}

export type Command = (invocation: Invocation) => Promise<CommandResult>;
