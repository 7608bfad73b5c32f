import { counted, type Problems, quoted } from './problems.ts';
import { eachLine, type Source } from './source.ts';

/**
 * Reads the lines of a TREC file, whose columns stand between blanks. Lines that start with `#` are comments, as in
 * trec_eval 10. `columns` are their names; a line with more or fewer is an error.
 */
export async function eachTrecLine(
  source: Source,
  columns: readonly string[],
  problems: Problems,
  onRow: (cells: readonly string[], line: number) => void,
): Promise<void> {
  await eachLine(source, (text, line) => {
    const cells = text.trim().split(/[ \t]+/);
    if (cells[0]?.startsWith('#')) return;
    if (cells.length === columns.length) {
      onRow(cells, line);
      return;
    }
    problems.error(line, () => ({
      code: 'RCTL_INPUT_COLUMNS',
      message: `The line has ${counted(cells.length, 'column')}, not ${columns.length}: ${quoted(text)}.`,
      remedy: `Its columns are ${columns.join(' ')}, with blanks between them and none inside them.`,
    }));
  });
}

/** What cannot stand in a column: blanks of all kinds, control characters, halves of a character. */
const UNWRITABLE = /[\s\p{Cc}\p{Cs}]/u;
const ESCAPE = /%u([0-9A-F]{4})/g;
/** Written for an ID that is empty. */
const NOTHING = '%u';

/**
 * An ID as TREC files hold it. Nearly every ID stands as it is. A blank or a control character becomes `%u` and the
 * four hexadecimal digits of its code, and so does the `%` of what could be mistaken for that; an empty ID becomes
 * `%u`. Not `%20`: document IDs are often URLs, and those have to be the same in judgments that others made.
 */
export function trecId(id: string): string {
  if (id === '') return NOTHING;
  if (id === NOTHING) return '%u0025u';
  if (!id.includes('%u') && !UNWRITABLE.test(id)) return id;
  return id
    .replaceAll(ESCAPE, (found, digits: string) => (isEscaped(digits) ? `%u0025${found.slice(1)}` : found))
    .replaceAll(new RegExp(UNWRITABLE, 'gu'), (character) => {
      return `%u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
    });
}

/** The same for the first column, where a `#` would start a comment. */
export function trecQueryId(id: string): string {
  return trecId(id).replace(/^#/, '%u0023');
}

/** The opposite of `trecId` and of `trecQueryId`. */
export function fromTrecId(written: string): string {
  if (!written.includes('%u')) return written;
  if (written === NOTHING) return '';
  return written.replaceAll(ESCAPE, (found, digits: string) =>
    isEscaped(digits) ? characterOf(digits) : found,
  );
}

function isEscaped(digits: string): boolean {
  const character = characterOf(digits);
  return character === '%' || character === '#' || UNWRITABLE.test(character);
}

function characterOf(digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 16));
}
