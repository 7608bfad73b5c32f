import type { CommandResult, Invocation } from '../command.ts';
import { usage } from '../flags.ts';

export async function exportCommand(_invocation: Invocation): Promise<CommandResult> {
  throw usage('Not there yet.');
}
