import { difference } from '../../core/difference.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Capabilities } from '../../opensearch/capabilities.ts';
import type { ProvisionedKind, Question, Recorded, Removal, StepContext, Verdict } from '../kind.ts';
import { missingProcessors } from '../missing-processors.ts';
import { exportPipelines } from './export.ts';
import { PIPELINE_RULES } from './lint.ts';
import { rerankDefaultPipeline } from './lint-default.ts';
import { rerankUnknownField } from './lint-fields.ts';
import { readLive } from './lint-live.ts';
import { readPipelines } from './live.ts';
import { SEARCH_PIPELINE_REFUSALS } from './refusals.ts';

const PHASES = ['request_processors', 'response_processors', 'phase_results_processors'] as const;

/** Which plugin brings a processor. Processors that the server itself has, or that we do not know, are not listed. */
const PLUGIN_OF: Readonly<Record<string, string>> = {
  rerank: 'opensearch-neural-search',
  'normalization-processor': 'opensearch-neural-search',
  'score-ranker-processor': 'opensearch-neural-search',
  neural_query_enricher: 'opensearch-neural-search',
  neural_sparse_two_phase_processor: 'opensearch-neural-search',
  explanation_response_processor: 'opensearch-neural-search',
  hybrid_score_explanation: 'opensearch-neural-search',
  ml_inference: 'opensearch-ml',
  retrieval_augmented_generation: 'opensearch-ml',
  personalized_search_ranking: 'opensearch-search-processor',
};

function judge(question: Question, pipelines: Record<string, unknown>, capabilities: Capabilities): Verdict {
  const { resource, spec, recorded } = question;
  const missing = missingProcessors(resource, capabilities, PHASES, PLUGIN_OF);
  if (missing.length > 0) return { action: 'refuse', diagnostics: missing };
  const id = resource.name;
  const live = pipelines[id];
  if (live === undefined) return { action: 'create', id, steps: ['create'] };
  // A pipeline is returned exactly as it was put (2.19.1, 3.6.0), and a PUT replaces it as a whole.
  const fields = difference(live, spec, { keys: 'exact' });
  if (fields.length > 0) return { action: 'update', id, steps: ['update'], fields };
  return { action: recorded === undefined ? 'adopt' : 'none', id };
}

function judgeRemoval({ id }: Recorded, pipelines: Record<string, unknown>): Removal {
  if (id === undefined || !Object.hasOwn(pipelines, id)) return { gone: true };
  const destructive = 'interrupts search: requests and indices that name it fail from then on';
  return { gone: false, id, steps: ['delete'], destructive };
}

async function put(context: StepContext): Promise<void> {
  await context.cluster.request({
    method: 'PUT',
    path: `/_search/pipeline/${encodeURIComponent(context.resource.name)}`,
    body: context.spec as JsonObject,
  });
}

export const searchPipeline: ProvisionedKind = {
  name: 'SearchPipeline',
  summary: 'A search pipeline: request, response and phase results processors, reranking among them.',
  provisions: true,
  namedByManifest: true,
  refusals: SEARCH_PIPELINE_REFUSALS,
  servesSearches: true,
  lifecycle: ['keep'],
  lint: [rerankDefaultPipeline, ...PIPELINE_RULES, rerankUnknownField],
  readLive,

  async snapshot(cluster, _asked, capabilities) {
    const pipelines = await readPipelines(cluster);
    return {
      judge: (question) => judge(question, pipelines, capabilities),
      judgeRemoval: (recorded) => judgeRemoval(recorded, pipelines),
    };
  },

  async apply(context) {
    await context.step(context.change.action, () => put(context));
    return { id: context.resource.name };
  },

  async remove({ cluster, step }, id) {
    const path = `/_search/pipeline/${encodeURIComponent(id)}`;
    await step('delete', () => cluster.request({ method: 'DELETE', path, accept: [404] }));
  },

  exporting: exportPipelines,
};
