import type { Flags } from './flags.ts';
import type { Format } from './formats/format.ts';
import type { Live } from './formats/reporting.ts';
import type { Told } from './formats/told.ts';
import type { Io, Output } from './io.ts';

/** What a command is given. `output` is what stdout has been asked to carry. */
export interface Invocation {
  readonly io: Io;
  readonly flags: Flags;
  readonly positionals: readonly string[];
  readonly output: Format;
  /** Told of everything as it happens; absent where nobody listens. */
  readonly stream: Live | undefined;
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
  /** May stdout carry more than ASCII? */
  readonly unicode: boolean;
  /** stderr as it is, for rows that are laid out and redrawn by themselves. */
  readonly live: { readonly output: Output; readonly unicode: boolean };
}

/** The result of a command: its exit code, what `--output json` prints beside the envelope, and what all formats show. */
export interface CommandResult {
  readonly exitCode: number;
  readonly json: Readonly<Record<string, unknown>>;
  readonly told?: Told;
}

export type Command = (invocation: Invocation) => Promise<CommandResult>;
