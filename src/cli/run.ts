import { RerankctlError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import { VERSION } from '../core/version.ts';
import type { Command } from './command.ts';
import { COMMANDS, type CommandName } from './command-table.ts';
import { EXIT, exitCodeOf } from './exit.ts';
import { parseFlags, usage } from './flags.ts';
import { commandHelp, generalHelp } from './help.ts';
import { type ColorWhen, type Io, painter, wantsColor } from './io.ts';

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
  destroy: async () => (await import('./commands/destroy.ts')).destroyCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  schema: async () => (await import('./commands/schema.ts')).schemaCommand,
  completion: async () => (await import('./commands/completion.ts')).completionCommand,
  graph: async () => (await import('./commands/graph.ts')).graphCommand,
  state: async () => (await import('./commands/state.ts')).stateCommand,
  dev: async () => (await import('./commands/dev.ts')).devCommand,
};

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}

/** Runs one command line and returns its exit code. Everything that happens goes through `io`. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  if (argv[0] === '__complete') return answerShell(argv.slice(1), io);
  const asked = argv.filter((word) => word !== 'help' && word !== '--help' && word !== '-h');
  const name = argv.find((word) => isCommand(word)) as CommandName | undefined;
  if (argv.length === 0 || asked.length < argv.length) {
    io.stdout.write(name === undefined ? generalHelp() : commandHelp(name));
    return EXIT.done;
  }
  if (argv[0] === '--version' || argv[0] === 'version') {
    io.stdout.write(`${VERSION}\n`);
    return EXIT.done;
  }
  const json = wantsJson(argv);
  const when = colorOf(argv);
  const color = { stdout: wantsColor(io.stdout, when, io.env), stderr: wantsColor(io.stderr, when, io.env) };
  const finish = (exitCode: number, result: object): number => {
    if (json) {
      const envelope = { formatVersion: '1.0', rerankctl: VERSION, command: name ?? null, exitCode };
      io.stdout.write(`${JSON.stringify({ ...envelope, ...result }, null, 2)}\n`);
    }
    return exitCode;
  };
  try {
    if (name === undefined || argv[0] !== name) {
      const word = argv[0] ?? '';
      throw usage(`There is no command ${word}.`, didYouMean(word, Object.keys(COMMANDS)));
    }
    const { flags, positionals } = parseFlags(name, argv.slice(1));
    const command = await LOADERS[name]();
    const result = await command({ io, flags, positionals, output: json ? 'json' : 'text', color });
    return finish(result.exitCode, result.json);
  } catch (error) {
    const { renderFailure, failureJson } = await import('./render/failure.ts');
    const debug = argv.includes('--debug');
    io.stderr.write(renderFailure(error, { paint: painter(color.stderr), debug, cwd: io.cwd }));
    const exitCode = error instanceof RerankctlError ? exitCodeOf(error.failure) : EXIT.bug;
    return finish(exitCode, { diagnostics: failureJson(error) });
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

/** Read before the flags are: also a wrong flag is answered in the format that was asked for. */
function wantsJson(argv: readonly string[]): boolean {
  const at = argv.indexOf('--output');
  return argv.includes('--output=json') || (at !== -1 && argv[at + 1] === 'json');
}

function colorOf(argv: readonly string[]): ColorWhen {
  const at = argv.indexOf('--color');
  const word =
    at === -1 ? argv.find((w) => w.startsWith('--color='))?.slice('--color='.length) : argv[at + 1];
  return word === 'always' || word === 'never' ? word : 'auto';
}
