import type { Event, Listener } from '../../core/events.ts';
import { type Plan, pendingChanges } from '../../core/plan.ts';
import { apply, type PreparedPlan, plan, refuseIfRefused } from '../../engine/provision.ts';
import type { ApplyReport } from '../../engine/run.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { painter } from '../io.ts';
import { lineProgress } from '../progress/lines.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { renderFailures, renderSummary } from '../render/outcomes.ts';
import { planJson, renderPlan } from '../render/plan.ts';
import { clusterOf, loadResources, stackOf, stderrStyle } from './shared.ts';

/** More rows than this do not fit a terminal, and a log is easier to read. */
const MOST_ROWS = 30;

export async function applyCommand(invocation: Invocation): Promise<CommandResult> {
  const stack = stackOf(invocation.flags);
  const { resources } = await loadResources(invocation);
  // Live rows take over from the log once there is a plan.
  let listener: Listener = lineProgress(invocation.io.stderr);
  // Without the signal: a request under way is let finish, so that the next run knows what it did.
  const cluster = await clusterOf(invocation, { listener: (event) => listener(event) });
  try {
    const prepared = await plan(cluster, resources, { stack });
    showPlan(prepared.plan, invocation);
    refuseIfRefused(prepared.plan);
    const planned = planJson(prepared.plan);
    if (pendingChanges(prepared.plan).length === 0) return { exitCode: EXIT.done, json: planned };
    if (!(await confirmed(invocation))) return { exitCode: EXIT.refused, json: planned };
    const progress = await progressFor(prepared.plan, invocation, listener);
    listener = progress.listener;
    const report = await carryOut(cluster, prepared, listener, invocation);
    await progress.done;
    return finish(report, planned, invocation);
  } finally {
    await cluster.close();
  }
}

function showPlan(made: Plan, invocation: Invocation): void {
  const { io, output, color } = invocation;
  const notes = made.diagnostics.filter(({ severity }) => severity !== 'error');
  if (output === 'text') io.stdout.write(renderPlan(made, painter(color.stdout)));
  if (notes.length > 0) io.stderr.write(renderDiagnostics(notes, stderrStyle(invocation)));
}

/** Asks only where there is a person to ask. */
async function confirmed({ io, flags }: Invocation): Promise<boolean> {
  if (flags.on('yes')) return true;
  const answer = await io.ask('\nApply these changes? [y/N] ');
  if (answer === undefined || /^y(es)?$/i.test(answer.trim())) return true;
  io.stderr.write('Nothing was changed.\n');
  return false;
}

/** listr2 is loaded only where there is a terminal for its live rows. */
async function progressFor(
  made: Plan,
  { io, output }: Invocation,
  lines: Listener,
): Promise<{ listener: (event: Event) => void; done: Promise<void> }> {
  const live = io.stderr.isTTY && !io.env.CI && output !== 'json' && pendingChanges(made).length <= MOST_ROWS;
  if (!live) return { listener: lines, done: Promise.resolve() };
  const { taskProgress } = await import('../progress/tasks.ts');
  return taskProgress(made, io.stderr);
}

function carryOut(
  cluster: Cluster,
  prepared: PreparedPlan,
  listener: Listener,
  { io, flags }: Invocation,
): Promise<ApplyReport> {
  return apply(cluster, prepared, {
    listener,
    signal: io.signal,
    parallelism: flags.count('parallelism') ?? 10,
    waitMs: (flags.count('timeout') ?? 600) * 1000,
    command: 'rerankctl apply',
  });
}

function finish(
  report: ApplyReport,
  planned: Record<string, unknown>,
  invocation: Invocation,
): CommandResult {
  const { io, output } = invocation;
  const { outcomes, diagnostics } = report;
  const style = stderrStyle(invocation);
  const problems = [renderFailures(outcomes, style), renderDiagnostics(diagnostics, style)];
  for (const text of problems.filter((each) => each !== '')) io.stderr.write(`\n${text}`);
  if (output === 'text') io.stdout.write(renderSummary(outcomes));
  const whole = diagnostics.length === 0 && outcomes.every(({ result }) => result === 'done');
  if (!whole) {
    io.stderr.write('\nApply again: what was begun is finished, and nothing is made twice.\n');
  }
  return {
    exitCode: io.signal.aborted ? EXIT.interrupted : whole ? EXIT.done : EXIT.incomplete,
    json: { ...planned, outcomes, diagnostics },
  };
}
