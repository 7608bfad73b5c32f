import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { VERSION } from '../core/version.ts';
import { type BaselineReport, type MeasuredOn, RERANKED, type VerificationReport } from './report.ts';
import { comparePaired } from './statistics/compare.ts';
import type { StatisticsOptions } from './statistics/types.ts';

const FORMAT = 1;

/** The figures of an earlier run, as a file in git keeps them. */
export interface Baseline {
  readonly measuredOn: MeasuredOn;
  /** By measure, then by ID of the query: what the reranked arm had. */
  readonly measures: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Reads the text of a baseline file; a string says what is wrong with it. */
export function parseBaseline(text: string): Baseline | string {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return `it is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isObject(content)) return 'it is no JSON object';
  if (content.format !== FORMAT)
    return `its format is ${JSON.stringify(content.format)}, and this version reads ${FORMAT}`;
  const { measuredOn, measures } = content;
  if (!isObject(measuredOn) || !isObject(measures)) return 'measuredOn or measures is missing';
  const wrong = Object.values(measures).some(
    (values) => !isObject(values) || Object.values(values).some((value) => typeof value !== 'number'),
  );
  if (wrong) return 'a figure in measures is no number';
  return { measuredOn, measures } as unknown as Baseline;
}

/** The text of a baseline file from a run: sorted, one figure a line, so that a change of it reads well in git. */
export function baselineText(report: VerificationReport): string {
  const measures: Record<string, Record<string, number>> = {};
  for (const query of sortedById(report.queries)) {
    for (const [measure, arms] of Object.entries(query.measures ?? {})) {
      const value = arms[RERANKED];
      if (value === undefined) continue;
      measures[measure] ??= {};
      measures[measure][query.id] = value;
    }
  }
  const content: JsonObject = {
    format: FORMAT,
    verification: report.address,
    writtenBy: `rerankctl ${VERSION}`,
    measuredOn: report.measuredOn as unknown as Json,
    measures,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function sortedById<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...items].sort((left, right) => (left.id < right.id ? -1 : 1));
}

/**
 * What makes the figures of two runs incomparable, in words. Another model, pipeline or server does not: that is what
 * a baseline is there to judge.
 */
export function incomparable(baseline: MeasuredOn, now: MeasuredOn): string[] {
  const found: string[] = [];
  if (baseline.queries !== now.queries) found.push('other queries');
  if (baseline.judgments !== now.judgments) found.push('other judgments');
  const keys = ['gain', 'relevantFrom', 'ties', 'unjudged'] as const;
  for (const key of keys) {
    const [then, today] = [baseline.convention?.[key], now.convention[key]];
    if (then !== today) found.push(`${key} ${String(then)} and not ${String(today)}`);
  }
  return found;
}

/** The reranked arm of a run against a baseline, query by query. */
export function compareBaseline(
  baseline: Baseline,
  values: ReadonlyMap<string, ReadonlyMap<string, number>>,
  options: StatisticsOptions,
): BaselineReport['measures'] {
  const compared: Record<string, BaselineReport['measures'][string]> = {};
  for (const [measure, queries] of values) {
    const deltas = deltasTo(baseline, measure, queries);
    if (deltas.length > 0) compared[measure] = comparePaired(deltas, options);
  }
  return compared;
}

/** Now minus then, for the queries that both have. */
export function deltasTo(
  baseline: Baseline,
  measure: string,
  queries: ReadonlyMap<string, number>,
): number[] {
  const then = baseline.measures[measure] ?? {};
  return [...queries].flatMap(([id, value]) => {
    const before = then[id];
    return before === undefined ? [] : [value - before];
  });
}
