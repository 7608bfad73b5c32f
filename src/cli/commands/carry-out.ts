import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Listener } from '../../core/events.ts';
import { type Plan, pendingChanges } from '../../core/plan.ts';
import { conclusionOf } from '../../engine/conclusion.ts';
import { apply, type PreparedPlan, refuseIfRefused } from '../../engine/provision.ts';
import type { ReleaseReport } from '../../engine/release.ts';
import type { ApplyReport } from '../../engine/run.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import type { Told } from '../formats/told.ts';
import { isLive, painter } from '../io.ts';
import { shownFrom } from '../places.ts';
import { lineProgress, type Progress } from '../progress/lines.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { renderFailures, renderSummary } from '../render/outcomes.ts';
import { planJson, renderPlan } from '../render/plan.ts';
import { renderVerification } from '../render/verification.ts';
import { alsoStreamed, clusterOf, stderrStyle, tableStyle } from './shared.ts';

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
  readonly consent?: Consent;
}

export interface Consent {
  readonly question: string;
  /** What has to be typed; by default y or yes does. */
  readonly answer?: string;
  /** What to type where there is nobody to ask. */
  readonly unasked: string;
}

/** Shows a plan, asks where there is a person to ask, and carries it out with progress on stderr. */
export async function carryOut(
  { cluster, follow }: Awaited<ReturnType<typeof openForChanges>>,
  prepared: PreparedPlan,
  invocation: Invocation,
  { command, consent }: CarryOut,
): Promise<CommandResult> {
  const { io, flags } = invocation;
  showPlan(prepared.plan, invocation);
  refuseIfRefused(prepared.plan);
  const planned = planJson(prepared.plan);
  if (pendingChanges(prepared.plan).length === 0)
    return { exitCode: EXIT.done, json: planned, told: toldOf(prepared.plan) };
  if (consent !== undefined) {
    const said = await ask(consent, invocation);
    if (said !== 'yes') return notAllowed(said, prepared.plan, consent, invocation);
  }
  const progress = await progressFor(prepared.plan, invocation);
  follow(progress.listener);
  const report = await apply(cluster, prepared, {
    listener: alsoStreamed(progress.listener, invocation),
    signal: io.signal,
    parallelism: flags.count('parallelism') ?? 10,
    waitMs: (flags.count('timeout') ?? 600) * 1000,
    command,
    keepCandidate: flags.on('keep-candidate'),
  }).finally(() => progress.end());
  return finish(report, prepared.plan, invocation);
}

function showPlan(made: Plan, invocation: Invocation): void {
  const { io, output, color, stream } = invocation;
  stream?.plan(made);
  const notes = made.diagnostics.filter(({ severity }) => severity !== 'error');
  if (output === 'text') io.stdout.write(renderPlan(made, painter(color.stdout)));
  if (notes.length > 0) io.stderr.write(renderDiagnostics(notes, stderrStyle(invocation)));
}

async function ask(
  { question, answer }: Consent,
  { io }: Invocation,
): Promise<'yes' | 'no' | 'nobody there'> {
  const said = await io.ask(`\n${question}${answer === undefined ? ' [y/N]' : ''} `);
  if (said === undefined) return 'nobody there';
  const isMeant = answer === undefined ? /^y(es)?$/i.test(said.trim()) : said.trim() === answer;
  return isMeant ? 'yes' : 'no';
}

/** Without a terminal, in a CI, and where stdin held the manifests, a change has to be asked for in so many words. */
function notAllowed(
  said: 'no' | 'nobody there',
  made: Plan,
  { unasked }: Consent,
  invocation: Invocation,
): CommandResult {
  const { io } = invocation;
  const planned = planJson(made);
  if (said === 'no') {
    io.stderr.write('Nothing was changed.\n');
    return {
      exitCode: io.signal.aborted ? EXIT.interrupted : EXIT.refused,
      json: planned,
      told: toldOf(made),
    };
  }
  const refusal: Diagnostic = {
    severity: 'error',
    code: 'RCTL_NOT_CONFIRMED',
    message: 'Nothing was changed: there is nobody here to ask.',
    remedy: unasked,
  };
  io.stderr.write(`\n${renderDiagnostics([refusal], stderrStyle(invocation))}`);
  const diagnostics = [...made.diagnostics, refusal];
  return {
    exitCode: EXIT.refused,
    json: { ...planned, diagnostics },
    told: { diagnostics, plan: made },
  };
}

/** listr2 is loaded only where there is a terminal for its live rows. */
async function progressFor(made: Plan, { io, output, live, color }: Invocation): Promise<Progress> {
  const room = Math.min(MOST_ROWS, (io.stderr.rows ?? MOST_ROWS) - 2);
  const drawn = isLive(io.stderr, io.env) && output === 'text' && pendingChanges(made).length <= room;
  if (!drawn) return { listener: lineProgress(io.stderr), end: async () => undefined };
  const { taskProgress } = await import('../progress/tasks.ts');
  return taskProgress(made, { ...live, color: color.stderr }, io.signal);
}

function finish(report: ApplyReport, made: Plan, invocation: Invocation): CommandResult {
  const { io, output } = invocation;
  const { outcomes, diagnostics, release } = report;
  const style = stderrStyle(invocation);
  if (output === 'text' && release !== undefined && release.verdict !== 'pass') {
    const table = tableStyle(invocation);
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
  const shown = release === undefined ? undefined : shownRelease(release, io.cwd);
  // What was said of the plan is said of what it came to, too.
  const all: readonly Diagnostic[] = [...made.diagnostics, ...diagnostics];
  return {
    exitCode: io.signal.aborted ? EXIT.interrupted : exitCodeOfReport(report),
    told: {
      ...toldOf(made, all),
      outcomes,
      ...(release === undefined ? {} : { verifications: release.reports }),
    },
    json: {
      ...planJson(made),
      outcomes,
      diagnostics: all,
      ...(shown === undefined ? {} : { release: shown }),
    },
  };
}

function toldOf(plan: Plan, diagnostics: readonly Diagnostic[] = plan.diagnostics): Told {
  return { diagnostics, plan };
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
