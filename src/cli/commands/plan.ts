import { hasErrors } from '../../core/diagnostic.ts';
import { pendingChanges } from '../../core/plan.ts';
import { plan } from '../../engine/provision.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { painter } from '../io.ts';
import { lineProgress } from '../progress/lines.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { planJson, renderPlan } from '../render/plan.ts';
import { clusterOf, loadResources, stackOf, stderrStyle } from './shared.ts';

export async function planCommand(invocation: Invocation): Promise<CommandResult> {
  const { io, flags, output, color } = invocation;
  const stack = stackOf(flags);
  const { resources } = await loadResources(invocation);
  const cluster = await clusterOf(invocation, { listener: lineProgress(io.stderr), signal: io.signal });
  try {
    const { plan: made } = await plan(cluster, resources, { stack });
    if (output === 'text') io.stdout.write(renderPlan(made, painter(color.stdout)));
    if (made.diagnostics.length > 0)
      io.stderr.write(`\n${renderDiagnostics(made.diagnostics, stderrStyle(invocation))}`);
    const refused = hasErrors(made.diagnostics);
    if (refused) io.stderr.write('\nApply would refuse this plan: nothing would be changed.\n');
    else if (output === 'text' && pendingChanges(made).length > 0) {
      io.stderr.write(
        `\nTo make it so: rerankctl apply ${flags
          .list('file')
          .map((file) => `-f ${file}`)
          .join(' ')}\n`,
      );
    }
    const pending = pendingChanges(made).length > 0 && flags.on('detailed-exitcode');
    return { exitCode: refused ? EXIT.refused : pending ? EXIT.pending : EXIT.done, json: planJson(made) };
  } finally {
    await cluster.close();
  }
}
