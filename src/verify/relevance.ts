import type { Experiment } from './experiment.ts';
import { headroom } from './measures/headroom.ts';
import { describeMeasure, type Measure, nameOf } from './measures/name.ts';
import { hasRelevant, measureRanking } from './measures/trec.ts';
import type { Grades, Ranked } from './measures/types.ts';
import type { Mean, MeasureReport, QueryReport, Relevance, SegmentReport } from './report.ts';
import { comparePaired, meanInterval } from './statistics/compare.ts';
import type { PairedComparison } from './statistics/types.ts';
import { deltas, valuesOf } from './values.ts';

/** The figures of one query in every arm that answered; `undefined` without relevant documents to find. */
export function measuresOf(
  experiment: Pick<Experiment, 'measures' | 'convention'>,
  grades: Grades | undefined,
  arms: Readonly<Record<string, readonly Ranked[]>>,
): QueryReport['measures'] {
  const { measures, convention } = experiment;
  if (grades === undefined || !hasRelevant(grades, convention)) return undefined;
  return Object.fromEntries(
    measures.map((measure) => [
      nameOf(measure),
      Object.fromEntries(
        Object.entries(arms).map(([arm, ranking]) => [
          arm,
          measureRanking(measure, convention, ranking, grades),
        ]),
      ),
    ]),
  );
}

/** What figures are computed by. */
export type Method = Pick<
  Experiment,
  'measures' | 'convention' | 'statistics' | 'judgments' | 'unknownQueries'
>;

/**
 * The figures over all queries that every arm answered; `null` without judgments. The first arm is what the others
 * are compared with, the headroom is that of the second.
 */
export function relevanceOf(
  experiment: Method,
  queries: readonly QueryReport[],
  arms: readonly string[],
): Relevance | null {
  const { judgments, convention, statistics } = experiment;
  if (judgments === undefined) return null;
  const complete = queries.filter(({ measures }) => isComplete(measures, arms));
  const gradesOf = (id: string): Grades | undefined => judgments.get(id);
  const judged = queries.filter(({ id }) => gradesOf(id) !== undefined);
  const relevant = judged.filter(({ id }) => hasRelevant(gradesOf(id) ?? new Map(), convention));
  const found = new Set(relevant.map(({ id }) => id));
  return {
    queries: complete.length,
    withoutJudgments: queries.filter(({ id }) => gradesOf(id) === undefined).map(({ id }) => id),
    withoutRelevant: judged.filter(({ id }) => !found.has(id)).map(({ id }) => id),
    unanswered: relevant.filter(({ measures }) => !isComplete(measures, arms)).map(({ id }) => id),
    unknownQueries: experiment.unknownQueries,
    confidence: statistics.confidence,
    measures: complete.length === 0 ? [] : reportsOf(experiment, complete, arms),
    headroom: complete.length === 0 ? null : headroomOf(experiment, complete, arms),
    segments: segmentsOf(experiment, complete, arms),
  };
}

/** Why judgments that were given measured nothing, and what to do; `undefined` when they did, or there are none. */
export function whyUnmeasured(
  relevance: Relevance | null,
): { readonly message: string; readonly remedy: string } | undefined {
  if (relevance === null || relevance.queries > 0) return undefined;
  const { withoutJudgments, withoutRelevant, unanswered, unknownQueries } = relevance;
  const message = 'no query with judgments was answered: there are no figures';
  const [asked] = withoutJudgments;
  const [judged] = unknownQueries;
  if (unanswered.length > 0)
    return { message, remedy: 'Look at the queries that not every arm has answered.' };
  if (asked !== undefined && judged !== undefined) {
    const remedy = `Spell the IDs of queries alike: ${asked} is asked, ${judged} is judged, for one.`;
    return { message, remedy };
  }
  return withoutRelevant.length > 0
    ? { message, remedy: 'Judge some document of these queries as relevant: a grade above 0.' }
    : { message, remedy: 'Judge some of the queries.' };
}

function isComplete(measures: QueryReport['measures'], arms: readonly string[]): boolean {
  const first = Object.values(measures ?? {})[0];
  return first !== undefined && arms.every((arm) => first[arm] !== undefined);
}

function reportsOf(
  experiment: Method,
  queries: readonly QueryReport[],
  arms: readonly string[],
): MeasureReport[] {
  return experiment.measures.map((measure) => reportOf(experiment, measure, queries, arms));
}

function reportOf(
  { convention, statistics }: Method,
  measure: Measure,
  queries: readonly QueryReport[],
  arms: readonly string[],
): MeasureReport {
  const name = nameOf(measure);
  const [reference = '', ...others] = arms;
  const values = new Map(arms.map((arm) => [arm, valuesOf(queries, name, arm)]));
  const of = (arm: string) => values.get(arm) ?? new Map<string, number>();
  const meanOf = (arm: string): Mean => {
    const all = [...of(arm).values()];
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    return { mean, interval: meanInterval(all, statistics) };
  };
  const liftOf = (arm: string): PairedComparison =>
    comparePaired(
      deltas(of(arm), of(reference)).map(({ delta }) => delta),
      statistics,
    );
  return {
    measure: name,
    convention: describeMeasure(measure, convention),
    arms: Object.fromEntries(arms.map((arm) => [arm, meanOf(arm)])),
    lift: Object.fromEntries(others.map((arm) => [arm, liftOf(arm)])),
  };
}

/** Of the first measure: what the best order of each window would give. */
function headroomOf(
  experiment: Method,
  queries: readonly QueryReport[],
  [first = '', second = '']: readonly string[],
): Relevance['headroom'] {
  const [measure] = experiment.measures;
  const name = nameOf(measure);
  const perQuery = queries.flatMap((query) => {
    const [unreranked, reranked] = [query.measures?.[name]?.[first], query.measures?.[name]?.[second]];
    const grades = experiment.judgments?.get(query.id);
    if (unreranked === undefined || reranked === undefined || grades === undefined) return [];
    return { window: query.unreranked?.hits ?? [], grades, unreranked, reranked };
  });
  return perQuery.length === 0 ? null : headroom(measure, experiment.convention, perQuery);
}

function segmentsOf(
  experiment: Method,
  queries: readonly QueryReport[],
  arms: readonly string[],
): SegmentReport[] {
  const segments = new Map<string, { label: string; value: string; queries: QueryReport[] }>();
  for (const query of queries) {
    for (const [label, value] of Object.entries(query.labels)) {
      const key = JSON.stringify([label, value]);
      const segment = segments.get(key) ?? { label, value, queries: [] };
      segment.queries.push(query);
      segments.set(key, segment);
    }
  }
  return [...segments.entries()]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, { label, value, queries: members }]) => ({
      label,
      value,
      queries: members.length,
      measures: Object.fromEntries(
        reportsOf(experiment, members, arms).map((report) => [report.measure, report]),
      ),
    }));
}
