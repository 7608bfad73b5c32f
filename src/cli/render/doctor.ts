import type { Finding, FindingLevel, SettingFix } from '../../core/finding.ts';
import type { Paint } from '../io.ts';
import { countOf, shownPath } from './diagnostics.ts';

const MARKS: Readonly<
  Record<FindingLevel, readonly [mark: string, color: 'green' | 'cyan' | 'yellow' | 'red']>
> = {
  ok: ['✓', 'green'],
  note: ['·', 'cyan'],
  warning: ['!', 'yellow'],
  error: ['✗', 'red'],
};

/** One line or two a finding, in the order of the checks, and how many of them want something done. */
export function renderFindings(
  findings: readonly Finding[],
  { paint, cwd }: { paint: Paint; cwd: string },
): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const margin = ' '.repeat(width + 6);
  const lines = findings.flatMap(({ check, level, message, remedy, fix, diagnostic }) => {
    const [mark, color] = MARKS[level];
    const { location, address, code } = diagnostic ?? {};
    const where =
      location === undefined ? '' : `${shownPath(location.file, cwd)}:${location.line}:${location.column} `;
    return [
      `  ${paint(color, mark)} ${check.padEnd(width)}  ${message}`,
      ...(diagnostic === undefined
        ? []
        : [paint('dim', `${margin}${where}${code}${address === undefined ? '' : ` (${address})`}`)]),
      ...(remedy === undefined ? [] : [`${margin}${paint('green', 'fix:')} ${remedy}`]),
      ...(fix === undefined || level === 'note'
        ? []
        : [`${margin}${paint('green', 'fix:')} rerankctl doctor --fix sets ${settingWords(fix)}`]),
    ];
  });
  return `${lines.join('\n')}\n${verdict(findings)}\n`;
}

export function settingWords({ setting, before, value }: SettingFix): string {
  return `${setting} to ${value}${before === undefined ? '' : ` (now ${before})`}`;
}

function verdict(findings: readonly Finding[]): string {
  const number = (level: FindingLevel): number =>
    findings.filter((finding) => finding.level === level).length;
  const parts = [
    ...(number('error') > 0 ? [countOf(number('error'), 'error')] : []),
    ...(number('warning') > 0 ? [countOf(number('warning'), 'warning')] : []),
  ];
  return parts.length === 0 ? 'Nothing stands in the way.' : `Found ${parts.join(' and ')}.`;
}
