import { type RerankctlError, ServerError } from '../core/errors.ts';
import { findRule, wordsOf } from '../opensearch/refusals/rule.ts';
import { TRANSLATIONS } from '../opensearch/translations.ts';
import { type Hit, keyOf, modelText } from './hit.ts';
import { fieldsOf, type Pipeline } from './pipeline.ts';
import type { Proof, Reason } from './report.ts';
import { changedHits, type Step } from './trace.ts';

export interface Evidence {
  readonly name: string;
  readonly pipeline: Pipeline;
  readonly trace: readonly Step[];
  readonly unreranked: readonly Hit[];
  readonly reranked: readonly Hit[];
  /** Does the rerank processor of this server follow dotted paths (3.6.0 and later)? */
  readonly resolvesPaths: boolean;
}

/**
 * The steps that have a part in reranking. `ml_inference` as a response processor computes scores for a `rerank` by field
 * after it, and ranks nothing itself. With `one_to_one` it returns the hits in the order in which their predictions were
 * done (2.19.1, 3.6.0), so that another order after it is no sign of anything.
 */
function rerankSteps(trace: readonly Step[]): Step[] {
  return trace.filter(
    ({ processor, before, ok }) =>
      processor === 'rerank' || (processor === 'ml_inference' && (before !== undefined || !ok)),
  );
}

export function proveReranked(evidence: Evidence): Proof {
  const steps = rerankSteps(evidence.trace);
  const failed = steps.filter(({ ok }) => !ok);
  const timed = steps.map(({ tookMs }) => tookMs);
  const reasons = reasonsFor(evidence, steps, failed);
  const total = timed.reduce<number>((sum, took) => sum + (took ?? 0), 0);
  return {
    ran: reasons.length === 0,
    processor: steps.length === 0 ? null : steps.map(({ processor }) => processor).join(', '),
    tookMs: steps.length === 0 || timed.includes(null) ? null : Math.round(total * 10) / 10,
    fields: fieldsOf(evidence.pipeline),
    reasons,
    warnings: warningsFor(evidence),
  };
}

function reasonsFor(evidence: Evidence, steps: readonly Step[], failed: readonly Step[]): Reason[] {
  const { name, reranked } = evidence;
  if (reranked.length === 0) return [noHits()];
  if (failed.length > 0) return failed.flatMap((step) => failureReasons(evidence, step));
  const reranks = steps.filter(({ processor }) => processor === 'rerank');
  if (reranks.length === 0) return [absent(name, steps)];
  const reasons: Reason[] = [];
  if (!reranks.some(changedHits)) reasons.push(identical(reranks));
  const invalid = withoutScore(evidence);
  if (invalid !== undefined) reasons.push(invalid);
  const empty = emptyFields(evidence);
  if (empty !== undefined) reasons.push(empty);
  return reasons;
}

function failureReasons({ name, pipeline }: Evidence, step: Step): Reason[] {
  const said = step.error ?? 'without a reason';
  const defined = pipeline.state === 'read' ? pipeline.processors : [];
  const hides = defined.some((each) => each.processor === step.processor && each.ignoreFailure);
  const failure: Reason = hides
    ? {
        code: 'ignored_failure',
        message: `The processor ${step.processor} failed, and ignore_failure hides it: ${said}`,
        remedy: `Searches through ${name} return unreranked hits without a word. Mend the cause; without ignore_failure they would say so.`,
      }
    : {
        code: 'processor_failed',
        message: `The processor ${step.processor} failed: ${said}`,
        remedy: `Every search through ${name} ends with this error. ${remedyFor(said)}`,
      };
  return [failure, ...modelReason(said)];
}

/** What the same words mean in the answer of a search. */
function remedyFor(said: string): string {
  const rule = findRule({ reason: said }, TRANSLATIONS);
  const words = rule && wordsOf(rule, { reason: said }, { request: 'the search' });
  return words?.remedy ?? 'Mend the cause.';
}

function modelReason(said: string): Reason[] {
  if (/fail(ed)? to find model/i.test(said)) {
    return [
      {
        code: 'model_missing',
        message: 'The pipeline names a model that the cluster does not have.',
        remedy: 'Point model_id at the model with {$ref: Model/…}, and apply.',
      },
    ];
  }
  if (/model not ready|model is disabled|auto deployment disabled|not deployed/i.test(said)) {
    return [
      {
        code: 'model_not_deployed',
        message: 'The model of the pipeline is not deployed.',
        remedy:
          'Set deploy: true on the Model, and apply. A node that has just started deploys it by itself.',
      },
    ];
  }
  return [];
}

function noHits(): Reason {
  return {
    code: 'no_hits',
    message: 'The search returned no hits, so there was nothing to rerank.',
    remedy: 'Check that the index holds documents, that the query matches some, and that size is not 0.',
  };
}

