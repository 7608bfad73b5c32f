import { digest } from '../core/json.ts';
import { type Baseline, compareBaseline, deltasTo, incomparable } from './baseline.ts';
import type { Experiment } from './experiment.ts';
import { judgeGates } from './gates.ts';
import { nameOf } from './measures/name.ts';
import { summariseChange } from './measures/rank-change.ts';
import { relevanceOf, whyUnmeasured } from './relevance.ts';
import {
  type BaselineReport,
  type Canary,
  type Latency,
  type MeasuredOn,
  type QueryReport,
  RERANKED,
  type Relevance,
  type VerificationReport,
  worstOf,
} from './report.ts';
import { latencyOf } from './statistics/quantile.ts';
import { valuesOf } from './values.ts';

/** What a run brought. */
export interface Raw {
  readonly experiment: Experiment;
  readonly queries: readonly QueryReport[];
  readonly canaries: readonly Canary[];
  readonly server: string;
  readonly models: readonly string[];
  readonly asBaseline: boolean;
  /** The first two are in the places of the unreranked and the reranked arm. */
  readonly arms: readonly string[];
}

/** Makes the report of a verification from what its queries brought. Pure. */
export function assemble(raw: Raw): VerificationReport {
  const { experiment, queries, canaries } = raw;
  const { arms } = raw;
  const measuredOn = measuredOnOf(raw);
  const relevance = relevanceOf(experiment, queries, arms);
  const { report: baseline, content } = baselineOf(raw, measuredOn);
  const gates = judgeGates({
    experiment,
    queries,
    baseline,
    baselineDeltas: (measure, values) =>
      raw.asBaseline
        ? [...values.values()].map(() => 0)
        : content === undefined
          ? []
          : deltasTo(content, measure, values),
  });
  const verdict = worstOf([
    ...queries.map((query) => query.verdict),
    ...gates.map((gate) => gate.verdict),
    ...canaries.map(({ pass }) => (pass ? ('pass' as const) : ('fail' as const))),
    ...(whyUnmeasured(relevance) === undefined ? [] : (['inconclusive'] as const)),
  ]);
  return {
    address: experiment.resource.address,
    index: experiment.index,
    searchPipeline: experiment.pipeline,
    verdict,
    measuredOn,
    arms,
    queries,
    relevance,
    change: summariseChange(queries.flatMap(({ change }) => change ?? [])),
    latency: latencies(queries, arms),
    canaries,
    gates,
    baseline,
    warnings: warningsOf(relevance, queries),
  };
}

function measuredOnOf({ experiment, server, models }: Raw): MeasuredOn {
  const { queries, judgments, documentId, convention } = experiment;
  const grades = [...(judgments ?? [])].map(([id, each]) => [id, [...each].sort(byFirst)] as const);
  return {
    server,
    queries: digest(queries.map(({ id, queryText, labels, body }) => ({ id, queryText, labels, body }))),
    judgments: judgments === undefined ? null : digest({ documentId, grades: grades.sort(byFirst) }),
    models,
    convention,
  };
}

function byFirst([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function baselineOf(
  { experiment, queries, asBaseline }: Raw,
  measuredOn: MeasuredOn,
): { report: BaselineReport | null; content?: Baseline } {
  const { baseline } = experiment;
  if (baseline === undefined) return { report: null };
  const { file, content } = baseline;
  const plain = { file, differences: [], measures: {} } as const;
  if (asBaseline) return { report: { ...plain, state: 'written' } };
  if (content === undefined) return { report: { ...plain, state: 'missing' } };
  const differences = incomparable(content.measuredOn, measuredOn);
  if (differences.length > 0) return { report: { ...plain, state: 'different', differences } };
  const values = new Map(
    experiment.measures.map((measure) => [nameOf(measure), valuesOf(queries, nameOf(measure), RERANKED)]),
  );
  const measures = compareBaseline(content, values, experiment.statistics);
  return { report: { ...plain, state: 'compared', measures }, content };
}

function latencies(queries: readonly QueryReport[], arms: readonly string[]): Record<string, Latency> {
  const [reference, tested] = arms;
  const timesIn = (arm: string): number[] =>
    queries.flatMap(({ unreranked, reranked, others }) => {
      if (arm === reference) return unreranked?.elapsedMs ?? [];
      if (arm === tested) return reranked?.elapsedMs ?? [];
      return others.find(({ name }) => name === arm)?.elapsedMs ?? [];
    });
  return Object.fromEntries(
    arms.flatMap((arm) => {
      const times = timesIn(arm);
      return times.length === 0 ? [] : [[arm, latencyOf(times)] as const];
    }),
  );
}

/** Below this share of judged documents among the first ten, figures say more of the judgments than of the ranking. */
const FEW_JUDGED = 0.5;

export function warningsOf(relevance: Relevance | null, queries: readonly QueryReport[]): string[] {
  const found: string[] = [];
  const empty = queries.filter(({ reranked, verdict }) => verdict === 'pass' && reranked?.hits.length === 0);
  if (empty.length > 0)
    found.push(
      `${counted(empty.length, 'query', 'queries')} found nothing at all: ${some(empty.map(({ id }) => id))}.`,
    );
  if (relevance === null) return found;
  const { withoutJudgments, withoutRelevant, unanswered, unknownQueries, measures } = relevance;
  if (unanswered.length > 0) {
    found.push(
      `${counted(unanswered.length, 'judged query', 'judged queries')} without an answer in every arm, left out of the figures: ${some(unanswered)}.`,
    );
  }
  if (withoutJudgments.length > 0) {
    found.push(
      `${counted(withoutJudgments.length, 'query', 'queries')} without judgments, left out of the figures: ${some(withoutJudgments)}.`,
    );
  }
  if (withoutRelevant.length > 0) {
    found.push(
      `${counted(withoutRelevant.length, 'query', 'queries')} without any relevant document, left out of the figures: ${some(withoutRelevant)}.`,
    );
  }
  if (unknownQueries.length > 0) {
    found.push(
      `Judgments of ${counted(unknownQueries.length, 'query', 'queries')} that nobody asks: ${some(unknownQueries)}.`,
    );
  }
  for (const { measure, arms } of measures.filter((each) => each.measure.startsWith('judged'))) {
    for (const [arm, { mean }] of Object.entries(arms)) {
      if (mean >= FEW_JUDGED) continue;
      found.push(
        `${measure} of ${arm} is ${mean.toFixed(2)}: most of these documents nobody has judged, and they count as not relevant.`,
      );
    }
  }
  return found;
}

function counted(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}

function some(ids: readonly string[]): string {
  return ids.length <= 5 ? ids.join(', ') : `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more`;
}
