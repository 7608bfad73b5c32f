import { refuseIfStale } from '../../engine/saved-plan.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { type Consent, carryOut, openForChanges } from './carry-out.ts';
import { applyWords, loadAndPlan, requestOf, requestOfSaved, savedPlanOf } from './planning.ts';

export async function applyCommand(invocation: Invocation): Promise<CommandResult> {
  const saved = await savedPlanOf(invocation);
  const request = saved === undefined ? requestOf(invocation) : requestOfSaved(saved);
  const opened = await openForChanges(invocation);
  try {
    const { prepared, inputs } = await loadAndPlan(request, invocation, opened.cluster);
    if (saved !== undefined) refuseIfStale(saved, prepared.plan, inputs.digest);
    const unasked = invocation.flags.on('yes') || saved !== undefined;
    return await carryOut(opened, prepared, invocation, {
      command: 'rerankctl apply',
      ...(unasked ? {} : { consent: consentFor(invocation) }),
    });
  } finally {
    await opened.cluster.close();
  }
}

function consentFor(invocation: Invocation): Consent {
  const words = applyWords(invocation);
  const save = invocation.flags.list('file').includes('-')
    ? ''
    : ` Or apply a plan that was saved and looked at: ${words.replace('rerankctl apply', 'rerankctl plan -o plan.json')}, then rerankctl apply plan.json`;
  return { question: 'Apply these changes?', unasked: `When they are meant: ${words} --yes.${save}` };
}
