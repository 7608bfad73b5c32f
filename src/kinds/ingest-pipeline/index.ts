import { difference } from '../../core/difference.ts';
import type { Capabilities } from '../../opensearch/capabilities.ts';
import type { ProvisionedKind, Question, Recorded, Removal, StepContext, Verdict } from '../kind.ts';
import { missingProcessors } from '../missing-processors.ts';
import { exportPipelines } from './export.ts';
import { readPipelines, readUses } from './live.ts';
import { INGEST_PIPELINE_REFUSALS } from './refusals.ts';

/** Which plugin brings a processor. Processors that the server itself has, or that we do not know, are not listed. */
const PLUGIN_OF: Readonly<Record<string, string>> = {
  text_embedding: 'opensearch-neural-search',
  sparse_encoding: 'opensearch-neural-search',
  text_image_embedding: 'opensearch-neural-search',
  text_chunking: 'opensearch-neural-search',
  ml_inference: 'opensearch-ml',
};

function judge(question: Question, pipelines: Record<string, unknown>, capabilities: Capabilities): Verdict {
  const { resource, spec, recorded } = question;
  const missing = missingProcessors(resource, capabilities, ['processors', 'on_failure'], PLUGIN_OF);
  if (missing.length > 0) return { action: 'refuse', diagnostics: missing };
  const id = resource.name;
  const live = Object.hasOwn(pipelines, id) ? pipelines[id] : undefined;
  if (live === undefined) return { action: 'create', id, steps: ['create'] };
  // A pipeline is returned exactly as it was put (2.19.1, 3.6.0), and a PUT replaces it as a whole.
  const fields = difference(live, spec, { keys: 'exact' });
  if (fields.length > 0) return { action: 'update', id, steps: ['update'], fields };
  return { action: recorded === undefined ? 'adopt' : 'none', id };
}

/** The server deletes a pipeline that indices name without a word, and then refuses their documents (2.19.1, 3.6.0). */
function judgeRemoval(
  { id }: Recorded,
  pipelines: Record<string, unknown>,
  uses: ReadonlyMap<string, readonly string[]>,
): Removal {
  if (id === undefined || !Object.hasOwn(pipelines, id)) return { gone: true };
  const users = uses.get(id) ?? [];
  const shown = users.slice(0, 5).join(', ') + (users.length > 5 ? ` and ${users.length - 5} more` : '');
  const destructive =
    users.length === 0
      ? 'interrupts writes: those that name it fail from then on'
      : `interrupts writes: ${shown} ${users.length === 1 ? 'names it (default_pipeline, final_pipeline) and takes' : 'name it (default_pipeline, final_pipeline) and take'} no documents from then on`;
  return { gone: false, id, steps: ['delete'], destructive };
}

async function put({ cluster, resource, spec }: StepContext): Promise<void> {
  const path = `/_ingest/pipeline/${encodeURIComponent(resource.name)}`;
  await cluster.request({ method: 'PUT', path, body: spec });
}

export const ingestPipeline: ProvisionedKind = {
  name: 'IngestPipeline',
  summary: 'An ingest pipeline: processors that change documents before they are indexed.',
  provisions: true,
  namedByManifest: true,
  refusals: INGEST_PIPELINE_REFUSALS,

  async snapshot(cluster, { leaving }, capabilities) {
    const [pipelines, uses] = await Promise.all([
      readPipelines(cluster),
      leaving.length === 0 ? new Map<string, string[]>() : readUses(cluster),
    ]);
    return {
      judge: (question) => judge(question, pipelines, capabilities),
      judgeRemoval: (recorded) => judgeRemoval(recorded, pipelines, uses),
    };
  },

  async apply(context) {
    await context.step(context.change.action, () => put(context));
    return { id: context.resource.name };
  },

  async remove({ cluster, step }, id) {
    const path = `/_ingest/pipeline/${encodeURIComponent(id)}`;
    await step('delete', () => cluster.request({ method: 'DELETE', path, accept: [404] }));
  },

  exporting: exportPipelines,
};
