import { createHash } from 'node:crypto';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ServerError } from '../../src/core/errors.ts';
import { listAt, textAt } from '../../src/core/json.ts';
import type { Cluster } from '../../src/opensearch/cluster.ts';

const NAME = 'test-minilm';
const HASH = '15e27ea87b8c93ff76767f4361ebfc972f5ea76904b444b2a845e487f4b2cc91';
const ZIP = fileURLToPath(new URL('../../manifests/quickstart/minilm-l6-scorer.zip', import.meta.url));
const CHUNK_BYTES = 10_000_000;
const DEADLINE_MS = 120_000;

/**
 * The small reranker of the quickstart, registered once on this node, deployed and answering. It stays on the node
 * for the next test file and the next run. Files that run at the same time wait for the one that uploads.
 */
export async function deployedModel(cluster: Cluster): Promise<string> {
  const unlock = await lock(join(tmpdir(), `rerankctl-test-model-${shortHash(cluster.url)}.lock`));
  try {
    const id = (await registered(cluster)) ?? (await upload(cluster));
    if (!(await answers(cluster, id))) {
      await cluster.request({ method: 'POST', path: `/_plugins/_ml/models/${id}/_deploy`, repeatable: true });
      await until(`model ${id} to answer`, () => answers(cluster, id));
    }
    return id;
  } finally {
    await unlock();
  }
}

/**
 * The same bytes registered under a name of the caller's and not deployed. The caller deletes it (`deleteModel`).
 */
export async function undeployedModel(cluster: Cluster, name: string): Promise<string> {
  return upload(cluster, name);
}

export async function deleteModel(cluster: Cluster, id: string): Promise<void> {
  const path = `/_plugins/_ml/models/${id}`;
  const { body } = await cluster.request({ method: 'GET', path, accept: [404] });
  const group = textAt(body, 'model_group_id');
  let answer: unknown;
  const gone = async (): Promise<boolean> => {
    // Each time again: a deployment that was under way can end after the first one, and takes it back.
    await cluster.request({ method: 'POST', path: `${path}/_undeploy`, accept: [400, 404] });
    // A second DELETE while the chunks are being removed is answered with 500.
    answer = (await cluster.request({ method: 'DELETE', path, accept: [400, 404, 500] })).body;
    return (await cluster.request({ method: 'GET', path, accept: [404] })).status === 404;
  };
  await until(`model ${id} to be gone`, gone, () => JSON.stringify(answer));
  if (group === undefined) return;
  await cluster.request({
    method: 'DELETE',
    path: `/_plugins/_ml/model_groups/${group}`,
    accept: [404, 409],
  });
}

async function registered(cluster: Cluster): Promise<string | undefined> {
  const filter = [{ term: { 'name.keyword': NAME } }, { term: { model_content_hash_value: HASH } }];
  const { body } = await cluster.request({
    method: 'POST',
    path: '/_plugins/_ml/models/_search',
    body: { size: 50, query: { bool: { filter, must_not: { exists: { field: 'chunk_number' } } } } },
    accept: [404],
    repeatable: true,
  });
  const usable = listAt(body, 'hits', 'hits').filter(
    (hit) => !['REGISTERING', 'UPLOADING'].includes(textAt(hit, '_source', 'model_state') ?? ''),
  );
  return textAt(usable[0], '_id');
}

async function groupId(cluster: Cluster, name: string): Promise<string> {
  const { body: found } = await cluster.request({
    method: 'POST',
    path: '/_plugins/_ml/model_groups/_search',
    body: { query: { term: { 'name.keyword': name } } },
    accept: [404],
    repeatable: true,
  });
  const existing = textAt(found, 'hits', 'hits', 0, '_id');
  if (existing !== undefined) return existing;
  const { body: made } = await cluster.request({
    method: 'POST',
    path: '/_plugins/_ml/model_groups/_register',
    body: { name, description: 'Of the tests of rerankctl' },
  });
  return required(textAt(made, 'model_group_id'), 'model_group_id');
}

async function upload(cluster: Cluster, name = NAME): Promise<string> {
  const bytes = await readFile(ZIP);
  const total = Math.ceil(bytes.length / CHUNK_BYTES);
  const { body } = await cluster.request({
    method: 'POST',
    path: '/_plugins/_ml/models/_register_meta',
    body: {
      name,
      function_name: 'TEXT_SIMILARITY',
      model_format: 'TORCH_SCRIPT',
      model_group_id: await groupId(cluster, name),
      model_content_hash_value: HASH,
      model_content_size_in_bytes: bytes.length,
      total_chunks: total,
      model_config: {
        model_type: 'bert',
        embedding_dimension: 1,
        framework_type: 'huggingface_transformers',
      },
    },
  });
  const id = required(textAt(body, 'model_id'), 'model_id');
  for (let chunk = 0; chunk < total; chunk++) {
    await cluster.request({
      method: 'POST',
      path: `/_plugins/_ml/models/${id}/upload_chunk/${chunk}`,
      body: bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES),
      contentType: 'application/json',
      repeatable: true,
    });
  }
  await until(`model ${id} to be registered`, async () => {
    const { body: model } = await cluster.request({ method: 'GET', path: `/_plugins/_ml/models/${id}` });
    return textAt(model, 'model_state') === 'REGISTERED';
  });
  return id;
}

/** The state that the server tells is wrong for a while after a restart: a prediction is not. */
async function answers(cluster: Cluster, id: string): Promise<boolean> {
  try {
    await cluster.request({
      method: 'POST',
      path: `/_plugins/_ml/_predict/text_similarity/${id}`,
      body: { query_text: 'ready?', text_docs: ['ready'] },
      repeatable: true,
    });
    return true;
  } catch (error) {
    if (error instanceof ServerError) return false;
    throw error;
  }
}

async function until(what: string, done: () => Promise<boolean>, seen = () => ''): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`waited too long for ${what} ${seen()}`);
    await sleep(300);
  }
}

/** A file that only one process can create. One that is older than any upload was left by a run that was killed. */
async function lock(path: string): Promise<() => Promise<void>> {
  const deadline = Date.now() + 2 * DEADLINE_MS;
  for (;;) {
    try {
      await (await open(path, 'wx')).close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const made = await stat(path).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > DEADLINE_MS) await rm(path, { force: true });
    if (Date.now() > deadline) throw new Error(`${path} is held for too long`);
    await sleep(200);
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function required(value: string | undefined, what: string): string {
  if (value === undefined) throw new Error(`the server gave no ${what}`);
  return value;
}
