import type { QueryReport, VerificationReport } from '../../../verify/report.ts';
import { wrapped } from './layout.ts';
import type { Pen } from './pen.ts';
import { renderQuery, shownId } from './query.ts';

/** Queries that went wrong are told up to so many; the rest is in the JSON. */
const SHOWN = 10;
const SHOWN_IDS = 8;

/** Queries that did not pass. The same trouble of many of them is told once. */
export function unsound(report: VerificationReport, pen: Pen): string[][] {
  const alike = new Map<string, [QueryReport, ...QueryReport[]]>();
  for (const query of report.queries.filter(({ verdict }) => verdict !== 'pass')) {
    const key = troubleOf(query);
    const group = alike.get(key);
    if (group === undefined) alike.set(key, [query]);
    else group.push(query);
  }
  const groups = [...alike.values()];
  const shown = groups.slice(0, SHOWN).map(([query, ...others]) => {
    const lines = renderQuery(report, query, pen, true);
    return others.length === 0 ? lines : [...lines, ...sameIn(others, pen)];
  });
  const rest = groups.slice(SHOWN).reduce((sum, queries) => sum + queries.length, 0);
  return rest === 0 ? shown : [...shown, [`  and ${rest} more did not pass (all in --output json)`]];
}

/** What goes wrong for the same reason has the same key. A missed expectation is a matter of its query alone. */
function troubleOf({ id, verdict, error, proof }: QueryReport): string {
  const reasons = (proof?.reasons ?? []).map(({ code }) => code);
  if (error === undefined && reasons.length === 0) return JSON.stringify(['alone', id]);
  return JSON.stringify([verdict, error?.code ?? '', ...reasons]);
}

function sameIn(queries: readonly QueryReport[], pen: Pen): string[] {
  const ids = queries.slice(0, SHOWN_IDS).map((query) => shownId(query, pen));
  const rest = queries.length - ids.length;
  const more = rest === 0 ? '' : ` and ${rest} more`;
  const noun = queries.length === 1 ? 'query' : 'queries';
  return wrapped(`the same in ${queries.length} other ${noun}: ${ids.join(', ')}${more}`, 'and', pen);
}
