import { RerankctlError } from '../core/errors.ts';
import { listAt, numberAt } from '../core/json.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import type { CanarySpec } from './experiment.ts';
import { modelsOf, type Pipeline } from './pipeline.ts';
import type { Canary } from './report.ts';

/**
 * Gives known pairs of query and passage to the model of the pipeline, past index and retrieval: a model that was
 * converted badly, truncates, or is another one than its name says, scores them otherwise.
 */
export async function singCanaries(
  cluster: Cluster,
  pipeline: Pipeline,
  canaries: readonly CanarySpec[],
  signal: AbortSignal | undefined,
): Promise<Canary[]> {
  const [model] = modelsOf(pipeline);
  const found: Canary[] = [];
  for (const canary of canaries) {
    if (model === undefined) {
      found.push(unheard(canary, 'the pipeline has no rerank processor with a model that could be asked'));
      continue;
    }
    try {
      found.push(judge(canary, await scoresOf(cluster, model, canary, signal)));
    } catch (error) {
      if (!(error instanceof RerankctlError) || error.failure === 'interrupted') throw error;
      found.push(unheard(canary, `the model gave no answer: ${error.message}`));
    }
  }
  return found;
}

/** The score of each passage, as the model gives it; `undefined` where it gives none. */
async function scoresOf(
  cluster: Cluster,
  model: string,
  { queryText, passages }: CanarySpec,
  signal: AbortSignal | undefined,
): Promise<(number | undefined)[]> {
  const { body } = await cluster.request({
    method: 'POST',
    path: `/_plugins/_ml/_predict/text_similarity/${encodeURIComponent(model)}`,
    body: { query_text: queryText, text_docs: passages },
    repeatable: true,
    signal,
  });
  // One result for each passage, of one tensor with one number (2.19.1, 3.6.0).
  const results = listAt(body, 'inference_results');
  return passages.map((_passage, i) => numberAt(results[i], 'output', 0, 'data', 0));
}

function unheard({ queryText, passages, scores }: CanarySpec, problem: string): Canary {
  return {
    queryText,
    passages: passages.map((text, i) => ({ text, score: null, expected: scores?.[i] ?? null })),
    pass: false,
    problem,
  };
}

export function judge(canary: CanarySpec, actual: readonly (number | undefined)[]): Canary {
  const { queryText, passages, scores, tolerance } = canary;
  const problem =
    missing(actual) ?? (scores === undefined ? disorder(actual) : distance(scores, actual, tolerance));
  return {
    queryText,
    passages: passages.map((text, i) => ({
      text,
      score: actual[i] ?? null,
      expected: scores?.[i] ?? null,
    })),
    pass: problem === undefined,
    problem: problem ?? '',
  };
}

function missing(actual: readonly (number | undefined)[]): string | undefined {
  const at = actual.findIndex((score) => score === undefined || !Number.isFinite(score));
  return at === -1 ? undefined : `passage ${at + 1} got no score`;
}

function disorder(actual: readonly (number | undefined)[]): string | undefined {
  const at = actual.findIndex((score, i) => i > 0 && (score ?? 0) >= (actual[i - 1] ?? 0));
  if (at === -1) return undefined;
  return `passage ${at + 1} scores ${shown(actual[at])}, not less than passage ${at} with ${shown(actual[at - 1])}`;
}

function distance(
  expected: readonly number[],
  actual: readonly (number | undefined)[],
  tolerance: number,
): string | undefined {
  const off = expected.map((score, i) => Math.abs(score - (actual[i] ?? Number.NaN)));
  const at = off.findIndex((each) => !(each <= tolerance));
  if (at === -1) return undefined;
  return `passage ${at + 1} scores ${shown(actual[at])} and not ${shown(expected[at])} ± ${tolerance}`;
}

function shown(score: number | undefined): string {
  return score === undefined ? 'nothing' : String(Number(score.toFixed(4)));
}
