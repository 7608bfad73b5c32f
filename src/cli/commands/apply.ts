import type { Event } from '../../core/events.ts';
import { type Plan, pendingChanges } from '../../core/plan.ts';
import type { ApplyReport } from '../../engine/apply.ts';
import { apply, plan, refuseIfRefused } from '../../engine/provision.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { painter } from '../io.ts';
import { lineProgress } from '../progress/lines.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { renderFailures, renderSummary } from '../render/outcomes.ts';
import { planJson, renderPlan } from '../render/plan.ts';
import { clusterOf, loadResources, stackOf, stderrStyle } from './shared.ts';

/** `refresh` of the live rows of listr2 is loaded only where there is a terminal to draw on. */
async function progressFor(
  made: Plan,
  { io, output }: Invocation,
): Promise<{ listener: (event: Event) => void; done: Promise<void> }> {
  if (!io.stderr.isTTY || io.env.CI || output === 'json') {
    return { listener: lineProgress(io.stderr), done: Promise.resolve() };
  }
  const { taskProgress } = await import('../progress/tasks.ts');
  return taskProgress(made, io.stderr);
}

function exitCodeFor(report: ApplyReport, interrupted: boolean): number {
  if (interrupted) return EXIT.interrupted;
  const bad = report.outcomes.some(({ result }) => result !== 'done') || report.diagnostics.length > 0;
  return bad ? EXIT.incomplete : EXIT.done;
}

export async function applyCommand(invocation: Invocation): Promise<CommandResult> {
  const { io, flags, output, color } = invocation;
  const stack = stackOf(flags);
  const { resources } = await loadResources(invocation);
  // Without the signal: a request under way is let finish, so that the next run knows what it did.
  const cluster = await clusterOf(invocation, { listener: lineProgress(io.stderr) });
  try {
    const prepared = await plan(cluster, resources, { stack });
    const notes = prepared.plan.diagnostics.filter(({ severity }) => severity !== 'error');
    if (output === 'text') io.stdout.write(renderPlan(prepared.plan, painter(color.stdout)));
    if (notes.length > 0) io.stderr.write(renderDiagnostics(notes, stderrStyle(invocation)));
    refuseIfRefused(prepared.plan);
    if (pendingChanges(prepared.plan).length === 0)
      return { exitCode: EXIT.done, json: planJson(prepared.plan) };
    if (!flags.on('yes')) {
      const answer = await io.ask('\nApply these changes? [y/N] ');
      if (answer !== undefined && !/^y(es)?$/i.test(answer.trim())) {
        io.stderr.write('Nothing was changed.\n');
        return { exitCode: EXIT.refused, json: planJson(prepared.plan) };
      }
    }
    const progress = await progressFor(prepared.plan, invocation);
    const report = await apply(cluster, prepared, {
      listener: progress.listener,
      signal: io.signal,
      parallelism: flags.count('parallelism') ?? 10,
      waitMs: (flags.count('timeout') ?? 600) * 1000,
    });
    await progress.done;
    const exitCode = exitCodeFor(report, io.signal.aborted);
    const failures = renderFailures(report.outcomes, stderrStyle(invocation));
    if (failures !== '') io.stderr.write(`\n${failures}`);
    if (report.diagnostics.length > 0)
      io.stderr.write(`\n${renderDiagnostics(report.diagnostics, stderrStyle(invocation))}`);
    if (output === 'text') io.stdout.write(renderSummary(report.outcomes));
    if (exitCode !== EXIT.done)
      io.stderr.write(
        '\nApply again when that is mended: what was begun is finished, and nothing is made twice.\n',
      );
    return {
      exitCode,
      json: { ...planJson(prepared.plan), outcomes: report.outcomes, diagnostics: report.diagnostics },
    };
  } finally {
    await cluster.close();
  }
}
