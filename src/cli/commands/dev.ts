import { didYouMean } from '../../core/suggest.ts';
import {
  type DevEvent,
  type Downed,
  defaultVersion,
  down,
  type NodeStatus,
  type ReleaseVersion,
  type RunningNode,
  status,
  up,
} from '../../dev/index.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { type Flags, usage } from '../flags.ts';
import type { Output } from '../io.ts';
import { suggest } from '../next-step.ts';
import { seconds } from '../render/outcomes.ts';

export async function devCommand(invocation: Invocation): Promise<CommandResult> {
  const [verb, ...rest] = invocation.positionals;
  if (rest.length > 0) throw usage(`dev ${verb} takes no further words: ${rest.join(' ')}.`);
  if (verb === 'up') return devUp(invocation);
  if (verb === 'down') return devDown(invocation);
  if (verb === 'status') return devStatus(invocation);
  if (verb === undefined) throw usage('Say what: rerankctl dev up, status or down.');
  throw usage(`dev has no ${verb}.`, didYouMean(verb, ['up', 'down', 'status']));
}

function nameOf(flags: Flags): string {
  return flags.text('name') ?? 'default';
}

/** As in a log: `progress/lines.ts`. */
const QUIET_MS = 10_000;

function progress(stderr: Output): (event: DevEvent) => void {
  const started = performance.now();
  let toldAt = 0;
  return (event) => {
    const now = performance.now();
    if (event.type === 'dev.done' || (event.type === 'dev.progress' && now - toldAt < QUIET_MS)) return;
    toldAt = now;
    const detail = event.detail === undefined ? '' : `: ${event.detail}`;
    stderr.write(`[${seconds(now - started).padStart(7)}] ${event.step.replaceAll('-', ' ')}${detail}\n`);
  };
}

async function devUp(invocation: Invocation): Promise<CommandResult> {
  const { io, flags, output } = invocation;
  const node = await up(
    {
      name: nameOf(flags),
      version: (flags.text('version') ?? defaultVersion) as ReleaseVersion,
      security: flags.on('security'),
      port: flags.count('port'),
      nodes: flags.count('nodes') ?? 1,
      heap: flags.text('heap'),
      settings: flags.pairs('setting'),
      javaOpts: flags.list('java-opts'),
      without: flags.list('without'),
    },
    { onEvent: progress(io.stderr), signal: io.signal },
  );
  if (output === 'text') io.stdout.write(upText(node));
  suggest(invocation, 'To use it', `rerankctl plan -f PATH --url ${node.url}`);
  return { exitCode: EXIT.done, json: { ...node } };
}

function upText(node: RunningNode): string {
  const flags = node.name === 'default' ? '' : ` --name ${node.name}`;
  const lines = [
    `OpenSearch ${node.version} ${node.reused ? 'is running already' : 'is up'}: ${node.url}`,
    ...(node.credentials === undefined
      ? []
      : [
          `  user ${node.credentials.username}, password ${node.credentials.password} (a demo password of this machine)`,
          `  CA file ${node.credentials.caFile}`,
        ]),
    `  log  ${node.logFile}`,
    `  stop rerankctl dev down${flags}   (--purge forgets its data)`,
  ];
  return `${lines.join('\n')}\n`;
}

async function devDown({ io, flags, output }: Invocation): Promise<CommandResult> {
  const stopped = await down(
    { name: nameOf(flags), all: flags.on('all'), purge: flags.on('purge') },
    { onEvent: progress(io.stderr), signal: io.signal },
  );
  if (output === 'text') {
    io.stdout.write(stopped.length === 0 ? 'No nodes here.\n' : `${stopped.map(downText).join('\n')}\n`);
  }
  return { exitCode: EXIT.done, json: { nodes: stopped } };
}

const WAS = { running: 'stopped', stopped: 'was not running', absent: 'there is no such node' } as const;

function downText(node: Downed): string {
  return `${node.name}: ${WAS[node.was]}${node.purged ? ', data forgotten' : ''}`;
}

async function devStatus({ io, output }: Invocation): Promise<CommandResult> {
  const nodes = await status();
  if (output === 'text') {
    io.stdout.write(
      nodes.length === 0
        ? 'No nodes here. Start one: rerankctl dev up\n'
        : `${nodes.map(statusText).join('\n')}\n`,
    );
  }
  return { exitCode: EXIT.done, json: { nodes } };
}

function statusText(node: NodeStatus): string {
  const what = `OpenSearch ${node.version}${node.security ? ' with security' : ''}`;
  const size = `${(node.dataBytes / 1e6).toFixed(0)} MB of data`;
  return `${node.name.padEnd(16)} ${node.state.padEnd(8)} ${node.url.padEnd(26)} ${what}, ${node.nodes} node${node.nodes === 1 ? '' : 's'}, ${size}`;
}
