import type { Invocation } from './command.ts';
import { inCi } from './io.ts';

/** What one would do next: said to a person alone, because in a log it is noise. */
export function suggest({ io, output }: Invocation, what: string, words: string): void {
  if (output !== 'text' || !io.stderr.isTTY || inCi(io.env)) return;
  io.stderr.write(`\n${what}: ${words}\n`);
}
