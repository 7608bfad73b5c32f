import { refuseIfStale } from '../../engine/saved-plan.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { carryOut, openForChanges } from './carry-out.ts';
import { loadAndPlan, requestOf, requestOfSaved, savedPlanOf } from './planning.ts';

export async function applyCommand(invocation: Invocation): Promise<CommandResult> {
  const saved = await savedPlanOf(invocation);
  const request = saved === undefined ? await requestOf(invocation) : requestOfSaved(saved);
  const opened = await openForChanges(invocation);
  try {
    const { prepared, inputs } = await loadAndPlan(request, invocation, opened.cluster);
    if (saved !== undefined) refuseIfStale(saved, prepared.plan, inputs.digest);
    const unasked = invocation.flags.on('yes') || saved !== undefined;
    return await carryOut(opened, prepared, invocation, {
      command: 'rerankctl apply',
      ...(unasked ? {} : { question: 'Apply these changes?' }),
    });
  } finally {
    await opened.cluster.close();
  }
}
