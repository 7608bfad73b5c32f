import { asDiagnostic, RerankctlError } from '../core/errors.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { type ArmPipeline, type Search, searchArm, type Traced } from './arms.ts';
import { compareArms, movesFrom } from './compare.ts';
import { judgeExpectations } from './expect.ts';
import type { Experiment, Query } from './experiment.ts';
import { documentOf, type Hit } from './hit.ts';
import { rankChange } from './measures/rank-change.ts';
import type { Ranked } from './measures/types.ts';
import { fieldsOf, type Pipeline } from './pipeline.ts';
import { onlyWithoutHits, proveReranked, refusalOf, unproven } from './proof.ts';
import { measuresOf } from './relevance.ts';
import type { OtherArm, Proof, QueryReport, Verdict } from './report.ts';

/** What all queries of a verification share. */
export interface QueryContext {
  readonly cluster: Cluster;
  readonly experiment: Experiment;
  /** The index that is searched: the one of the experiment, or its successor. */
  readonly searched: string;
  /** The pipeline under test. */
  readonly pipeline: Pipeline;
  readonly arms: Arms;
  /** Does the rerank processor of this server follow dotted paths (3.6.0 and later)? */
  readonly resolvesPaths: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Any string will do; the same one always leads to the same copies. */
const PREFERENCE = 'rerankctl-verify';

export interface NamedArm {
  readonly name: string;
  readonly pipeline: ArmPipeline;
}

/** What the others are compared with, the one under test, and further ones. */
export type Arms = readonly [reference: NamedArm, tested: NamedArm, ...others: NamedArm[]];

type Answers = ReadonlyMap<string, Traced | RerankctlError>;

/**
 * One query through every arm, one after the other, so that no arm takes the processor from another; every second
 * query in the opposite order, so that none has the caches that its neighbour has warmed.
 */
export async function askAll(context: QueryContext, query: Query, backwards: boolean): Promise<Answers> {
  const { cluster, searched, arms, signal } = context;
  const search: Search = {
    cluster,
    index: searched,
    body: query.body,
    preference: PREFERENCE,
    signal,
  };
  const answers = new Map<string, Traced | RerankctlError>();
  for (const { name, pipeline } of backwards ? arms.toReversed() : arms) {
    answers.set(name, await answerOr(() => searchArm(search, { pipeline, queryText: query.queryText })));
  }
  return answers;
}

/** The answer, or the failure to get one. An interruption is neither: it ends the run. */
async function answerOr<T>(request: () => Promise<T>): Promise<T | RerankctlError> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof RerankctlError && error.failure !== 'interrupted') return error;
    throw error;
  }
}

