import { pointerSegments } from '../../../core/json.ts';
import type { Change, FieldChange } from '../../../core/plan.ts';
import { BY, patchLines } from '../plan.ts';
import { htmlCode } from './inert.ts';

const MOST_LINES = 200;
const LONGEST_LINE = 400;

/** A block to be opened, with the differences of a change; none where no field differs. */
export function changeDetails({ address, action, fields }: Change): string[] {
  if (fields.length === 0) return [];
  const lines = fields.flatMap(fieldLines);
  const left = lines.length - MOST_LINES;
  const text = [
    ...lines.slice(0, MOST_LINES).map(plainLine),
    ...(left > 0 ? [`  … ${left} more lines`] : []),
  ].join('\n');
  const count = `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`;
  return [
    `<details><summary>${htmlCode(address)} ${action}, ${count}</summary>\n\n${fenced(text)}\n\n</details>`,
  ];
}

/** A fence that is longer than any in the text cannot be closed by it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${text}\n${fence}`;
}

function fieldLines(field: FieldChange): string[] {
  const who = field.by === undefined ? '' : BY[field.by];
  return [`@@ ${pointerSegments(field.pointer).join('.')} @@${who}`, ...patchLines(field)];
}

/** In a fence everything shows itself; what is left to take away is what steers a terminal or turns the direction. */
function plainLine(line: string): string {
  const shown = line
    .replaceAll(/\p{Cs}/gu, '\uFFFD')
    .replaceAll(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
  return shown.length <= LONGEST_LINE ? shown : `${[...shown.slice(0, LONGEST_LINE)].slice(0, -1).join('')}…`;
}
