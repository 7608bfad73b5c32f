import type { QueryReport, VerificationReport } from '../../../verify/report.ts';
import { wrapped } from './layout.ts';
import type { Pen } from './pen.ts';
import { renderQuery, shownId } from './query.ts';
import { troublesOf } from './troubles.ts';

/** Queries that went wrong are told up to so many; the rest is in the JSON. */
const SHOWN = 10;
const SHOWN_IDS = 8;

/** Queries that did not pass. The same trouble of many of them is told once. */
export function unsound(report: VerificationReport, pen: Pen): string[][] {
  const groups = troublesOf(report.queries);
  const shown = groups.slice(0, SHOWN).map(([query, ...others]) => {
    const lines = renderQuery(report, query, pen, true);
    return others.length === 0 ? lines : [...lines, ...sameIn(others, pen)];
  });
  const rest = groups.slice(SHOWN).reduce((sum, queries) => sum + queries.length, 0);
  return rest === 0 ? shown : [...shown, [`  and ${rest} more did not pass (all in --output json)`]];
}

function sameIn(queries: readonly QueryReport[], pen: Pen): string[] {
  const ids = queries.slice(0, SHOWN_IDS).map((query) => shownId(query, pen));
  const rest = queries.length - ids.length;
  const more = rest === 0 ? '' : ` and ${rest} more`;
  const noun = queries.length === 1 ? 'query' : 'queries';
  return wrapped(`the same in ${queries.length} other ${noun}: ${ids.join(', ')}${more}`, 'and', pen);
}
