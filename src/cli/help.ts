import { COMMANDS, type CommandHelp, type CommandName, isCommand } from './command-table.ts';
import { exitCodes } from './exit.ts';
import type { Flag } from './flag-table.ts';
import { TOPICS } from './topics.ts';

/** Flags without a group are the command's own, and come first. */
const OWN = 'Flags';

/** What is asked for by `help`, `help TOPIC`, and by `-h` or `--help` wherever they stand, also in a line that is broken. */
export function helpFor(argv: readonly string[]): string | undefined {
  const [first, second] = argv;
  const end = argv.indexOf('--');
  const flagged = argv
    .slice(0, end === -1 ? argv.length : end)
    .some((word) => word === '--help' || word === '-h');
  const words = argv.filter((word) => word !== '--help' && word !== '-h' && word !== 'help');
  const name = words.find(isCommand);
  if (flagged) {
    const topic = first === 'help' ? topicOf(second) : undefined;
    return topic?.text() ?? (name === undefined ? generalHelp() : commandHelp(name));
  }
  if (first === undefined) return generalHelp();
  if (first === 'help') {
    if (second === undefined) return generalHelp();
    return topicOf(second)?.text() ?? (name === second ? commandHelp(name) : undefined);
  }
  return argv.length === 2 && second === 'help' && name === first ? commandHelp(name) : undefined;
}

function topicOf(word = ''): { text(): string } | undefined {
  return Object.hasOwn(TOPICS, word) ? TOPICS[word] : undefined;
}

function flagLine(flag: Flag): string {
  const short = flag.short === undefined ? '   ' : `-${flag.short},`;
  const value = flag.value === undefined ? '' : ` ${flag.value}`;
  return `  ${short} ${`--${flag.name}${value}`.padEnd(28)}  ${flag.help}`;
}

function generalHelp(): string {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)}  ${summary}`);
  const topics = Object.entries(TOPICS).map(([name, { summary }]) => `  help ${name.padEnd(12)}  ${summary}`);
  return `rerankctl dev up                           a real OpenSearch on this machine
rerankctl apply -f manifests/quickstart    model, index, data and pipeline
rerankctl verify -f manifests/quickstart   reranked against unreranked

rerankctl: reranking on OpenSearch, as YAML in git

Commands:
${commands.join('\n')}

More help:
  help COMMAND       its examples and flags; also: rerankctl COMMAND -h
${topics.join('\n')}
  explain CODE       what a code of a message means, and what to do
  --version          the version alone

Exit codes:
${exitCodes()}
`;
}

function commandHelp(name: CommandName): string {
  const { usage, summary, example, examples = [], flags }: CommandHelp = COMMANDS[name];
  const groups = [...new Set(flags.map(({ group = OWN }) => group))].sort(
    (left, right) => Number(right === OWN) - Number(left === OWN),
  );
  const listed = groups.map((group) => {
    const lines = flags.filter((flag) => (flag.group ?? OWN) === group).map(flagLine);
    return `${group}:\n${lines.join('\n')}\n`;
  });
  return `${[example, ...examples].join('\n')}

rerankctl ${usage}
  ${summary}

${listed.join('\n')}`;
}
