import { COMMANDS, type CommandName, type Flag } from './command-table.ts';
import { EXIT_MEANINGS } from './exit.ts';

function flagLine(flag: Flag): string {
  const short = flag.short === undefined ? '   ' : `-${flag.short},`;
  const value = flag.value === undefined ? '' : ` ${flag.value}`;
  return `  ${short} ${`--${flag.name}${value}`.padEnd(28)} ${flag.help}`;
}

export function generalHelp(): string {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  const codes = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`);
  return `rerankctl: reranking on OpenSearch, as YAML in git

  rerankctl dev up                           a real OpenSearch on this machine
  rerankctl apply -f manifests/quickstart    model, index, data and pipeline
  rerankctl verify -f manifests/quickstart   reranked against unreranked

Commands:
${commands.join('\n')}

  rerankctl COMMAND --help shows its flags; rerankctl --version its version.

Exit codes:
${codes.join('\n')}
`;
}

export function commandHelp(name: CommandName): string {
  const { usage, summary, example, flags } = COMMANDS[name];
  return `${example}

rerankctl ${usage}
  ${summary}

Flags:
${flags.map(flagLine).join('\n')}
`;
}
