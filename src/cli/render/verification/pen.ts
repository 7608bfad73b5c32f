import { stripVTControlCharacters } from 'node:util';
import { type Paint, painter } from '../../io.ts';

export interface VerificationStyle {
  readonly color: boolean;
  readonly width: number;
  /** Without it, ASCII alone. */
  readonly unicode: boolean;
}

export interface Pen {
  readonly paint: Paint;
  readonly width: number;
  readonly up: string;
  readonly down: string;
  readonly none: string;
  readonly ellipsis: string;
  readonly cross: string;
  readonly tick: string;
  readonly arrow: string;
}

const NARROWEST = 56;

export function penOf(style: VerificationStyle): Pen {
  return {
    paint: painter(style.color),
    width: Math.max(style.width, NARROWEST),
    ...(style.unicode
      ? { up: '↑', down: '↓', none: '–', ellipsis: '…', cross: '✗', tick: '✓', arrow: '→' }
      : { up: '+', down: '-', none: '-', ellipsis: '...', cross: 'x', tick: 'v', arrow: '->' }),
  };
}

/** What comes from documents, manifests and servers must not move the cursor. */
export function tidy(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;

/** Terminal columns: most East Asian characters and emoji take two, combining marks none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

export function cutTo(text: string, width: number, pen: Pen): string {
  const plain = pen.ellipsis === '…' ? text : text.replaceAll('…', '...');
  if (widthOf(plain) <= width) return plain;
  let kept = '';
  let used = 0;
  const room = width - pen.ellipsis.length;
  for (const character of plain) {
    used += widthOf(character);
    if (used > room) break;
    kept += character;
  }
  return kept.trimEnd() + pen.ellipsis;
}

/** Puts pieces on lines of at most this width. */
export function flow(pieces: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const joined = lines.length === 0 ? piece : lines.at(-1) + separator + piece;
    if (lines.length === 0 || widthOf(joined) > width) lines.push(piece);
    else lines[lines.length - 1] = joined;
  }
  return lines;
}

/** `  LABEL text`, broken between words and indented below the text. */
export function wrapped(text: string, label: string, pen: Pen, indent = '  '): string[] {
  const hang = indent.length + widthOf(label) + 1;
  const lines = flow(text.split(' '), ' ', pen.width - hang);
  return lines.map((line, i) => (i === 0 ? `${indent}${label} ${line}` : `${' '.repeat(hang)}${line}`));
}
