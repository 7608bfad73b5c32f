import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Finding, SettingFix } from '../../core/finding.ts';
import type { Resource } from '../../core/resource.ts';
import { examine } from '../../doctor/doctor.ts';
import { fixesOf, setAll } from '../../doctor/fix.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { CommandResult, Invocation } from '../command.ts';
import type { ConnectionSettings } from '../connection/settings.ts';
import { EXIT } from '../exit.ts';
import { painter } from '../io.ts';
import { suggest } from '../next-step.ts';
import { lineProgress } from '../progress/lines.ts';
import { renderConnection } from '../render/connection.ts';
import { renderFindings, settingWords } from '../render/doctor.ts';
import { nextWords } from './planning.ts';
import { clusterOf, loadResources, manifestInputs, settingsOf } from './shared.ts';

/** Can this cluster carry what the manifests want? Sends reads alone, but for `--fix`. */
export async function doctorCommand(invocation: Invocation): Promise<CommandResult> {
  const { io, flags, output, color } = invocation;
  const settings = await settingsOf(invocation);
  const { stack } = settings;
  const inputs = manifestInputs(invocation);
  const { resources, secretVars } =
    inputs.files.length === 0 ? { resources: [], secretVars: [] } : await loadResources(invocation);
  const cluster = await clusterOf(invocation, { listener: lineProgress(io.stderr), signal: io.signal });
  if (output === 'text') io.stdout.write(`${renderConnection(settings, painter(color.stdout))}\n`);
  const show = (findings: readonly Finding[]): void => {
    if (output === 'text')
      io.stdout.write(renderFindings(findings, { paint: painter(color.stdout), cwd: io.cwd }));
  };
  try {
    const seen = await examine(cluster, resources, { stack });
    const findings = isReached(seen) ? [...seen, patience(settings)] : seen;
    show(findings);
    const sound = findings.every(({ level }) => level === 'ok' || level === 'note');
    if (sound && inputs.files.length > 0) {
      suggest(invocation, 'To see what would change', nextWords('plan', { flags, ...inputs, secretVars }));
    }
    const fixes = flags.on('fix') ? fixesOf(findings) : [];
    if (flags.on('fix') && fixes.length === 0) io.stderr.write('\nThere is no setting to change.\n');
    if (fixes.length === 0 || !(await agreed(fixes, invocation)))
      return withConnection(settings, resultOf(findings, []));
    return withConnection(
      settings,
      resultOf(...(await fixed(cluster, resources, { stack, fixes, show }, invocation))),
    );
  } finally {
    await cluster.close();
  }
}

function isReached(findings: readonly Finding[]): boolean {
  return !findings.some(({ check, level }) => check === 'reachable' && level === 'error');
}

/** How long what is waited for, as flags, a profile or defaults say. */
function patience({ connection }: ConnectionSettings): Finding {
  const seconds = (ms: number | undefined): number => (ms ?? 0) / 1000;
  return {
    check: 'patience',
    level: 'ok',
    message: `A request may take ${seconds(connection.requestTimeoutMs)} s (--request-timeout), and is tried again for ${seconds(connection.retryForMs)} s when it is refused for now (--retry-for); one ML task may take 600 s (apply --timeout).`,
  };
}

/** Shows what would be set, and asks where there is a person to ask. */
async function agreed(fixes: readonly SettingFix[], { io, flags }: Invocation): Promise<boolean> {
  io.stderr.write(`\nSettings of the cluster to be set, for good:\n${list(fixes)}`);
  if (flags.on('yes')) return true;
  const answer = await io.ask('\nSet them? [y/N] ');
  if (answer === undefined)
    io.stderr.write('\nNothing was set: there is nobody to ask. With --yes it is done.\n');
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

/** Sets them, says so, and looks again. */
async function fixed(
  cluster: Cluster,
  resources: readonly Resource[],
  {
    stack,
    fixes,
    show,
  }: { stack: string; fixes: readonly SettingFix[]; show(findings: readonly Finding[]): void },
  invocation: Invocation,
): Promise<[findings: readonly Finding[], set: readonly SettingFix[]]> {
  const set = await setAll(cluster, fixes);
  invocation.io.stderr.write(`\nSet, and read back:\n${list(set)}\n`);
  // What a cluster object knows of its settings it has read once.
  const again = await clusterOf(invocation, { signal: invocation.io.signal });
  try {
    const findings = await examine(again, resources, { stack });
    show(findings);
    return [findings, set];
  } finally {
    await again.close();
  }
}

function list(fixes: readonly SettingFix[]): string {
  return fixes.map((fix) => `  ${settingWords(fix)}\n`).join('');
}

function resultOf(findings: readonly Finding[], set: readonly SettingFix[]): CommandResult {
  const errors = findings.filter(({ level }) => level === 'error');
  const exitCode = !isReached(findings) ? EXIT.unreachable : errors.length > 0 ? EXIT.refused : EXIT.done;
  return { exitCode, json: { findings, set }, told: { diagnostics: findings.flatMap(asProblem) } };
}

/** What is not as it should be, as other commands tell it. */
function asProblem({ level, check, message, remedy, diagnostic }: Finding): Diagnostic[] {
  if (level === 'ok') return [];
  return [
    diagnostic ?? {
      severity: level,
      code: `doctor/${check}`,
      message,
      ...(remedy === undefined ? {} : { remedy }),
    },
  ];
}

/** Who reads a report wants to know which cluster it is about, and by whose word. */
function withConnection({ profile, shown }: ConnectionSettings, result: CommandResult): CommandResult {
  const connection = { ...(profile === undefined ? {} : { profile }), settings: shown };
  return { ...result, json: { connection, ...result.json } };
}
