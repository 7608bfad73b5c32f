import { dig, isObject, listAt, numberAt, textAt } from '../../core/json.ts';
import type { Resource } from '../../core/resource.ts';
import { Reference } from '../../core/value.ts';
import { type LintFinding, type LintGround, type LintRule, nameIn, ofKind } from '../lint.ts';
import { processorsOf } from '../processors.ts';

/**
 * A local model scores the hits of a page one after the other, on one core. A cross-encoder of six layers took 33 to
 * 70 ms for a passage of 50 to 500 words (3.6.0 and 2.19.1, on a busy machine of 8 cores): this is what no such model
 * beats with passages of usual length.
 */
const LEAST_MS_A_PASSAGE = 5;
/** The cost grows with the tokens of a passage; at 512, where the server cuts, this is a third of what was seen. */
const LEAST_MS_A_TOKEN = 0.05;
const MOST_TOKENS = 512;
/** Of a subword tokenizer on English text. */
const CHARACTERS_A_TOKEN = 4;

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

/** Tokens of a passage on average, by the documents that manifests seed themselves; `undefined` where there are none. */
function tokensOfPassage({ spec }: Resource, ground: LintGround): number | undefined {
  const pipeline = spec.search_pipeline;
  const definition = pipeline instanceof Reference ? ground.resources.get(pipeline.address)?.spec : undefined;
  const fields = processorsOf(definition, 'response_processors').flatMap(({ settings }) =>
    listAt(settings, 'context', 'document_fields').map(String),
  );
  const lengths = ofKind(ground, 'SeedData')
    .filter((seed) => nameIn(seed.spec.index) === nameIn(spec.index))
    .flatMap((seed) => listAt(seed.spec, 'documents'))
    .map((document) =>
      fields.reduce((sum, field) => sum + (textAt(document, ...field.split('.'))?.length ?? 0), 0),
    );
  if (lengths.length === 0) return undefined;
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  return Math.min(MOST_TOKENS, Math.ceil(mean / CHARACTERS_A_TOKEN));
}

export const rerankLatencyBudget: LintRule = {
  name: 'rerank-latency-budget',
  level: 'warning',
  find: (ground) =>
    ofKind(ground, 'Verification').flatMap((resource): LintFinding[] => {
      const factor = factorOf(resource.spec.search_pipeline, ground);
      if (factor === undefined) return [];
      const hits = Math.ceil(hitsAsked(resource.spec) * factor);
      const tokens = tokensOfPassage(resource, ground);
      const each = Math.max(LEAST_MS_A_PASSAGE, (tokens ?? 0) * LEAST_MS_A_TOKEN);
      const least = Math.ceil(hits * each);
      const size = tokens === undefined ? '' : ` of some ${tokens} tokens`;
      return listAt(resource.spec, 'gates').flatMap((gate, i): LintFinding[] => {
        const budget = numberAt(gate, 'at_most_ms');
        const arm = dig(gate, 'arm') ?? 'reranked';
        if (budget === undefined || arm !== 'reranked' || budget >= least) return [];
        return [
          {
            resource,
            pointer: `/spec/gates/${i}/at_most_ms`,
            message: `A search gives ${hits} hits${size} to a local model, which scores one after the other: some ${least} ms at the very least, with ${Number(each.toFixed(1))} ms a passage, against a budget of ${budget} ms.`,
            remedy: `Rerank fewer hits (\`size\`, \`oversample\`; ${Math.floor(budget / each)} fit at best), let a remote model rank, or raise the budget.`,
          },
        ];
      });
    }),
};
