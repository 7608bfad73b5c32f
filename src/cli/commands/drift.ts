import type { CommandResult, Invocation } from '../command.ts';
import { usage } from '../flags.ts';

export async function driftCommand(_invocation: Invocation): Promise<CommandResult> {
  throw usage('Not there yet.');
}
