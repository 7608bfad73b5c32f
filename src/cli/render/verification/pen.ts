import { stripVTControlCharacters } from 'node:util';
import { type Paint, painter } from '../../io.ts';

export interface VerificationStyle {
  readonly color: boolean;
  readonly width: number;
  /** Without it, ASCII alone. */
  readonly unicode: boolean;
  /** Names and IDs are never cut, however wide that gets. */
  readonly wholeIds?: boolean;
  /** `false`: no text of queries and documents, IDs alone. */
  readonly text?: boolean;
}

export interface Pen {
  readonly paint: Paint;
  readonly width: number;
  readonly unicode: boolean;
  readonly wholeIds: boolean;
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
    unicode: style.unicode,
    wholeIds: style.wholeIds ?? false,
    ...(style.unicode
      ? { up: '↑', down: '↓', none: '–', ellipsis: '…', cross: '✗', tick: '✓', arrow: '→' }
      : { up: '+', down: '-', none: '-', ellipsis: '...', cross: 'x', tick: 'v', arrow: '->' }),
  };
}

const IN_ASCII: Readonly<Record<string, string>> = {
  '…': '...',
  '–': '-',
  '→': '->',
  '↑': '+',
  '↓': '-',
  '✓': 'v',
  '✗': 'x',
  '·': '.',
  '≥': '>=',
  '≤': '<=',
  '±': '+/-',
  '×': 'x',
  '“': '"',
  '”': '"',
  '’': "'",
};

/** The signs that rerankctl itself writes, as this pen can write them. */
export function written(text: string, pen: Pen): string {
  return pen.unicode ? text : inAscii(text);
}

/** Other signs than our own, such as those of documents, stay what they are. */
export function inAscii(text: string): string {
  return text.replaceAll(/[…–→↑↓✓✗·≥≤±×“”’]/g, (sign) => IN_ASCII[sign] ?? sign);
}

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;

/** Terminal columns: most East Asian characters and emoji take two, combining marks none. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (/^[ -~]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const character of plain) {
    if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

export function cutTo(text: string, width: number, pen: Pen): string {
  const plain = written(text, pen);
  if (widthOf(plain) <= width) return plain;
  return headOf(plain, width - pen.ellipsis.length).trimEnd() + pen.ellipsis;
}

/** A name or an ID that somebody may want to copy. */
export function cutId(id: string, width: number, pen: Pen): string {
  return pen.wholeIds ? written(id, pen) : cutTo(id, width, pen);
}

/** As much of the beginning as fits. */
export function headOf(text: string, width: number): string {
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    kept += character;
  }
  return kept;
}
