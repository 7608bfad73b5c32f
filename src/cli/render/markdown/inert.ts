import { tidy } from '../tidy.ts';

const ZERO_WIDTH_SPACE = '\u200b';

/**
 * Text as Markdown, in HTML and in table cells alike, that shows itself and does nothing. Marks become numeric
 * references, which never make structure. What GitHub looks for after that, in the finished text (mentions, issues,
 * addresses, emoji), is broken by a space of no width.
 */
export function inert(text: string): string {
  const shown = references(
    tidy(text)
      .replaceAll(/@(?=\w)/g, `@${ZERO_WIDTH_SPACE}`)
      .replaceAll(/#(?=\d)/g, `#${ZERO_WIDTH_SPACE}`)
      .replaceAll(/\b(GH-)(?=\d)/gi, `$1${ZERO_WIDTH_SPACE}`)
      .replaceAll(/:(?=\/\/|[\w+-]+:)/g, `:${ZERO_WIDTH_SPACE}`)
      .replaceAll(/\b(www)\./gi, `$1${ZERO_WIDTH_SPACE}.`),
  );
  // At the beginning of an item these would begin another list.
  return shown.replace(/^[-+]/, (mark) => `&#${mark.charCodeAt(0)};`).replace(/^(\d+)\./, '$1&#46;');
}

/** The same in the type of code, where nothing is looked for: to be copied as it is. For Markdown. */
export function inertCode(text: string): string {
  const shown = tidy(text);
  // A bar would end a cell also in code, and a backtick the code. Tags mean nothing there, but not every reader knows.
  if (/[`|\\]|<[a-z/!?]|&[#a-z]/i.test(shown)) return htmlCode(text);
  return shown === '' ? '' : `\`${shown}\``;
}

/** The same where Markdown is not read: in the line of HTML that a block of details begins with. */
export function htmlCode(text: string): string {
  const shown = references(tidy(text))
    .replaceAll('://', '&#58;//')
    .replaceAll(/\b(ww)w\./gi, '$1&#119;.');
  return shown === '' ? '' : `<code>${shown}</code>`;
}

/** A figure of ours: nothing in it but a `<` could mean anything. */
export function figure(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The beginning of a text, at most so many characters; none of them is cut in half. */
export function cutText(text: string, most: number): string {
  const whole = tidy(text);
  if (whole.length <= most) return whole;
  return `${[...whole.slice(0, most)].slice(0, -1).join('').trimEnd()}…`;
}

function references(text: string): string {
  return text.replaceAll(/[&<>|`*_{}[\]#~\\$@!"'^=]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** A table. Its cells are Markdown already. Columns without a value are left out. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = head.flatMap((_title, i) => (rows.some((row) => (row[i] ?? '') !== '') ? [i] : []));
  const line = (cells: readonly string[]): string => `| ${used.map((i) => cells[i] ?? '').join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
