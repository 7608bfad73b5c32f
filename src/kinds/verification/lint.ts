import { dig, isObject, listAt, numberAt } from '../../core/json.ts';
import { Reference } from '../../core/value.ts';
import { type LintFinding, type LintGround, type LintRule, ofKind } from '../lint.ts';
import { processorsOf } from '../processors.ts';

/**
 * A local model scores the hits of a page one after the other, on one core. A cross-encoder of six layers took 33 to
 * 70 ms for a passage of 50 to 500 words (3.6.0 and 2.19.1, on a busy machine of 8 cores): this is what no such model
 * beats with passages of usual length.
 */
const LEAST_MS_A_PASSAGE = 5;

/** Hits that the server fetches when a body does not say. */
const DEFAULT_SIZE = 10;

function hitsAsked(spec: unknown): number {
  const asked = [...listAt(spec, 'queries'), dig(spec, 'query_set')].filter(isObject);
  return Math.max(...asked.map((query) => numberAt(query, 'body', 'size') ?? DEFAULT_SIZE), 0);
}

/** The pipeline's factor of `oversample`, where a local model reranks in it. */
function factorOf(pipeline: unknown, { resources }: LintGround): number | undefined {
  const definition = pipeline instanceof Reference ? resources.get(pipeline.address)?.spec : undefined;
  const models = processorsOf(definition, 'response_processors').map(({ settings }) =>
    dig(settings, 'ml_opensearch', 'model_id'),
  );
  const local = models.some((model) => {
    const spec = model instanceof Reference ? resources.get(model.address)?.spec : undefined;
    return spec !== undefined && String(spec.function_name).toLowerCase() !== 'remote';
  });
  if (!local) return undefined;
  const oversample = processorsOf(definition, 'request_processors').find(({ type }) => type === 'oversample');
  return numberAt(oversample?.settings, 'sample_factor') ?? 1;
}

export const rerankLatencyBudget: LintRule = {
  name: 'rerank-latency-budget',
  level: 'warning',
  find: (ground) =>
    ofKind(ground, 'Verification').flatMap((resource): LintFinding[] => {
      const factor = factorOf(resource.spec.search_pipeline, ground);
      if (factor === undefined) return [];
      const hits = Math.ceil(hitsAsked(resource.spec) * factor);
      const least = hits * LEAST_MS_A_PASSAGE;
      return listAt(resource.spec, 'gates').flatMap((gate, i): LintFinding[] => {
        const budget = numberAt(gate, 'at_most_ms');
        const arm = dig(gate, 'arm') ?? 'reranked';
        if (budget === undefined || arm !== 'reranked' || budget >= least) return [];
        return [
          {
            resource,
            pointer: `/spec/gates/${i}/at_most_ms`,
            message: `A search gives ${hits} hits to a local model, which scores one after the other: some ${least} ms at the very least, with ${LEAST_MS_A_PASSAGE} ms a passage, against a budget of ${budget} ms.`,
            remedy: `Rerank fewer hits (\`size\`, \`oversample\`; ${Math.floor(budget / LEAST_MS_A_PASSAGE)} fit at best), let a remote model rank, or raise the budget.`,
          },
        ];
      });
    }),
};
