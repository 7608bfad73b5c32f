import { cutTo, headOf, type Pen, widthOf, written } from './pen.ts';

/** Puts pieces on lines of at most this width. Of a separator at the end of a line its blanks are left out. */
export function flow(pieces: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  const tail = separator.trimEnd();
  for (const piece of pieces) {
    const before = lines.at(-1);
    if (before === undefined) lines.push(piece);
    else if (widthOf(before + separator + piece) > width - tail.length) {
      lines[lines.length - 1] = before + tail;
      lines.push(piece);
    } else lines[lines.length - 1] = before + separator + piece;
  }
  return lines;
}

/** `  LABEL text`, broken between words and indented below the text. A word that fits no line is broken too. */
export function wrapped(text: string, label: string, pen: Pen, indent = '  '): string[] {
  const words = written(text, pen).split(' ');
  return hung(words, ' ', label, pen, indent);
}

/** `  LABEL piece, piece`, broken between pieces and, where one fits no line, between its words. */
export function listed(
  pieces: readonly string[],
  separator: string,
  label: string,
  pen: Pen,
  indent = '  ',
): string[] {
  const room = roomBeside(label, pen, indent);
  const fits = pieces.every((piece) => widthOf(piece) <= room);
  return fits
    ? hung(
        pieces.map((piece) => written(piece, pen)),
        separator,
        label,
        pen,
        indent,
      )
    : wrapped(pieces.join(separator), label, pen, indent);
}

function roomBeside(label: string, pen: Pen, indent: string): number {
  return Math.max(pen.width - indent.length - widthOf(label) - 1, 10);
}

function hung(
  pieces: readonly string[],
  separator: string,
  label: string,
  pen: Pen,
  indent: string,
): string[] {
  const room = roomBeside(label, pen, indent);
  const hang = ' '.repeat(indent.length + widthOf(label) + 1);
  const broken = pieces.flatMap((piece) => chunks(piece, room));
  return flow(broken, separator, room).map((line, i) => {
    const start = i === 0 ? `${indent}${label} ` : hang;
    return `${start}${line}`.trimEnd();
  });
}

function chunks(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const head = headOf(text, width);
  return [head, ...chunks(text.slice(head.length), width)];
}

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/**
 * A table whose head is in a low voice. Columns without a value are left out. `undefined`: it is wider than the
 * terminal.
 */
export function aligned(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  pen: Pen,
): string[] | undefined {
  const used = columns.flatMap(({ title, align }, i) => {
    const cells = rows.map((row) => row[i] ?? '');
    if (cells.every((cell) => cell === '')) return [];
    return [{ title, align, i, width: Math.max(...[title, ...cells].map(widthOf)) }];
  });
  if (used.reduce((sum, { width }) => sum + width + 2, 0) > pen.width) return undefined;
  const line = (cellAt: (i: number, title: string) => string): string =>
    used
      .map(({ title, align, i, width }) => {
        const cell = cellAt(i, title);
        const blank = ' '.repeat(width - widthOf(cell));
        return `  ${align === 'left' ? cell + blank : blank + cell}`;
      })
      .join('')
      .trimEnd();
  return [
    pen.paint(
      'dim',
      line((_i, title) => title),
    ),
    ...rows.map((row) => line((i) => row[i] ?? '')),
  ];
}

/** A heading that is cut to the line. */
export function heading(text: string, pen: Pen): string {
  return pen.paint('dim', cutTo(`  ${text}`, pen.width, pen));
}

/** Labels of lines that stand below each other, all of one width. */
export function labelOf(name: string): string {
  return name.padEnd(13);
}
