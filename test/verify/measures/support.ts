import { type Measure, parseMeasure } from '../../../src/verify/measures/name.ts';
import { measureRanking } from '../../../src/verify/measures/trec.ts';
import type { Convention, Judgments, Run } from '../../../src/verify/measures/types.ts';

export function measure(text: string): Measure {
  const found = parseMeasure(text);
  if (found === undefined) throw new Error(`${text} is no measure`);
  return found;
}

/** One measure of every query. */
export function valuesIn(
  text: string,
  convention: Convention,
  run: Run,
  qrels: Judgments,
): Record<string, number> {
  return Object.fromEntries(
    [...qrels].map(([query, grades]) => [
      query,
      measureRanking(measure(text), convention, run.get(query) ?? [], grades),
    ]),
  );
}

export function meanOf(values: Readonly<Record<string, number>>): number {
  const all = Object.values(values);
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}
