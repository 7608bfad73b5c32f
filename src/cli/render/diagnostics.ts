import { relative } from 'node:path';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { grouped } from '../../core/grouped.ts';
import type { Paint } from '../io.ts';

export interface RenderStyle {
  readonly paint: Paint;
  /** Files are shown relative to it. */
  readonly cwd: string;
  /** Of the terminal, so that a line of a manifest is shown around the place that is meant. */
  readonly width?: number | undefined;
  /** Tells what the server said, word for word, too. */
  readonly debug?: boolean;
}

const SEVERITY = { error: ['red', 'bold'], warning: ['yellow', 'bold'], note: ['cyan'] } as const;

export function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path === '' || path.startsWith('..') ? file : path;
}

/** One diagnostic: what and where, the line itself with a caret, and what to do. */
export function renderDiagnostic(diagnostic: Diagnostic, { paint, cwd, width, debug }: RenderStyle): string {
  const { severity, code, message, location, snippet, remedy, address, said } = diagnostic;
  const where =
    location === undefined
      ? (address ?? '')
      : `${shownPath(location.file, cwd)}:${location.line}:${location.column}`;
  const head = [
    where === '' ? '' : `${where}: `,
    paint([...SEVERITY[severity]], severity),
    paint('dim', ` ${code}`),
    address !== undefined && location !== undefined ? paint('dim', ` (${address})`) : '',
  ].join('');
  const lines = [head, `  ${message}`];
  if (location !== undefined && snippet !== undefined && snippet.trim() !== '') {
    const number = String(location.line).padStart(5);
    const margin = ' '.repeat(number.length);
    const room = Math.max((width ?? LONGEST_SNIPPET) - number.length - 3, LEAST_SNIPPET);
    const [shown, column] = aroundColumn(snippet, location.column - 1, room);
    lines.push(paint('dim', `${number} | `) + shown);
    lines.push(paint('dim', `${margin} | `) + ' '.repeat(column) + paint('red', '^'));
  }
  if (debug && said !== undefined) lines.push(`  ${paint('dim', 'server:')} ${said}`);
  if (remedy !== undefined) lines.push(`  ${paint('green', 'fix:')} ${remedy}`);
  return `${lines.join('\n')}\n`;
}

const LONGEST_SNIPPET = 168;
const LEAST_SNIPPET = 20;

/** As much of a line as there is room for, with the column in it, and where that is now. */
function aroundColumn(line: string, column: number, room: number): [shown: string, column: number] {
  const at = Math.min(column, line.length);
  if (line.length <= room) return [line, at];
  const start = Math.min(Math.max(0, at - Math.floor(room / 2)), line.length - room);
  const head = start > 0 ? '…' : '';
  const tail = start + room < line.length ? '…' : '';
  return [
    `${head}${line.slice(start + head.length, start + room - tail.length)}${tail}`,
    Math.min(at - start, room - 1),
  ];
}

export function renderDiagnostics(diagnostics: readonly Diagnostic[], style: RenderStyle): string {
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, style)).join('\n');
}

export function countOf(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}
