import { type Diagnostic, hasErrors } from '../../core/diagnostic.ts';
import { pendingChanges } from '../../core/plan.ts';
import { plan } from '../../engine/provision.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { painter } from '../io.ts';
import { lineProgress } from '../progress/lines.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { renderDrift } from '../render/drift.ts';
import { planJson } from '../render/plan.ts';
import { applyWords } from './planning.ts';
import { clusterOf, loadResources, stackOf, stderrStyle } from './shared.ts';

/** What in the cluster is not as the last apply left it. Changes that only wait in git are counted, and no drift. */
export async function driftCommand(invocation: Invocation): Promise<CommandResult> {
  const { io, output, color } = invocation;
  const stack = await stackOf(invocation);
  const { resources, secretVars } = await loadResources(invocation);
  const cluster = await clusterOf(invocation, { listener: lineProgress(io.stderr), signal: io.signal });
  try {
    const { plan: made } = await plan(cluster, resources, { stack });
    const drifted = pendingChanges(made).filter((change) => change.drifted);
    const style = stderrStyle(invocation);
    if (output === 'text') io.stdout.write(renderDrift(made, drifted, painter(color.stdout)));
    const problems: readonly Diagnostic[] = made.diagnostics;
    if (problems.length > 0) io.stderr.write(`\n${renderDiagnostics(problems, style)}`);
    if (drifted.length > 0 && output === 'text') {
      io.stderr.write(`\nTo heal it: ${applyWords(invocation, secretVars)}\n`);
    }
    const { changes: _changes, ...planned } = planJson(made);
    const json = {
      ...planned,
      changes: planJson({ ...made, changes: pendingChanges(made) }).changes,
      drifted: drifted.length,
    };
    // What cannot even be compared is no clean bill.
    const exitCode = drifted.length > 0 ? EXIT.pending : hasErrors(problems) ? EXIT.refused : EXIT.done;
    return { exitCode, json, told: { diagnostics: problems, plan: made, drifted } };
  } finally {
    await cluster.close();
  }
}
