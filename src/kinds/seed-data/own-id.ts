/** With this `id_field` each document carries its `_id` itself, which OpenSearch would refuse inside of it. */
export const OWN_ID = '_id';

const MEMBER = /\s*("(?:[^"\\]|\\.)*")\s*:\s*/y;
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]]|[^"{}[\],]+|,/g;

/** The text of a JSON object without its own `_id`. All else stays letter by letter, long numbers among it. */
export function withoutOwnId(text: string): string {
  const kept: string[] = [];
  let at = text.indexOf('{') + 1;
  for (;;) {
    MEMBER.lastIndex = at;
    const name = MEMBER.exec(text);
    if (name === null) break;
    const end = valueEnd(text, MEMBER.lastIndex);
    const isOwn = JSON.parse(name[1] ?? '""') === OWN_ID;
    if (!isOwn) kept.push(text.slice(at, end).trim());
    if (text[end] !== ',') break;
    at = end + 1;
    // As `export` writes it: there is only one, and the rest need not be looked at.
    if (isOwn && kept.length === 0 && !text.includes(`"${OWN_ID}"`, at)) return `{${text.slice(at)}`;
  }
  return `{${kept.join(',')}}`;
}

/** Where the value that begins here ends: at the comma or the bracket behind it. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  TOKEN.lastIndex = from;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const [first] = token[0];
    if (depth === 0 && (first === ',' || first === '}')) return token.index;
    if (first === '{' || first === '[') depth++;
    else if (first === '}' || first === ']') depth--;
  }
  return text.length;
}
