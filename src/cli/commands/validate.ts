import { hasErrors } from '../../core/diagnostic.ts';
import { lint } from '../../engine/lint.ts';
import { tooNewFor } from '../../engine/versions.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { type Flags, usage } from '../flags.ts';
import { lintLevels } from '../lint-levels.ts';
import { suggest } from '../next-step.ts';
import { countOf, renderDiagnostics } from '../render/diagnostics.ts';
import { manifestFailure } from '../render/failure.ts';
import { nextWords } from './planning.ts';
import { loadResources, manifestInputs, stderrStyle } from './shared.ts';

export async function validateCommand(invocation: Invocation): Promise<CommandResult> {
  const levels = lintLevels(invocation.flags);
  const { resources, diagnostics: found, files, secretVars } = await loadResources(invocation);
  const traps = [...tooNewFor(versionOf(invocation.flags), resources), ...lint(resources, levels)];
  if (hasErrors(traps)) throw manifestFailure(traps);
  if (traps.length > 0) invocation.io.stderr.write(`${renderDiagnostics(traps, stderrStyle(invocation))}\n`);
  const diagnostics = [...found, ...traps];
  if (invocation.output === 'text') {
    invocation.io.stdout.write(
      `Valid: ${countOf(resources.length, 'resource')} in ${countOf(files.length, 'file')}.\n`,
    );
  }
  suggest(
    invocation,
    'To see what would change',
    nextWords('plan', { flags: invocation.flags, ...manifestInputs(invocation), secretVars }, []),
  );
  return {
    exitCode: EXIT.done,
    told: { diagnostics },
    json: { resources: resources.map(({ address, dependsOn }) => ({ address, dependsOn })), diagnostics },
  };
}

/** The server that the manifests are for; without a word about it, one that knows everything. */
function versionOf(flags: Flags): string {
  const version = flags.text('for-version') ?? '999';
  if (!/^\d+(\.\d+){0,2}$/.test(version)) {
    throw usage(`--for-version ${version} is no version of OpenSearch.`, 'Write it like 2.19.1 or 3.6.');
  }
  return version;
}
