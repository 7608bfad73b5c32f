import type { Output } from '../io.ts';

const ZERO_WIDTH_SPACE = '\u200b';

/**
 * Output in which GitHub's runner finds no workflow command. It looks for `::` at the beginning of a line, after blanks, and
 * for the older `##[` anywhere; what manifests and servers say shall not talk to it.
 */
export function withoutCommands(output: Output): Output {
  return {
    ...output,
    write: (text) =>
      output.write(
        text
          .replaceAll(/^([^\S\r\n]*):(?=:)/gm, `$1:${ZERO_WIDTH_SPACE}`)
          .replaceAll('##[', `##${ZERO_WIDTH_SPACE}[`),
      ),
  };
}
