import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Event, Listener } from '../../core/events.ts';
import { type Plan, pendingChanges } from '../../core/plan.ts';
import { conclusionOf } from '../../engine/conclusion.ts';
import { apply, type PreparedPlan, refuseIfRefused } from '../../engine/provision.ts';
import type { ReleaseReport } from '../../engine/release.ts';
import type { ApplyReport } from '../../engine/run.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { painter } from '../io.ts';
import { shownFrom } from '../places.ts';
import { lineProgress } from '../progress/lines.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { renderFailures, renderSummary } from '../render/outcomes.ts';
import { planJson, renderPlan } from '../render/plan.ts';
import { renderVerification } from '../render/verification.ts';
import { clusterOf, stderrStyle } from './shared.ts';

/** More rows than this do not fit a terminal, and a log is easier to read. */
const MOST_ROWS = 30;

/** A cluster whose retries are told as lines, until live rows take over from them. */
export async function openForChanges(
  invocation: Invocation,
): Promise<{ cluster: Cluster; follow(listener: Listener): void }> {
  let listener: Listener = lineProgress(invocation.io.stderr);
  // Without the signal: a request under way is let finish, so that the next run knows what it did.
  const cluster = await clusterOf(invocation, { listener: (event) => listener(event) });
  return {
    cluster,
    follow: (next) => {
      listener = next;
    },
  };
}

export interface CarryOut {
  /** For whoever finds the stack locked. */
  readonly command: string;
  /** Asked of a person before anything is changed; absent where that was said already. */
  readonly question?: string;
}

/** Shows a plan, asks where there is a person to ask, and carries it out with progress on stderr. */
export async function carryOut(
  { cluster, follow }: Awaited<ReturnType<typeof openForChanges>>,
  prepared: PreparedPlan,
  invocation: Invocation,
  { command, question }: CarryOut,
): Promise<CommandResult> {
  const { io, flags } = invocation;
  showPlan(prepared.plan, invocation);
  refuseIfRefused(prepared.plan);
  const planned = planJson(prepared.plan);
  if (pendingChanges(prepared.plan).length === 0) return { exitCode: EXIT.done, json: planned };
  if (question !== undefined && !(await confirmed(question, invocation))) {
    return { exitCode: EXIT.refused, json: planned };
  }
  const progress = await progressFor(prepared.plan, invocation);
  follow(progress.listener);
  const report = await apply(cluster, prepared, {
    listener: progress.listener,
    signal: io.signal,
    parallelism: flags.count('parallelism') ?? 10,
    waitMs: (flags.count('timeout') ?? 600) * 1000,
    command,
    keepCandidate: flags.on('keep-candidate'),
  });
  await progress.done;
  return finish(report, prepared.plan, invocation);
}

function showPlan(made: Plan, invocation: Invocation): void {
  const { io, output, color } = invocation;
  const notes = made.diagnostics.filter(({ severity }) => severity !== 'error');
  if (output === 'text') io.stdout.write(renderPlan(made, painter(color.stdout)));
  if (notes.length > 0) io.stderr.write(renderDiagnostics(notes, stderrStyle(invocation)));
}

async function confirmed(question: string, { io }: Invocation): Promise<boolean> {
  const answer = await io.ask(`\n${question} [y/N] `);
  if (answer === undefined || /^y(es)?$/i.test(answer.trim())) return true;
  io.stderr.write('Nothing was changed.\n');
  return false;
}

/** listr2 is loaded only where there is a terminal for its live rows. */
async function progressFor(
  made: Plan,
  { io, output }: Invocation,
): Promise<{ listener: (event: Event) => void; done: Promise<void> }> {
  const live = io.stderr.isTTY && !io.env.CI && output !== 'json' && pendingChanges(made).length <= MOST_ROWS;
  if (!live) return { listener: lineProgress(io.stderr), done: Promise.resolve() };
  const { taskProgress } = await import('../progress/tasks.ts');
  return taskProgress(made, io.stderr);
}

function finish(report: ApplyReport, made: Plan, invocation: Invocation): CommandResult {
  const { io, output, color } = invocation;
  const { outcomes, diagnostics, release } = report;
  const style = stderrStyle(invocation);
  if (output === 'text' && release !== undefined && release.verdict !== 'pass') {
    const table = { color: color.stdout, width: io.stdout.columns, unicode: true };
    const unheld = release.reports.filter(({ verdict }) => verdict !== 'pass');
    const texts = unheld.map((each) => renderVerification(shownFrom(io.cwd, each), table));
    io.stdout.write(`\n${texts.join('')}`);
  }
  const problems = [renderFailures(outcomes, style), renderDiagnostics(diagnostics, style)];
  for (const text of problems.filter((each) => each !== '')) io.stderr.write(`\n${text}`);
  if (output === 'text') io.stdout.write(renderSummary(outcomes));
  if (conclusionOf(report) === 'incomplete') {
    io.stderr.write('\nRun it again: what was begun is finished, and nothing is made twice.\n');
  }
  // What was said of the plan is said of what it came to, too.
  const all: readonly Diagnostic[] = [...made.diagnostics, ...diagnostics];
  return {
    exitCode: io.signal.aborted ? EXIT.interrupted : exitCodeOfReport(report),
    json: {
      ...planJson(made),
      outcomes,
      diagnostics: all,
      ...(release === undefined ? {} : { release: shownRelease(release, io.cwd) }),
    },
  };
}

function shownRelease(release: ReleaseReport, cwd: string): ReleaseReport {
  return { ...release, reports: release.reports.map((report) => shownFrom(cwd, report)) };
}

export function exitCodeOfReport(report: ApplyReport): number {
  const conclusion = conclusionOf(report);
  if (conclusion === 'stopped') return EXIT_OF_RELEASE[report.release?.verdict ?? 'error'];
  return conclusion === 'done' ? EXIT.done : EXIT.incomplete;
}

/** Nothing else went wrong than that the verifications did not let it through. */
const EXIT_OF_RELEASE = {
  pass: EXIT.incomplete,
  fail: EXIT.gateFailed,
  inconclusive: EXIT.inconclusive,
  error: EXIT.incomplete,
} as const;
