import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { countOf } from '../render/diagnostics.ts';
import { loadResources } from './shared.ts';

export async function validateCommand(invocation: Invocation): Promise<CommandResult> {
  const { resources, diagnostics, files } = await loadResources(invocation);
  if (invocation.output === 'text') {
    invocation.io.stdout.write(
      `Valid: ${countOf(resources.length, 'resource')} in ${countOf(files.length, 'file')}.\n`,
    );
  }
  return {
    exitCode: EXIT.done,
    json: { resources: resources.map(({ address, dependsOn }) => ({ address, dependsOn })), diagnostics },
  };
}
