import { RerankctlError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import { VERSION } from '../core/version.ts';
import type { Command, CommandResult } from './command.ts';
import { COMMANDS, type CommandName, isCommand } from './command-table.ts';
import { EXIT, exitCodeOf } from './exit.ts';
import { fitted } from './fitted.ts';
import { type Flags, parseFlags, usage, wordsOf } from './flags.ts';
import { FORMATS, type Format } from './formats/format.ts';
import type { Reporting } from './formats/reporting.ts';
import { helpFor } from './help.ts';
import { type ColorWhen, type Io, painter, wantsColor, wantsUnicode } from './io.ts';
import { TOPICS } from './topics.ts';

/** Loaded when called: a command that needs no cluster must not pay for its client. */
const LOADERS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  validate: async () => (await import('./commands/validate.ts')).validateCommand,
  plan: async () => (await import('./commands/plan.ts')).planCommand,
  apply: async () => (await import('./commands/apply.ts')).applyCommand,
  rollback: async () => (await import('./commands/rollback.ts')).rollbackCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  drift: async () => (await import('./commands/drift.ts')).driftCommand,
  reconcile: async () => (await import('./commands/reconcile.ts')).reconcileCommand,
  destroy: async () => (await import('./commands/destroy.ts')).destroyCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  schema: async () => (await import('./commands/schema.ts')).schemaCommand,
  completion: async () => (await import('./commands/completion.ts')).completionCommand,
  graph: async () => (await import('./commands/graph.ts')).graphCommand,
  state: async () => (await import('./commands/state.ts')).stateCommand,
  dev: async () => (await import('./commands/dev.ts')).devCommand,
  version: async () => (await import('./commands/version.ts')).versionCommand,
};

/** Their stdout is a document for other tools: no line of it is broken for a terminal. */
const DOCUMENTS: readonly string[] = [
  'export',
  'import',
  'graph',
  'schema',
  'completion',
] satisfies readonly CommandName[];

/** Runs one command line and returns its exit code. Everything that happens goes through `io`. */
export async function run(argv: readonly string[], raw: Io): Promise<number> {
  if (argv[0] === '__complete') return answerShell(argv.slice(1), raw);
  const [command, args] = wordsOf(argv);
  const name = command !== undefined && isCommand(command) ? command : undefined;
  const format = formatOf(argv);
  const when = colorOf(argv);
  const color = {
    stdout: wantsColor(raw.stdout, when, raw.env),
    stderr: wantsColor(raw.stderr, when, raw.env),
  };
  const unicode = {
    stdout: wantsUnicode(raw.stdout, raw.env),
    stderr: wantsUnicode(raw.stderr, raw.env),
  };
  const isProse = format === 'text' && !DOCUMENTS.includes(name ?? '');
  const io: Io = {
    ...raw,
    stdout: isProse ? fitted(raw.stdout, unicode.stdout) : raw.stdout,
    stderr: fitted(raw.stderr, unicode.stderr),
  };
  const help = helpFor(argv);
  if (help !== undefined) {
    fitted(raw.stdout, unicode.stdout).write(help);
    return EXIT.done;
  }
  if (argv[0] === '--version') {
    io.stdout.write(`${VERSION}\n`);
    return EXIT.done;
  }
  let reporting: Reporting | undefined;
  let text = true;
  const finish = async ({ exitCode, json, told }: CommandResult): Promise<number> => {
    const envelope = { formatVersion: '1.0', rerankctl: VERSION, command: name ?? null, exitCode };
    if (reporting === undefined) {
      reporting = await openReporting(io, format);
      await reporting.begin(name ?? '');
    }
    await reporting.finish({
      ...{ command: name ?? '', exitCode, text, root: rootOf(io) },
      told: told ?? { diagnostics: [] },
      json: { ...envelope, ...json },
    });
    return exitCode;
  };
  try {
    if (name === undefined) throw noCommand(command, args);
    const { flags, positionals } = parseFlags(name, args);
    text = !flags.on('no-text');
    reporting = await openReporting(io, format, flags, tellsGithub(name, flags, io));
    const stream = await reporting.begin(name);
    const carryOut = await LOADERS[name]();
    const result = await carryOut({
      ...{ io, flags, positionals, color, stream },
      output: format,
      unicode: unicode.stdout,
      live: { output: raw.stderr, unicode: unicode.stderr },
    });
    return await finish(result);
  } catch (error) {
    const { renderFailure, failureJson } = await import('./render/failure.ts');
    const debug = argv.includes('--debug');
    const width = io.stderr.isTTY ? io.stderr.columns : undefined;
    io.stderr.write(renderFailure(error, { paint: painter(color.stderr), debug, cwd: io.cwd, width }));
    const exitCode = error instanceof RerankctlError ? exitCodeOf(error.failure) : EXIT.bug;
    const diagnostics = failureJson(error);
    return finish({ exitCode, json: { diagnostics }, told: { diagnostics } });
  }
}

/** What the scripts of `completion` ask: `=CURRENT` and the words before it. */
async function answerShell([current = '=', ...before]: readonly string[], io: Io): Promise<number> {
  const { complete } = await import('./completion/complete.ts');
  const { besides, candidates } = await complete(current.slice(1), before, io.cwd);
  const lines = candidates.map(({ value, about }) => `${value}\t${about ?? ''}\n`);
  io.stdout.write(`${besides}\n${lines.join('')}`);
  return EXIT.done;
}

async function openReporting(io: Io, format: Format, flags?: Flags, github = false): Promise<Reporting> {
  const { Reporting } = await import('./formats/reporting.ts');
  return new Reporting(io, format, flags, github);
}

/** Paths in reports are those of the checkout. */
function rootOf({ env, cwd }: Io): string {
  return env.GITHUB_WORKSPACE || env.CI_PROJECT_DIR || cwd;
}

/** In a job of GitHub's, unless it was declined. */
function tellsGithub(name: CommandName, flags: Flags, { env }: Io): boolean {
  const reports = COMMANDS[name].flags.some((flag) => flag.name === 'no-github');
  return reports && env.GITHUB_ACTIONS === 'true' && !flags.on('no-github');
}

function noCommand(word: string | undefined, args: readonly string[]): RerankctlError {
  const more = 'rerankctl help lists them.';
  if (word === undefined) return usage('There is no command in this line.', more);
  const [asked = ''] = args;
  const [what, known] =
    word === 'help'
      ? [`There is no help for ${asked}.`, [...Object.keys(COMMANDS), ...Object.keys(TOPICS)]]
      : [`There is no command ${word}.`, [...Object.keys(COMMANDS), 'help']];
  const near = didYouMean(word === 'help' ? asked : word, known);
  return usage(what, near === undefined ? more : `${near} ${more}`);
}

/** Read before the flags are: also a wrong flag is answered in the format that was asked for. */
function formatOf(argv: readonly string[]): Format {
  const at = argv.indexOf('--output');
  const inline = argv.find((word) => word.startsWith('--output='))?.slice('--output='.length);
  const word = inline ?? (at === -1 ? undefined : argv[at + 1]);
  return FORMATS.find((format) => format === word) ?? 'text';
}

function colorOf(argv: readonly string[]): ColorWhen {
  const at = argv.indexOf('--color');
  const word =
    at === -1 ? argv.find((w) => w.startsWith('--color='))?.slice('--color='.length) : argv[at + 1];
  return word === 'always' || word === 'never' ? word : 'auto';
}
