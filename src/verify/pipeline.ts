import { dig, isObject, listAt, textAt } from '../core/json.ts';
import type { Cluster } from '../opensearch/cluster.ts';

/** A response processor as the pipeline defines it. */
export interface Definition {
  readonly processor: string;
  readonly ignoreFailure: boolean;
  /** The document fields that a `rerank` with `ml_opensearch` gives to its model. */
  readonly fields: readonly string[];
  /** The model that such a `rerank` asks. */
  readonly model: string | undefined;
}

export type Pipeline =
  | { readonly state: 'read'; readonly processors: readonly Definition[] }
  | { readonly state: 'missing' }
  /** This user may search through the pipeline and may not see its definition. */
  | { readonly state: 'hidden' };

export async function readPipeline(
  cluster: Cluster,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Pipeline> {
  const { status, body } = await cluster.request({
    method: 'GET',
    path: `/_search/pipeline/${encodeURIComponent(name)}`,
    accept: [403, 404],
    signal,
  });
  if (status === 403) return { state: 'hidden' };
  const definition = dig(body, name);
  if (status === 404 || !isObject(definition)) return { state: 'missing' };
  return pipelineOf(definition);
}

/** A pipeline by its definition. */
export function pipelineOf(definition: Readonly<Record<string, unknown>>): Pipeline {
  return {
    state: 'read',
    processors: listAt(definition, 'response_processors').flatMap((entry) =>
      Object.entries(isObject(entry) ? entry : {}).map(([processor, settings]) => ({
        processor,
        ignoreFailure: dig(settings, 'ignore_failure') === true,
        fields: documentFields(processor, settings),
        model: processor === 'rerank' ? textAt(settings, 'ml_opensearch', 'model_id') : undefined,
      })),
    ),
  };
}

function documentFields(processor: string, settings: unknown): string[] {
  if (processor !== 'rerank' || dig(settings, 'ml_opensearch') === undefined) return [];
  return listAt(settings, 'context', 'document_fields').filter((field) => typeof field === 'string');
}

/** `null` when nobody can tell. */
export function fieldsOf(pipeline: Pipeline): string[] | null {
  if (pipeline.state !== 'read') return null;
  return [...new Set(pipeline.processors.flatMap(({ fields }) => fields))];
}

/** The models that the pipeline reranks with, each once. */
export function modelsOf(pipeline: Pipeline): string[] {
  if (pipeline.state !== 'read') return [];
  return [...new Set(pipeline.processors.flatMap(({ model }) => model ?? []))];
}

/** Content hashes of local models, sorted; those that may not be read, and remote models, have none. */
export async function modelHashes(
  cluster: Cluster,
  pipeline: Pipeline,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const hashes: string[] = [];
  for (const id of modelsOf(pipeline)) {
    const path = `/_plugins/_ml/models/${encodeURIComponent(id)}`;
    const { body } = await cluster.request({ method: 'GET', path, accept: [400, 403, 404], signal });
    const hash = textAt(body, 'model_content_hash_value');
    if (hash !== undefined) hashes.push(hash);
  }
  return hashes.sort();
}
