import { plan } from '../../engine/provision.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { type Flags, usage } from '../flags.ts';
import { planJson } from '../render/plan.ts';
import { type Consent, carryOut, openForChanges } from './carry-out.ts';
import { nextWords } from './planning.ts';
import { stackOf } from './shared.ts';

/** Deletes all that the state of a stack holds. Without `--confirm` it shows what that would be, and asks for the name. */
export async function destroyCommand(invocation: Invocation): Promise<CommandResult> {
  const { io, flags, positionals } = invocation;
  const stack = await stackOf(invocation);
  if (positionals.length > 0)
    throw usage(`destroy takes no ${positionals[0]}: it goes by the state of the stack.`);
  const confirm = flags.text('confirm');
  if (confirm !== undefined && confirm !== stack) {
    throw usage(
      `--confirm ${confirm} is not the name of the stack: ${stack}.`,
      `To delete all that ${stack} holds: --confirm ${stack}. For another stack: --stack ${confirm}`,
    );
  }
  const opened = await openForChanges(invocation);
  try {
    const removals = { maxDeletes: Number.POSITIVE_INFINITY, allowDataLoss: flags.on('allow-data-loss') };
    const prepared = await plan(opened.cluster, [], { stack, removals });
    if (prepared.plan.changes.length === 0) {
      if (invocation.output === 'text') io.stdout.write(`The stack ${stack} holds nothing.\n`);
      return {
        exitCode: EXIT.done,
        json: planJson(prepared.plan),
        told: { diagnostics: [], plan: prepared.plan },
      };
    }
    return await carryOut(opened, prepared, invocation, {
      command: 'rerankctl destroy',
      ...(confirm === undefined ? { consent: consentFor(stack, flags) } : {}),
    });
  } finally {
    await opened.cluster.close();
  }
}

/** What cannot be taken back wants more than a y. */
function consentFor(stack: string, flags: Flags): Consent {
  const allowed = flags.on('allow-data-loss') ? ' --allow-data-loss' : '';
  const words = nextWords(
    `destroy --stack ${stack} --confirm ${stack}${allowed}`,
    { flags, files: [], vars: {} },
    [],
  );
  return {
    question: `All of this is deleted for good. Type the name of the stack, ${stack}, to do it:`,
    answer: stack,
    unasked: `To do it: ${words}`,
  };
}
