/**
 * One line of text that only shows itself. What comes from documents, manifests and servers must not move a cursor,
 * break a line, or turn the direction of what stands beside it; half characters become U+FFFD.
 */
export function tidy(text: string): string {
  return text
    .replaceAll(/\p{Cs}/gu, '\uFFFD')
    .replaceAll(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g, '')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}
