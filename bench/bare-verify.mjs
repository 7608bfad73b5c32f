// The searches of `rerankctl verify -f manifests/relevance`, and nothing else: each query without the pipeline and
// through it, four queries at once, in the same order and with the same parameters.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bareClient } from './lib/http.mjs';

const AT_ONCE = 4;
const KEPT =
  'took,timed_out,_shards,hits,error,status,processor_results.processor_name,processor_results.status,processor_results.error,processor_results.duration_millis,processor_results.*_data._index,processor_results.*_data._id,processor_results.*_data._score';

const [url = '', folder = ''] = process.argv.slice(2);
const queries = (await readFile(join(folder, 'queries.tsv'), 'utf8'))
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t')[1] ?? '');
const node = bareClient(url);

/** @param {string} text */
const plain = (text) => ({ size: 20, query: { match: { passage: text } } });

/** @param {string} text */
const arms = (text) => [
  () =>
    node.call(
      'POST',
      '/relevance-passages/_search?search_pipeline=_none&preference=rerankctl-verify',
      plain(text),
    ),
  () =>
    node.call(
      'POST',
      `/relevance-passages/_search?search_pipeline=relevance-rerank&verbose_pipeline=true&filter_path=${KEPT}&preference=rerankctl-verify`,
      { ...plain(text), ext: { rerank: { query_context: { query_text: text } } } },
    ),
];

for (const ask of arms(queries[0] ?? '')) await ask();
let next = 0;
async function worker() {
  for (let i = next++; i < queries.length; i = next++) {
    const asked = arms(queries[i] ?? '');
    for (const ask of i % 2 === 1 ? asked.toReversed() : asked) await ask();
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, worker));
node.close();
