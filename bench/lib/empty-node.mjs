import { bareClient, sleep } from './http.mjs';

const everything = { query: { match_all: {} }, size: 10_000, _source: ['name'] };
const noChunks = { ...everything, query: { bool: { must_not: { exists: { field: 'chunk_number' } } } } };

/**
 * Removes every model, model group, search pipeline and index from a node of the benchmark's own, the state of
 * rerankctl included.
 *
 * @param {string} url
 */
export async function emptyNode(url) {
  const node = bareClient(url);
  try {
    for (const id of await found(node, 'models', noChunks)) {
      await node.call('POST', `/_plugins/_ml/models/${id}/_undeploy`, undefined, { accept: [400, 404] });
      await deleteModel(node, id);
    }
    for (const id of await found(node, 'model_groups', everything)) await deleteGroup(node, id);
    const pipelines = await node.call('GET', '/_search/pipeline', undefined, { accept: [404] });
    for (const name of Object.keys(pipelines ?? {})) await node.call('DELETE', `/_search/pipeline/${name}`);
    const indices = await node.call('GET', '/_cat/indices?format=json&h=index&expand_wildcards=all');
    const own = indices.map((/** @type {{ index: string }} */ row) => row.index).filter(isOwn);
    for (let from = 0; from < own.length; from += 50) {
      await node.call('DELETE', `/${own.slice(from, from + 50).join(',')}`);
    }
  } finally {
    node.close();
  }
}

/** @param {string} index */
function isOwn(index) {
  return !index.startsWith('.') || index.startsWith('.rerankctl');
}

/**
 * @param {import('./http.mjs').BareClient} node
 * @param {string} what
 * @param {object} query
 * @returns {Promise<string[]>}
 */
async function found(node, what, query) {
  const answer = await node.call('POST', `/_plugins/_ml/${what}/_search`, query, { accept: [404] });
  return (answer?.hits?.hits ?? []).map((/** @type {{ _id: string }} */ hit) => hit._id);
}

/**
 * A delete right after another may meet the clean-up of the model's chunks and be refused for a moment.
 *
 * @param {import('./http.mjs').BareClient} node
 * @param {string} id
 */
async function deleteModel(node, id) {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await node.call('DELETE', `/_plugins/_ml/models/${id}`, undefined, {
      accept: [400, 404, 500],
    });
    if (answer?.error === undefined || answer.status === 404) return;
    await sleep(100);
  }
  throw new Error(`model ${id} cannot be deleted`);
}

/**
 * @param {import('./http.mjs').BareClient} node
 * @param {string} id
 */
async function deleteGroup(node, id) {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await node.call('DELETE', `/_plugins/_ml/model_groups/${id}`, undefined, {
      accept: [409],
    });
    if (answer?.error === undefined) return;
    await sleep(100);
  }
  throw new Error(`model group ${id} cannot be deleted`);
}
