import { stripVTControlCharacters } from 'node:util';
import type { Output } from './io.ts';
import { headOf, inAscii, widthOf } from './render/verification/pen.ts';

/** What follows a broken line stands below its text, where that leaves so much room. */
const LEAST_ROOM = 24;
const HANG = 4;

/**
 * A stream for prose. On a terminal lines are broken between words as wide as it is at that moment; anywhere else they
 * stay whole, so that an ID can be found in a log. Without `unicode`, our own signs are written in ASCII.
 */
export function fitted(output: Output, unicode: boolean): Output {
  if (!output.isTTY && unicode) return output;
  return {
    isTTY: output.isTTY,
    get columns() {
      return output.columns;
    },
    get rows() {
      return output.rows;
    },
    write: (text) => {
      const plain = unicode ? text : inAscii(text);
      output.write(output.isTTY ? fit(plain, output.columns) : plain);
    },
  };
}

/** Breaks the lines that are too wide. Colours go on over a break, and take no room. */
export function fit(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => (widthOf(line) <= width ? line : broken(line, width)))
    .join('\n');
}

function broken(line: string, width: number): string {
  const hang = ' '.repeat(hangOf(stripVTControlCharacters(line), width));
  const lines: string[] = [];
  let current = '';
  let used = 0;
  const breakLine = (): void => {
    lines.push(current);
    current = hang;
    used = hang.length;
  };
  for (const { 1: blank = '', 2: word = '', index } of line.matchAll(/( *)([^ ]*)/g)) {
    if (blank === '' && word === '') continue;
    const isFirst = used === 0 && lines.length === 0;
    const room = width - used;
    // A column that fits no more is not begun, where it fits a line of its own.
    const column = blank.length > 1 ? widthOf(columnAt(line, index + blank.length)) : 0;
    const isMoved = blank.length + column > room && hang.length + column <= width;
    if (isFirst || (blank.length + widthOf(word) <= room && !isMoved)) current += blank + word;
    else {
      breakLine();
      current += word;
    }
    used = widthOf(current);
    while (used > width) {
      const head = cut(current, width);
      const rest = current.slice(head.length);
      current = head;
      breakLine();
      current += rest;
      used = widthOf(current);
    }
  }
  lines.push(current);
  return lines.join('\n');
}

/** What stands from there to the next column, or to the end. */
function columnAt(line: string, start: number): string {
  return /^.*?(?= {2}|$)/.exec(line.slice(start))?.[0] ?? '';
}

/** Below the text of `  name   text`, or of `[ 1.2 s] text`; otherwise a little to the right of where the line begins. */
function hangOf(plain: string, width: number): number {
  const label = /^( *\S.*? {2,}|\[[^\]]*\] |\s*\d+ \| )(?=\S)/.exec(plain)?.[1]?.length;
  if (label !== undefined && width - label >= LEAST_ROOM) return label;
  const indent = plain.length - plain.trimStart().length;
  return Math.min(indent + HANG, Math.max(width - LEAST_ROOM, 0));
}

/** The beginning of that width, with all the colours in it. */
function cut(text: string, width: number): string {
  let kept = '';
  let used = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
  for (const [part] of text.matchAll(/\u001b\[[\d;]*m|[^\u001b]+|\u001b/g)) {
    const head = part.startsWith('\u001b') ? part : headOf(part, width - used);
    kept += head;
    used += widthOf(head);
    if (head.length < part.length) break;
  }
  return kept;
}