function absent(name: string, steps: readonly Step[]): Reason {
  return {
    code: 'processor_absent',
    message:
      steps.length === 0
        ? `No rerank processor ran in the pipeline ${name}.`
        : `In the pipeline ${name} ml_inference ran, but no rerank processor uses what it gives.`,
    remedy: 'Add a rerank processor to its response_processors, and apply.',
  };
}

function identical(steps: readonly Step[]): Reason {
  return {
    code: 'scores_identical',
    message: `The processor ${steps.at(-1)?.processor ?? 'rerank'} ran, and every hit kept its score and its place.`,
    remedy:
      'Check that the model scores query and passage, and that by_field names the field with the new score.',
  };
}

/** Is it all that speaks against the reranker, that there was nothing to rerank? */
export function onlyWithoutHits({ reasons }: Proof): boolean {
  return reasons.length > 0 && reasons.every(({ code }) => code === 'no_hits');
}

/** The server shows a score that is no number (NaN) as null. A search that sorts by a field has none in either arm. */
function withoutScore({ unreranked, reranked }: Evidence): Reason | undefined {
  if (unreranked.some(({ score }) => score === null)) return undefined;
  const invalid = reranked.filter(({ score }) => score === null || !Number.isFinite(score));
  if (invalid.length === 0) return undefined;
  return {
    code: 'scores_invalid',
    message: `${invalid.length} of ${reranked.length} hits have a score that is no number: ${namedHits(invalid)}.`,
    remedy:
      'The model gives NaN for these texts: try it with a canary, and convert it again, or take another one.',
  };
}

const NAMED_HITS = 5;

function namedHits(hits: readonly Hit[]): string {
  const named = hits.slice(0, NAMED_HITS).map(({ _id, rank }) => `_id ${_id} (rank ${rank})`);
  const more = hits.length > NAMED_HITS ? ` and ${hits.length - NAMED_HITS} more` : '';
  return `${named.join(', ')}${more}`;
}

/** Hits for which the model got no text: it scored the empty string, and such a hit may even come first. */
function emptyFields({ pipeline, unreranked, reranked, resolvesPaths }: Evidence): Reason | undefined {
  const fields = fieldsOf(pipeline) ?? [];
  if (fields.length === 0) return undefined;
  // A later processor of the pipeline may have renamed the field: then the other arm still has it.
  const plain = new Map(unreranked.map((hit) => [keyOf(hit), hit]));
  const hasText = (hit: Hit | undefined): boolean =>
    hit !== undefined && fields.some((field) => modelText(hit, field, resolvesPaths) !== '');
  const empty = reranked.filter((hit) => !hasText(hit) && !hasText(plain.get(keyOf(hit))));
  if (empty.length === 0) return undefined;
  const dotted = !resolvesPaths && fields.some((field) => field.includes('.'));
  return {
    code: 'empty_document_field',
    message: `${empty.length} of ${reranked.length} hits have no text in ${fields.join(', ')}; the model scored the empty string for ${namedHits(empty)}.`,
    remedy: dotted
      ? 'Before 3.6 the rerank processor does not follow dotted paths: name a top-level field, or return it with `fields` in the body.'
      : 'Name a field in document_fields that every document has, and let the body return it (_source).',
  };
}

function warningsFor({ name, pipeline, reranked, unreranked, resolvesPaths }: Evidence): string[] {
  if (pipeline.state === 'hidden') {
    return [`The definition of ${name} may not be read, so that empty document fields were not looked for.`];
  }
  const fields = fieldsOf(pipeline) ?? [];
  const hits = [...reranked, ...unreranked];
  const blank = fields.filter((field) => hits.every((hit) => modelText(hit, field, resolvesPaths) === ''));
  if (hits.length === 0 || blank.length === 0 || blank.length === fields.length) return [];
  return [`No hit has text in ${blank.join(', ')}.`];
}

/** An answer that is no error of ours but says that the pipeline cannot rerank; `undefined`: some other error. */
export function refusalOf(
  error: RerankctlError,
  name: string,
  fields: readonly string[] | null,
): Proof | undefined {
  if (!(error instanceof ServerError)) return undefined;
  const reasons = /^Pipeline .* is not defined/.test(error.reason)
    ? [
        {
          code: 'pipeline_missing' as const,
          message: `The search pipeline ${name} does not exist.`,
          remedy: 'Apply the manifests that declare it, or mend search_pipeline of the verification.',
        },
      ]
    : modelReason(error.reason);
  if (reasons.length === 0) return undefined;
  return { ...unproven(fields), reasons };
}

export function unproven(fields: readonly string[] | null): Proof {
  return { ran: false, processor: null, tookMs: null, fields, reasons: [], warnings: [] };
}
