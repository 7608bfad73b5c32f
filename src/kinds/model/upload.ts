import { open } from 'node:fs/promises';
import { type JsonObject, textAt } from '../../core/json.ts';
import type { StepContext } from '../kind.ts';
import type { Archive } from './archive.ts';
import { awaitModel } from './tasks.ts';

/** The server takes at most 10,000,000 bytes a chunk. */
const CHUNK_BYTES = 10_000_000;
const CHUNKS_IN_FLIGHT = 3;

export function chunkCount(archive: Archive): number {
  return Math.max(1, Math.ceil(archive.bytes / CHUNK_BYTES));
}

/** Announces the model; the server answers with its ID at once and keeps it in REGISTERING. */
export async function registerMeta(
  context: StepContext,
  body: JsonObject,
  archive: Archive,
): Promise<string> {
  const { body: answer } = await context.cluster.request({
    method: 'POST',
    path: '/_plugins/_ml/models/_register_meta',
    body: {
      ...body,
      model_content_hash_value: archive.sha256,
      model_content_size_in_bytes: archive.bytes,
      total_chunks: chunkCount(archive),
    },
  });
  const id = textAt(answer, 'model_id');
  if (id === undefined) throw new Error(`no model_id in ${JSON.stringify(answer)}`);
  return id;
}

/**
 * Sends the zip. The model becomes REGISTERED when the chunk with the last number arrives, whatever else is
 * missing, so that one goes last and alone. It is written without being waited for: hence the poll. Chunks may be
 * sent again, which is how an upload that was killed is finished.
 */
export async function uploadChunks(
  context: StepContext,
  id: string,
  path: string,
  archive: Archive,
): Promise<void> {
  const last = chunkCount(archive) - 1;
  const file = await open(path);
  try {
    const send = async (chunk: number): Promise<void> => {
      const size = Math.min(CHUNK_BYTES, archive.bytes - chunk * CHUNK_BYTES);
      const { buffer } = await file.read(Buffer.allocUnsafe(size), 0, size, chunk * CHUNK_BYTES);
      context.signal.throwIfAborted();
      await context.cluster.request({
        method: 'POST',
        path: `/_plugins/_ml/models/${encodeURIComponent(id)}/upload_chunk/${chunk}`,
        body: buffer,
        // The bytes of a zip; but any other type is answered with 406 (2.19.1, 3.6.0).
        contentType: 'application/json',
        repeatable: true,
      });
      context.progress('upload', `chunk ${chunk + 1} of ${last + 1}`);
    };
    const waiting = Array.from({ length: last }, (_, chunk) => chunk);
    const worker = async (): Promise<void> => {
      for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) await send(chunk);
    };
    await Promise.all(Array.from({ length: CHUNKS_IN_FLIGHT }, worker));
    await send(last);
  } finally {
    await file.close();
  }
  await awaitModel(context, id, 'the upload to be registered', (model) => model.state !== 'REGISTERING');
}
