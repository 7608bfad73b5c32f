import { cell, inline, MADE } from './markdown.mjs';

/** docs/commands.md: every command, every flag, every exit code. */
export function commandsPage({ COMMANDS, EXIT_MEANINGS }) {
  const names = Object.keys(COMMANDS);
  const shared = sharedGroups(COMMANDS);
  const list = names.map((name) => `| [\`${name}\`](#${name}) | ${cell(COMMANDS[name].summary)} |`);
  const codes = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `| ${code} | ${cell(meaning)} |`);
  const everywhere = COMMANDS[names[0]].flags.filter((flag) => isEverywhere(flag, COMMANDS));
  const isShared = (flag) => everywhere.some(({ name }) => name === flag.name);
  const sections = names.map((name) => {
    const { usage, summary, example, examples = [], flags } = COMMANDS[name];
    const shown = [example, ...examples].map((each) => `- ${inline(each)}`).join('\n');
    const own = flags.filter((flag) => !isShared(flag) && !shared.has(flag));
    const cluster = flags.some((flag) => shared.has(flag));
    const rest = cluster ? '\nAnd those [of the cluster](#the-cluster).\n' : '';
    const table = own.length === 0 ? '' : `\n${flagTable(own)}\n`;
    return `## ${name}\n\n\`rerankctl ${usage}\`: ${summary}. For example:\n\n${shown}\n${table}${rest}`;
  });
  return `${MADE}

# Commands, flags and exit codes

\`rerankctl COMMAND --help\` says the same. A flag may stand before or after what is not one; one with a value takes it as
\`--flag value\` or \`--flag=value\`; one that is marked "again" may be given several times. stdout carries the result and
nothing else, stderr all the rest.

| command | |
|---|---|
${list.join('\n')}

## Exit codes

| code | meaning |
|---|---|
${codes.join('\n')}

3 and 8 promise that nothing was changed.

## Flags of every command

${flagTable(everywhere)}

## The cluster

Flags of every command that talks to one. A flag wins over the environment variable.

${flagTable([...shared])}

${sections.join('\n')}`;
}

/** The flags of the connection: what all commands with a `--url` share as one group. */
function sharedGroups(commands) {
  const lists = Object.values(commands).map(({ flags }) => flags);
  const withUrl = lists.filter((flags) => flags.some(({ name }) => name === 'url'));
  const everywhere = (flag) => lists.every((flags) => flags.includes(flag));
  return new Set(
    (withUrl[0] ?? []).filter((flag) => !everywhere(flag) && withUrl.every((flags) => flags.includes(flag))),
  );
}

function isEverywhere(flag, commands) {
  return Object.values(commands).every(({ flags }) => flags.includes(flag));
}

function flagTable(flags) {
  const rows = flags.map(({ name, short, value, many, help }) => {
    const words = `--${name}${value === undefined ? '' : ` ${value}`}`;
    const shortly = short === undefined ? '' : `, ${inline(`-${short}`)}`;
    return `| ${inline(words)}${shortly}${many ? ' (again)' : ''} | ${cell(help)} |`;
  });
  return ['| flag | |', '|---|---|', ...rows].join('\n');
}
