import { page } from './browser.ts';

/** A query of a report, as the part of the address after `#`: it can be sent to somebody. */
export function fragmentOf(address: string, id: string): string {
  return `#${[...address.split('/'), id].map((part) => encodeURIComponent(wellFormed(part))).join('/')}`;
}

/** The place of the query that the fragment of the page names; -1 when it names none of these. */
export function queryInFragment(address: string, ids: readonly string[]): number {
  const { hash } = page.location;
  const prefix = fragmentOf(address, '');
  if (!hash.startsWith(prefix)) return -1;
  const wanted = decoded(hash.slice(prefix.length));
  return ids.findIndex((id) => wellFormed(id) === wanted);
}

/** Without a step in the browser's history for each query that was looked at. */
export function setFragment(fragment: string): void {
  page.history.replaceState(null, '', fragment === '' ? '#' : fragment);
}

/** Half a character cannot stand in an address. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
