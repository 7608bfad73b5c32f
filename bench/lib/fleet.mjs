import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @typedef {{ groups: number, pipelines: number, indices: number }} Sizes */

/** @param {Sizes} sizes */
export function total({ groups, pipelines, indices }) {
  return groups + pipelines + indices;
}

/**
 * Writes manifests of many resources that need no model: groups, rerank pipelines by a field, indices. The names
 * count up, so that a larger fleet contains a smaller one.
 *
 * @param {string} folder
 * @param {Sizes} sizes
 * @param {'one file a kind' | 'one file a resource'} layout
 */
export async function writeFleet(folder, { groups, pipelines, indices }, layout) {
  await mkdir(folder, { recursive: true });
  const kinds = {
    'model-group': count(groups, group),
    'search-pipeline': count(pipelines, pipeline),
    index: count(indices, index),
  };
  for (const [kind, documents] of Object.entries(kinds)) {
    if (layout === 'one file a kind') {
      await writeFile(join(folder, `${kind}.yaml`), documents.join('---\n'));
      continue;
    }
    for (const [i, text] of documents.entries()) await writeFile(join(folder, `${kind}-${i}.yaml`), text);
  }
}

/**
 * @param {number} length
 * @param {(i: string) => string} write
 */
function count(length, write) {
  return Array.from({ length }, (_, i) => write(String(i).padStart(4, '0')));
}

/** @param {string} i */
function group(i) {
  return `apiVersion: rerankctl/v1
kind: ModelGroup
metadata:
  name: bench-group-${i}
spec:
  name: bench group ${i}
  description: Cross-encoders of team ${i}
`;
}

/** @param {string} i */
function pipeline(i) {
  return `apiVersion: rerankctl/v1
kind: SearchPipeline
metadata:
  name: bench-pipeline-${i}
spec:
  description: Reranks by the score of team ${i}
  response_processors:
    - rerank:
        by_field:
          target_field: scores.team_${i}
          remove_target_field: false
`;
}

/** @param {string} i */
function index(i) {
  return `apiVersion: rerankctl/v1
kind: Index
metadata:
  name: bench-index-${i}
spec:
  settings:
    number_of_shards: 1
    number_of_replicas: 0
  mappings:
    properties:
      passage_text: { type: text }
      team: { type: keyword }
`;
}
