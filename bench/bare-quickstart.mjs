/**
 * The requests of manifests/quickstart with nothing around them: no state, no lock, no plan, no retries. What
 * `rerankctl apply` costs beyond this is rerankctl's own.
 *
 * Usage: node bench/bare-quickstart.mjs URL
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { bareClient, sleep } from './lib/http.mjs';

const POLL_MS = 20;
const CHUNK_BYTES = 10_000_000;
const index = 'quickstart-passages';
const passages = [
  'Carson City is the capital city of the American state of Nevada.',
  'The Commonwealth of the Northern Mariana Islands is a group of islands in the Pacific Ocean. Its capital is Saipan.',
  'Washington, D.C. (also known as simply Washington or D.C., and officially as the District of Columbia) is the capital of the United States. It is a federal district.',
  'Capital punishment (the death penalty) has existed in the United States since before the United States was a country. As of 2017, capital punishment is legal in 30 of the 50 states.',
];

const [url] = process.argv.slice(2);
if (url === undefined) throw new Error('Usage: node bench/bare-quickstart.mjs URL');
const node = bareClient(url);

const model = deployModel();
await Promise.all([model.then(putPipeline), seedIndex()]);
node.close();

async function deployModel() {
  const zip = await readFile(new URL('../manifests/quickstart/minilm-l6-scorer.zip', import.meta.url));
  const group = await node.call('POST', '/_plugins/_ml/model_groups/_register', {
    name: 'rerankctl quickstart',
    description: 'Small rerankers that need no download',
  });
  const { model_id: id } = await node.call('POST', '/_plugins/_ml/models/_register_meta', {
    name: 'minilm-l6-scorer',
    function_name: 'TEXT_SIMILARITY',
    model_group_id: group.model_group_id,
    model_format: 'TORCH_SCRIPT',
    model_config: {
      model_type: 'bert',
      embedding_dimension: 1,
      framework_type: 'huggingface_transformers',
    },
    model_content_hash_value: createHash('sha256').update(zip).digest('hex'),
    model_content_size_in_bytes: zip.length,
    total_chunks: Math.ceil(zip.length / CHUNK_BYTES),
  });
  for (let chunk = 0; chunk * CHUNK_BYTES < zip.length; chunk++) {
    const bytes = zip.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);
    await node.call('POST', `/_plugins/_ml/models/${id}/upload_chunk/${chunk}`, bytes);
  }
  await until(`/_plugins/_ml/models/${id}`, 'model_state', 'REGISTERED');
  const { task_id: task } = await node.call('POST', `/_plugins/_ml/models/${id}/_deploy`);
  await until(`/_plugins/_ml/tasks/${task}`, 'state', 'COMPLETED');
  await node.call('POST', `/_plugins/_ml/_predict/TEXT_SIMILARITY/${id}`, {
    query_text: 'What is the capital of the United States?',
    text_docs: [passages[0]],
  });
  return id;
}

/** @param {string} id */
async function putPipeline(id) {
  await node.call('PUT', '/_search/pipeline/quickstart-rerank', {
    description: 'Reranks passages with the model of the rerankctl quickstart',
    response_processors: [
      { rerank: { ml_opensearch: { model_id: id }, context: { document_fields: ['passage_text'] } } },
    ],
  });
}

async function seedIndex() {
  await node.call('PUT', `/${index}`, {
    settings: { number_of_shards: 1, number_of_replicas: 0 },
    mappings: { properties: { passage_text: { type: 'text' } } },
  });
  const lines = passages.flatMap((text, i) => [{ index: { _id: `${i}` } }, { passage_text: text }]);
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const answer = await node.call('POST', `/${index}/_bulk`, body, { contentType: 'application/x-ndjson' });
  if (answer.errors) throw new Error(JSON.stringify(answer));
  await node.call('POST', `/${index}/_refresh`);
}

/**
 * @param {string} path
 * @param {string} field
 * @param {string} wanted
 */
async function until(path, field, wanted) {
  for (;;) {
    const { [field]: state, error } = await node.call('GET', path);
    if (state === wanted) return;
    if (error !== undefined || String(state).includes('FAILED'))
      throw new Error(`${path}: ${state} ${error}`);
    await sleep(POLL_MS);
  }
}