export function reportQuery(context: QueryContext, query: Query, answers: Answers): QueryReport {
  const { experiment, pipeline } = context;
  const [reference, tested, ...further] = context.arms;
  const hitsOf = (arm: string): readonly Hit[] => answerIn(answers, arm)?.answered.hits ?? [];
  const unreranked = answerIn(answers, reference.name);
  const reranked = answerIn(answers, tested.name);
  const before = hitsOf(reference.name);
  const after = hitsOf(tested.name);
  const refused = refusalIn(answers.get(tested.name), experiment, pipeline);
  const proof = refused ?? (reranked === undefined ? unproven(fieldsOf(pipeline)) : prove());
  function prove(): Proof {
    const evidence = { ...context, name: experiment.pipeline, unreranked: before, reranked: after };
    return proveReranked({ ...evidence, trace: reranked?.trace ?? [] });
  }
  const grades = experiment.judgments?.get(query.id);
  const shown = {
    fields: experiment.fields.length > 0 ? experiment.fields : (proof.fields ?? []),
    documentId: experiment.documentId,
    grades,
  };
  const compared = compareArms(before, after, shown);
  const others = further.flatMap(({ name }): OtherArm[] => {
    const answer = answerIn(answers, name);
    if (answer === undefined) return [];
    return [{ name, ...timesOf(answer), hits: movesFrom(before, answer.answered.hits, shown) }];
  });
  const error =
    failureIn(answers, refused === undefined ? undefined : tested.name) ??
    withoutDocument(experiment, answers);
  const expectations = reranked === undefined ? [] : judgeExpectations(query.expected, after);
  // Retrieval that finds nothing for a judged query costs it all its points, and is not the reranker's failure.
  const proven = proof.ran || (grades !== undefined && onlyWithoutHits(proof));
  const met = proven && expectations.every(({ pass }) => pass);
  const verdict: Verdict = error !== undefined ? 'error' : met ? 'pass' : 'fail';
  const measures =
    error === undefined ? measuresOf(experiment, grades, rankingsOf(experiment, answers)) : undefined;
  return {
    id: query.id,
    queryText: query.queryText,
    labels: query.labels,
    verdict,
    window: Math.max(before.length, after.length),
    unreranked: unreranked === undefined ? null : { ...timesOf(unreranked), hits: compared.unreranked },
    reranked: reranked === undefined ? null : { ...timesOf(reranked), hits: compared.reranked },
    others,
    proof,
    expectations,
    ...(measures === undefined ? {} : { measures }),
    ...(unreranked === undefined || reranked === undefined
      ? {}
      : { change: rankChange(compared.unreranked.map(keyOfHit), compared.reranked.map(keyOfHit)) }),
    ...(error === undefined ? {} : { error: asDiagnostic(error, experiment.resource.address) }),
  };
}

function keyOfHit({ _index, _id }: { readonly _index: string; readonly _id: string }): string {
  return `${_index}/${_id}`;
}

function answerIn(answers: Answers, arm: string): Traced | undefined {
  const answer = answers.get(arm);
  return answer instanceof RerankctlError ? undefined : answer;
}

/** An answer that is no error of ours but says that the pipeline cannot rerank. */
function refusalIn(
  answer: Traced | RerankctlError | undefined,
  experiment: Experiment,
  pipeline: Pipeline,
): Proof | undefined {
  if (!(answer instanceof RerankctlError)) return undefined;
  return refusalOf(answer, experiment.pipeline, fieldsOf(pipeline));
}

function failureIn(answers: Answers, refused: string | undefined): RerankctlError | undefined {
  for (const [arm, answer] of answers) {
    if (answer instanceof RerankctlError && arm !== refused) return answer;
  }
  return undefined;
}

/** Judgments that cannot be matched would make every hit an unjudged one, and every figure 0. */
function withoutDocument(experiment: Experiment, answers: Answers): RerankctlError | undefined {
  const { documentId, judgments } = experiment;
  if (judgments === undefined || documentId === '_id') return undefined;
  for (const answer of answers.values()) {
    if (answer instanceof RerankctlError) continue;
    const hit = answer.answered.hits.find((each) => documentOf(each, documentId) === undefined);
    if (hit === undefined) continue;
    return new RerankctlError(
      'server',
      'RCTL_VERIFY_NO_DOCUMENT_ID',
      `The hit _id ${hit._id} has no ${documentId}, by which judgments would know it.`,
      { remedy: 'Let the body return that field (_source), or mend document_id of the verification.' },
    );
  }
  return undefined;
}

function rankingsOf(experiment: Experiment, answers: Answers): Record<string, Ranked[]> {
  return Object.fromEntries(
    [...answers].flatMap(([arm, answer]) =>
      answer instanceof RerankctlError
        ? []
        : [
            [
              arm,
              answer.answered.hits.map((hit) => ({
                document: documentOf(hit, experiment.documentId) ?? hit._id,
                score: hit.score,
              })),
            ] as const,
          ],
    ),
  );
}

function timesOf({ answered }: Traced): { tookMs: number; elapsedMs: number } {
  return { tookMs: answered.tookMs, elapsedMs: answered.elapsedMs };
}
