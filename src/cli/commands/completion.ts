import { didYouMean } from '../../core/suggest.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { SHELLS, scriptFor } from '../completion/scripts.ts';
import { EXIT } from '../exit.ts';
import { usage } from '../flags.ts';

/** Prints what a shell reads to complete command lines. */
export async function completionCommand({ io, positionals, output }: Invocation): Promise<CommandResult> {
  const [word, ...more] = positionals;
  const shell = SHELLS.find((name) => name === word);
  if (shell === undefined || more.length > 0) {
    const what =
      word === undefined ? 'completion takes a shell.' : `completion takes no ${positionals.join(' ')}.`;
    throw usage(what, (word && didYouMean(word, SHELLS)) || `It is one of ${SHELLS.join(', ')}.`);
  }
  const script = scriptFor(shell);
  if (output === 'text') io.stdout.write(script);
  return { exitCode: EXIT.done, json: { shell, script } };
}
