import { page } from './browser.ts';

/** A query of a report, as the part of the address after `#`: it can be sent to somebody. */
export function fragmentOf(address: string, id: string): string {
  return `#${[...address.split('/'), id].map(encodeURIComponent).join('/')}`;
}

/** The ID of the query that the fragment names, if it is one of this report. */
export function queryInFragment(address: string, fragment: string = page.location.hash): string | undefined {
  const prefix = fragmentOf(address, '');
  if (!fragment.startsWith(prefix)) return undefined;
  try {
    return decodeURIComponent(fragment.slice(prefix.length));
  } catch {
    return undefined;
  }
}

/** Without a step in the browser's history for each query that was looked at. */
export function setFragment(fragment: string): void {
  // An empty fragment would leave the `#`, and scroll to the top.
  page.history.replaceState(null, '', fragment === '' ? '#' : fragment);
}
