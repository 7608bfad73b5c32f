import { ServerError } from '../../core/errors.ts';
import { numberAt, textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { LiveModel } from './live.ts';

/** The zip of a model cannot be had: why, in words that follow a colon. */
export class NoContent extends Error {}

/**
 * The zip of a model, chunk by chunk. Each chunk is a document of its own beside the model's, `<id>_<n>`, and the
 * model API gives it out with its content, also to users who may not read the system index (2.19.1 secured, 3.6.0).
 */
export async function* readContent(
  cluster: Cluster,
  model: LiveModel,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const total = numberAt(model.body, 'total_chunks');
  if (total === undefined || total < 1)
    throw new NoContent('the cluster does not tell of how many chunks it is');
  for (let chunk = 0; chunk < total; chunk++) yield await readChunk(cluster, `${model.id}_${chunk}`, signal);
}

async function readChunk(cluster: Cluster, id: string, signal: AbortSignal): Promise<Buffer> {
  try {
    const { body } = await cluster.request({
      method: 'GET',
      path: `/_plugins/_ml/models/${encodeURIComponent(id)}`,
      query: { return_content: true },
      signal,
    });
    // `content` until 2.4.
    const content = textAt(body, 'model_content') ?? textAt(body, 'content');
    if (content === undefined) throw new NoContent(`chunk ${id} comes without content`);
    return Buffer.from(content, 'base64');
  } catch (error) {
    if (error instanceof ServerError && error.status < 500) throw new NoContent(error.message);
    throw error;
  }
}
