import type { Event } from '../../core/events.ts';
import type { ReconcileEvent, Round } from '../../reconcile/events.ts';
import { type LoopOptions, reconcile, reconcileOnce } from '../../reconcile/loop.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { usage } from '../flags.ts';
import { StopAsked } from '../io.ts';
import { jsonLog, textLog } from '../reconcile/log.ts';
import { Narrator } from '../reconcile/narrator.ts';
import { exitCodeOfRound, jsonOfRound } from '../reconcile/result.ts';
import { durationOf, listenOn } from '../reconcile/settings.ts';
import { planOptionsOf, refuseEmptyPrune, requestOf } from './planning.ts';
import { clusterAnew, clusterOf, readResources, settingsOf } from './shared.ts';

/** Who hears of the rounds, and of what the engine does in them. */
interface Hearer {
  on(event: ReconcileEvent): void;
  engine?(event: Event): void;
}

/** Watches for drift, round after round, and heals it where that is wanted. */
export async function reconcileCommand(invocation: Invocation): Promise<CommandResult> {
  const { io, flags } = invocation;
  refuseUnfit(invocation);
  const log = flags.text('log-format') === 'json' ? jsonLog(io.stdout) : textLog(io.stderr);
  const narrator = new Narrator(log, { cwd: io.cwd, debug: flags.on('debug') });
  if (flags.on('once')) {
    const round = await reconcileOnce(await optionsOf(invocation, [narrator]));
    return { exitCode: exitCodeOfRound(round, modeOf(invocation)), json: jsonOfRound(round) };
  }
  return loop(invocation, narrator);
}

async function loop(invocation: Invocation, narrator: Narrator): Promise<CommandResult> {
  const { io, flags } = invocation;
  const [{ Health }, { Metrics }, { startStatusServer }] = await Promise.all([
    import('../reconcile/health.ts'),
    import('../reconcile/metrics.ts'),
    import('../reconcile/server.ts'),
  ]);
  const { stack, connection } = await settingsOf(invocation);
  const mode = modeOf(invocation);
  const metrics = new Metrics({ stack, mode });
  const health = new Health(connection.requestTimeoutMs ?? 60_000);
  const options = await optionsOf(invocation, [narrator, metrics, health]);
  const server = await startStatusServer(listenOn(flags), { health, metrics });
  const stopping = (): void => {
    health.stopping();
    narrator.say({ level: 'info', message: 'Stopping.', fields: { event: 'stopping' } });
  };
  io.signal.addEventListener('abort', stopping, { once: true });
  try {
    narrator.say({
      level: 'info',
      message: `${mode === 'apply' ? 'Healing' : 'Watching'} the stack ${stack} every ${flags.text('interval') ?? INTERVAL}. Status: ${server.url}/livez, /readyz, /metrics`,
      fields: { event: 'started', mode, stack, status_url: server.url },
    });
    const last = await reconcile(options);
    narrator.say({ level: 'info', message: 'Stopped.', fields: { event: 'stopped' } });
    return { exitCode: exitCodeOfStop(last, io.signal), json: {} };
  } finally {
    io.signal.removeEventListener('abort', stopping);
    await server.close();
  }
}

const INTERVAL = '5m';

function modeOf({ flags }: Invocation): 'watch' | 'apply' {
  return flags.on('apply') ? 'apply' : 'watch';
}

/** Everything that can be wrong with the command line is, here: after this nothing ends the loop but a signal. */
async function optionsOf(invocation: Invocation, hearers: readonly Hearer[]): Promise<LoopOptions> {
  const { io, flags } = invocation;
  const request = await requestOf(invocation);
  const { manifests } = request;
  const listener = (event: Event): void => {
    for (const hearer of hearers) hearer.engine?.(event);
  };
  // As apply does: without the signal, so that a request under way is let finish.
  const first = await clusterOf(invocation, { listener });
  return {
    load: async () => {
      const loaded = await readResources(io, manifests);
      refuseEmptyPrune(request, loaded.resources);
      return loaded;
    },
    // Stdin, which one round may have its password from, cannot be read again.
    connect: async () => (flags.on('once') ? first : clusterAnew(invocation, { listener })),
    planning: planOptionsOf(request, flags),
    ...(modeOf(invocation) === 'apply'
      ? {
          applying: {
            parallelism: flags.count('parallelism') ?? 10,
            waitMs: (flags.count('timeout') ?? 600) * 1000,
            command: 'rerankctl reconcile',
          },
        }
      : {}),
    signal: io.signal,
    intervalMs: durationOf(flags, 'interval', INTERVAL),
    graceMs: durationOf(flags, 'grace-period', '25s'),
    listener,
    onEvent: (event) => {
      for (const hearer of hearers) hearer.on(event);
    },
  };
}

function refuseUnfit({ flags, positionals, output }: Invocation): void {
  const files = [...flags.list('file'), ...positionals];
  if (files.length === 0) {
    throw usage('No manifests given.', 'Name them with -f: a file, a folder or a glob.');
  }
  listenOn(flags);
  if (flags.on('once')) {
    const word = ['listen', 'interval'].find((name) => flags.text(name) !== undefined);
    if (word !== undefined) throw usage(`--once makes one round: --${word} has no place beside it.`);
    if (output === 'json' && flags.text('log-format') === 'json') {
      throw usage('--output json and --log-format json both write to stdout.', 'Leave one of them out.');
    }
    return;
  }
  const secrets = ['password-file', 'token-file', 'client-key-passphrase-file'];
  if (files.includes('-') || secrets.some((name) => flags.text(name) === '-')) {
    throw usage(
      'A loop reads everything anew in each round, and stdin can be read only once.',
      'Name a file, or run one round with --once.',
    );
  }
  if (output === 'json') {
    throw usage('A loop has no one result for --output json.', 'For its log as JSON: --log-format json');
  }
}

/** SIGTERM is how a loop ends that has done its work; whoever pressed Ctrl-C has broken it off. */
function exitCodeOfStop({ end }: Round, signal: AbortSignal): number {
  const terminated = signal.reason instanceof StopAsked && signal.reason.by === 'SIGTERM';
  const clean = end.result !== 'interrupted' || end.clean;
  return terminated && clean ? EXIT.done : EXIT.interrupted;
}
