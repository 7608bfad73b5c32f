import type { QueryReport } from './report.ts';

/** The figures of one measure in one arm, by ID of the query. */
export type Values = ReadonlyMap<string, number>;

/** What each measured query had in an arm. Only queries with these labels. */
export function valuesOf(
  queries: readonly QueryReport[],
  measure: string,
  arm: string,
  labels: Readonly<Record<string, string>> = {},
): Values {
  return new Map(
    queries
      .filter((query) => hasLabels(query, labels))
      .flatMap(({ id, measures }) => {
        const value = measures?.[measure]?.[arm];
        return value === undefined ? [] : [[id, value] as const];
      }),
  );
}

export function hasLabels(
  query: Pick<QueryReport, 'labels'>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(labels).every(([key, value]) => query.labels[key] === value);
}

/** `left` minus `right`, for the queries that both have, in the order of `left`. */
export function deltas(left: Values, right: Values): { readonly id: string; readonly delta: number }[] {
  return [...left].flatMap(([id, value]) => {
    const other = right.get(id);
    return other === undefined ? [] : [{ id, delta: value - other }];
  });
}
