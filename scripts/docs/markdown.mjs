export const MADE = '<!-- Made by scripts/docs.mjs. Do not edit. -->';

/** Text for the cell of a table. */
export function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** `text` is inserted as code, whatever it contains. */
export function inline(text) {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}
