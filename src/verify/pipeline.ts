import { dig, isObject, listAt } from '../core/json.ts';
import type { Cluster } from '../opensearch/cluster.ts';

/** A response processor as the pipeline defines it. */
export interface Definition {
  readonly processor: string;
  readonly ignoreFailure: boolean;
  /** The document fields that a `rerank` with `ml_opensearch` gives to its model. */
  readonly fields: readonly string[];
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
  return {
    state: 'read',
    processors: listAt(definition, 'response_processors').flatMap((entry) =>
      Object.entries(isObject(entry) ? entry : {}).map(([processor, settings]) => ({
        processor,
        ignoreFailure: dig(settings, 'ignore_failure') === true,
        fields: documentFields(processor, settings),
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
