import { readFile } from 'node:fs/promises';

const shown = 6;
const longest = 300;

/** The lines of a node's log that say why it ended. */
export async function lastWords(file: string): Promise<string[]> {
  return meaningful(await readFile(file, 'utf8').catch(() => ''));
}

export function meaningful(log: string): string[] {
  const lines = log.split('\n').filter((line) => line.trim() !== '' && !noise.test(line));
  const telling = lines.filter((line) => trouble.test(line));
  return once(telling.length > 0 ? telling : lines)
    .slice(-shown)
    .map((line) => (line.length > longest ? `${line.slice(0, longest)}…` : line));
}

/** Stack frames, the JVM's warnings about its own future, and what every start prints. */
const noise =
  /^\s+at |^\s*\.\.\. \d+ more|^WARNING: |^warning: no-jdk|^For complete error details|\[(INFO|DEBUG) *\]\[/;

const trouble =
  /\[(ERROR|FATAL) *\]|Exception|^Error|Caused by|OutOfMemory|insufficient memory|Cannot allocate|Unrecognized|bootstrap check|[Cc]ould not|failed/;

/** The logger, the JVM and the launcher each print the same failure: the shortest telling is enough. */
function once(lines: readonly string[]): string[] {
  const bare = [...new Set(lines.map((line) => line.replace(/^(Likely root cause|Caused by): /, '').trim()))];
  return bare.filter((line) => !bare.some((other) => other !== line && line.endsWith(other)));
}
