import type { Provider } from './provider.ts';
import { manifest } from './provision.ts';

/** The words of the provider's passages, best last, for the query `alpha beta gamma`. */
export const REMOTE_QUERY = 'alpha beta gamma';
const PASSAGES = ['delta', 'gamma epsilon', 'alpha gamma', 'alpha beta gamma'];

interface Options {
  /** Keys of the Connector's spec that are to be others. */
  readonly connector?: object;
  readonly model?: object;
  readonly lifecycle?: object;
  readonly expected?: string;
}

export function connectorOf(name: string, { url }: Pick<Provider, 'url'>, more: object = {}): string {
  return manifest('Connector', name, connectorSpec(name, url, more));
}

export function connectorSpec(name: string, url: string, more: object = {}): Record<string, unknown> {
  return {
    name,
    description: 'a stand-in for Cohere',
    version: 1,
    protocol: 'http',
    parameters: { model: 'rerank-v3.5', priority: 5, dry: false, list: ['a', 1] },
    credential: { key: { $env: 'PROVIDER_KEY' } },
    actions: [
      {
        action_type: 'predict',
        method: 'POST',
        url: `${url}/v1/rerank`,
        headers: { Authorization: 'Bearer ${credential.key}', 'X-Try': 1 },
        request_body:
          '{ "documents": ${parameters.documents}, "query": "${parameters.query}", "model": "${parameters.model}", "top_n": ${parameters.top_n} }',
        pre_process_function: 'connector.pre_process.cohere.rerank',
        post_process_function: 'connector.post_process.cohere.rerank',
      },
    ],
    ...more,
  };
}

export function remoteModelOf(name: string, more: object = {}, lifecycle: object = {}): string {
  const spec = {
    name,
    function_name: 'remote',
    model_group_id: { $ref: `ModelGroup/${name}` },
    connector_id: { $ref: `Connector/${name}` },
    ...more,
  };
  return manifest('ModelGroup', name, { name }) + manifest('Model', name, spec, { lifecycle });
}

/** A remote reranker in a pipeline in front of an index, and a verification of it. */
export function remoteStory(name: string, provider: Pick<Provider, 'url'>, options: Options = {}): string {
  const rerank = {
    ml_opensearch: { model_id: { $ref: `Model/${name}` } },
    context: { document_fields: ['text'] },
  };
  return [
    connectorOf(name, provider, options.connector),
    remoteModelOf(name, options.model, options.lifecycle),
    manifest('Index', name, {
      settings: { number_of_shards: 1, number_of_replicas: 0 },
      mappings: { properties: { text: { type: 'text' } } },
    }),
    manifest('SeedData', name, {
      index: { $ref: `Index/${name}` },
      documents: PASSAGES.map((text) => ({ text })),
    }),
    manifest('SearchPipeline', name, { response_processors: [{ rerank }] }),
    manifest('Verification', name, {
      index: { $ref: `Index/${name}` },
      search_pipeline: { $ref: `SearchPipeline/${name}` },
      queries: [
        {
          query_text: REMOTE_QUERY,
          body: { query: { match_all: {} }, size: 4 },
          expect: { first: { text: options.expected ?? 'alpha beta gamma' } },
        },
      ],
    }),
  ].join('');
}
