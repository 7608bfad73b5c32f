import { relative } from 'node:path';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { grouped } from '../../core/grouped.ts';
import type { Paint } from '../io.ts';

export interface RenderStyle {
  readonly paint: Paint;
  /** Files are shown relative to it. */
  readonly cwd: string;
  /** Tells what the server said, word for word, too. */
  readonly debug?: boolean;
}

const SEVERITY = { error: ['red', 'bold'], warning: ['yellow', 'bold'], note: ['cyan'] } as const;

export function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path === '' || path.startsWith('..') ? file : path;
}

/** One diagnostic: what and where, the line itself with a caret, and what to do. */
export function renderDiagnostic(diagnostic: Diagnostic, { paint, cwd, debug }: RenderStyle): string {
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
    lines.push(paint('dim', `${number} | `) + snippet.slice(0, 160));
    lines.push(
      paint('dim', `${margin} | `) + ' '.repeat(Math.min(location.column - 1, 160)) + paint('red', '^'),
    );
  }
  if (debug && said !== undefined) lines.push(`  ${paint('dim', 'server:')} ${said}`);
  if (remedy !== undefined) lines.push(`  ${paint('green', 'fix:')} ${remedy}`);
  return `${lines.join('\n')}\n`;
}

export function renderDiagnostics(diagnostics: readonly Diagnostic[], style: RenderStyle): string {
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, style)).join('\n');
}

export function countOf(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}
