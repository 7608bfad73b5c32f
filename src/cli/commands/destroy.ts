import { plan } from '../../engine/provision.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { usage } from '../flags.ts';
import { painter } from '../io.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { planJson, renderPlan } from '../render/plan.ts';
import { carryOut, openForChanges } from './carry-out.ts';
import { stackOf, stderrStyle } from './shared.ts';

/** Deletes all that the state of a stack holds. Without `--confirm` it shows what that would be. */
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
      return { exitCode: EXIT.done, json: planJson(prepared.plan) };
    }
    if (confirm !== undefined) {
      return await carryOut(opened, prepared, invocation, { command: 'rerankctl destroy' });
    }
    const { plan: made } = prepared;
    if (invocation.output === 'text') io.stdout.write(renderPlan(made, painter(invocation.color.stdout)));
    if (made.diagnostics.length > 0)
      io.stderr.write(renderDiagnostics(made.diagnostics, stderrStyle(invocation)));
    io.stderr.write(
      `\nNothing was deleted. To do it: rerankctl destroy --stack ${stack} --confirm ${stack}\n`,
    );
    return { exitCode: EXIT.refused, json: planJson(made) };
  } finally {
    await opened.cluster.close();
  }
}
