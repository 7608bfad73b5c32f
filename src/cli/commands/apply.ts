import { refuseIfStale } from '../../engine/saved-plan.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { usage } from '../flags.ts';
import { suggest } from '../next-step.ts';
import { shownPath } from '../render/diagnostics.ts';
import { type Consent, carryOut, openForChanges } from './carry-out.ts';
import { planCommand } from './plan.ts';
import { applyWords, loadAndPlan, nextWords, requestOf, requestOfSaved, savedPlanOf } from './planning.ts';
import type { ManifestInputs } from './shared.ts';

export async function applyCommand(invocation: Invocation): Promise<CommandResult> {
  const saved = await savedPlanOf(invocation);
  if (invocation.flags.on('dry-run')) {
    if (saved !== undefined)
      throw usage('A saved plan is what a dry run would show.', 'Leave --dry-run out.');
    return planCommand(invocation);
  }
  const request = saved === undefined ? await requestOf(invocation) : requestOfSaved(saved, invocation);
  const opened = await openForChanges(invocation);
  try {
    const { prepared, inputs, resources } = await loadAndPlan(request, invocation, opened.cluster);
    if (saved !== undefined) refuseIfStale(saved, prepared.plan, inputs.digest);
    const unasked = invocation.flags.on('yes') || saved !== undefined;
    const result = await carryOut(opened, prepared, invocation, {
      command: 'rerankctl apply',
      ...(unasked ? {} : { consent: consentFor(invocation, inputs.secretVars) }),
    });
    if (result.exitCode === EXIT.done && resources.some(({ kind }) => kind === 'Verification')) {
      suggest(
        invocation,
        'To see what reranking does',
        verifyWords(request.manifests, inputs.secretVars, invocation),
      );
    }
    return result;
  } finally {
    await opened.cluster.close();
  }
}

/** A saved plan knows its manifests; they are named by where they are. */
function verifyWords(
  { files, vars }: ManifestInputs,
  secretVars: readonly string[] | undefined,
  { flags, io }: Invocation,
): string {
  const shown = files.map((file) => shownPath(file, io.cwd));
  return nextWords('verify', { flags, files: shown, vars, secretVars }, []);
}

function consentFor(invocation: Invocation, secretVars?: readonly string[]): Consent {
  const words = applyWords(invocation, secretVars);
  const save = invocation.flags.list('file').includes('-')
    ? ''
    : ` Or apply a plan that was saved and looked at: ${words.replace('rerankctl apply', 'rerankctl plan -o plan.json')}, then rerankctl apply plan.json`;
  return { question: 'Apply these changes?', unasked: `When they are meant: ${words} --yes.${save}` };
}
