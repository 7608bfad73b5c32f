import { textAt } from '../core/json.ts';

/** Under `_meta` of a mapping: what a rolled-out index is to the manifest. */
export const MARK = 'rerankctl';

/** The name that the manifest has for this index of a `GET /<index>`, where it was rolled out: an alias of it. */
export function rolledOutAs(index: unknown): string | undefined {
  return textAt(index, 'mappings', '_meta', MARK, 'index');
}

/** Query of a request that lists indices: those that people see. */
export const VISIBLE_INDICES = { expand_wildcards: 'open,closed', ignore_unavailable: true } as const;

/**
 * The path of a request that lists indices of these names: a user who may read only some gets 403 for `*`.
 * A pattern that is no name of an index matches none, so it does not narrow the path.
 */
export function indexPath(patterns: readonly string[]): string {
  const safe = patterns.every((pattern) => /^[a-z0-9*][a-z0-9._*-]*$/.test(pattern));
  return patterns.length === 0 || !safe || patterns.join().length > 3000 ? '*' : patterns.join(',');
}

/**
 * Indices that plugins make for themselves: hidden ones, those that begin with a dot, and the logs of the security
 * plugin and of query insights (3.x), which have neither mark.
 */
export function isMadeByServer(name: string, flatSettings: unknown): boolean {
  return (
    /^(\.|security-auditlog-|top_queries-)/.test(name) || textAt(flatSettings, 'index.hidden') === 'true'
  );
}
