import type { YAMLError } from 'yaml';
import type { Segment } from './segments.ts';

export interface SyntaxProblem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly offset: number;
}

type Explanation = Pick<SyntaxProblem, 'message' | 'remedy'>;

const EXPLAINED: Record<string, Explanation> = {
  BAD_INDENT: {
    message: 'The indentation of this line fits no line above it.',
    remedy: 'Keys of one mapping, and items of one list, begin in the same column.',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'This line is neither `key: value` nor a list item.',
    remedy:
      'Put a colon and a space after the key. A text of several lines begins with `>-` or `|`, or stands in quotes.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'A value holds a second `: `.',
    remedy:
      'Put the value in quotes if it is one text; else begin the inner mapping on a line of its own, indented.',
  },
  BLOCK_IN_FLOW: {
    message: 'A block begins inside `{…}` or `[…]`.',
    remedy: 'Close the bracket before this line, or write everything inside it with brackets and commas.',
  },
  BAD_SCALAR_START: {
    message: 'A text cannot begin with this character.',
    remedy: 'Put the text in quotes.',
  },
  BAD_DQ_ESCAPE: {
    message: 'A backslash in double quotes begins an escape, and this one is unknown.',
    remedy: 'Write `\\\\` for a backslash, or put the text in single quotes.',
  },
  BAD_ALIAS: {
    message: 'This is no name for an alias.',
    remedy: 'Put a text that begins with `*` or `&` in quotes.',
  },
  KEY_OVER_1024_CHARS: {
    message: 'A key is longer than 1,024 characters.',
    remedy: 'Is a quote or a colon missing?',
  },
  NON_STRING_KEY: {
    message: 'A key must be a text.',
    remedy: 'Write it as `key: value`, with a name for a key.',
  },
  RESOURCE_EXHAUSTION: { message: 'Values are nested too deep.', remedy: 'Nest less.' },
};

const MISSING: Explanation = {
  message: 'A bracket, a quote or a comma is missing.',
  remedy: 'Close every `{`, `[` and quote, and put commas between the items inside brackets.',
};

/** What the parser's first complaint means. Those after it are mostly its consequences. */
export function explainSyntax(error: YAMLError, segment: Segment): SyntaxProblem {
  const offset = Math.min(error.pos[0], segment.text.length);
  const tab = indentingTab(segment.text, offset);
  if (error.code === 'TAB_AS_INDENT' || tab !== undefined) {
    return {
      code: 'RCTL_YAML_TAB',
      message: 'A tab indents this line. YAML is indented with spaces only.',
      remedy: 'Replace the tab by spaces: two for each level.',
      offset: tab ?? offset,
    };
  }
  const known =
    error.code === 'MISSING_CHAR' && !error.message.includes('indicator') ? MISSING : EXPLAINED[error.code];
  const { message, remedy } = known ?? {
    message: `This is no valid YAML: ${error.message.replace(/\.?\s*$/, '')}.`,
    remedy: 'Check the quotes, brackets, colons and indentation here and on the line above.',
  };
  return { code: 'RCTL_YAML_SYNTAX', message, remedy, offset };
}

/** The first tab in the indentation of the line around an offset, or of the line after it. */
function indentingTab(text: string, offset: number): number | undefined {
  let start = text.lastIndexOf('\n', offset - 1) + 1;
  for (let line = 0; line < 2; line++) {
    const indent = /^[ \t]*/.exec(text.slice(start, start + 200))?.[0] ?? '';
    const next = text.indexOf('\n', start);
    const isBlank = text.slice(start, next === -1 ? undefined : next).trim() === '';
    if (indent.includes('\t') && !isBlank) return start + indent.indexOf('\t');
    if (next === -1) return undefined;
    start = next + 1;
  }
  return undefined;
}
