export type Attributes = Readonly<Record<string, string | number | undefined>>;

/**
 * Text that XML 1.0 allows (https://www.w3.org/TR/xml/#charsets): it has no way to write most control characters, half
 * characters and U+FFFE, U+FFFF; they become U+FFFD.
 */
export function xmlText(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

/** A reader turns line ends of attributes into blanks, unless they are written as references. */
function attributeText(text: string): string {
  return xmlText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}

/** An element on lines of its own. `inside`: elements, or the text between its tags; without it, `<name/>`. */
export function element(
  name: string,
  attributes: Attributes,
  inside: readonly string[] | string = '',
): string {
  const written = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${attributeText(String(value))}"`]))
    .join('');
  if (inside.length === 0) return `<${name}${written}/>`;
  if (typeof inside === 'string') return `<${name}${written}>${xmlText(inside)}</${name}>`;
  return [`<${name}${written}>`, ...inside, `</${name}>`].join('\n');
}

/** Seconds with milliseconds, as CI systems read a time. */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
