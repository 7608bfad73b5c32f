import type { QueryReport } from '../../../verify/report.ts';

/** Queries that did not pass, those with the same trouble together, in the order of the report. */
export function troublesOf(queries: readonly QueryReport[]): (readonly [QueryReport, ...QueryReport[]])[] {
  const alike = new Map<string, [QueryReport, ...QueryReport[]]>();
  for (const query of queries.filter(({ verdict }) => verdict !== 'pass')) {
    const key = troubleOf(query);
    const group = alike.get(key);
    if (group === undefined) alike.set(key, [query]);
    else group.push(query);
  }
  return [...alike.values()];
}

/** What goes wrong for the same reason has the same key. A missed expectation is a matter of its query alone. */
function troubleOf({ id, verdict, error, proof }: QueryReport): string {
  const reasons = (proof?.reasons ?? []).map(({ code }) => code);
  if (error === undefined && reasons.length === 0) return JSON.stringify(['alone', id]);
  return JSON.stringify([verdict, error?.code ?? '', ...reasons]);
}

/** The message, with its code where it was taken out (`withoutText`). */
export function saidOf({ code, message }: { readonly code: string; readonly message: string }): string {
  return /^\(.*\)$/.test(message) ? `${code} ${message}` : message;
}
