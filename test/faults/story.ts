import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { numberAt } from '../../src/core/json.ts';
import { connect } from '../../src/opensearch/connect.ts';
import { searchAll } from '../../src/opensearch/paging.ts';
import { type Ran, rerankctl } from '../support/cli.ts';
import { deleteModel } from '../support/model.ts';
import { uniqueName } from '../support/node.ts';

export const RERANKER = fileURLToPath(
  new URL('../../manifests/quickstart/minilm-l6-scorer.zip', import.meta.url),
);

const MODEL_CONFIG = `
  function_name: TEXT_SIMILARITY
  model_format: TORCH_SCRIPT
  model_config: { model_type: bert, embedding_dimension: 1, framework_type: huggingface_transformers }`;

/** The story of the quickstart under names of its own, on one node. */
export interface Story {
  readonly name: string;
  readonly yaml: string;
  /** `rerankctl COMMAND -f - …` with this story as its manifests. */
  run(command: string, url: string, ...flags: string[]): Promise<Ran>;
  args(command: string, url: string, ...flags: string[]): string[];
  /** Applied as a whole, nothing left to do, and exactly one of everything on the node. */
  expectWhole(): Promise<void>;
  models(): Promise<string[]>;
  cleanUp(): Promise<void>;
}

export function groupAndModel(name: string, source: string): string {
  return `apiVersion: rerankctl/v1
kind: ModelGroup
metadata: { name: group }
spec: { name: ${name} }
---
apiVersion: rerankctl/v1
kind: Model
metadata: { name: model, lifecycle: { keep: 0 } }
spec:
  name: ${name}
  model_group_id: { $ref: ModelGroup/group }${MODEL_CONFIG}
  ${source}
`;
}

function rest(name: string): string {
  return `---
apiVersion: rerankctl/v1
kind: Index
metadata: { name: ${name} }
spec:
  settings: { number_of_shards: 1, number_of_replicas: 0 }
  mappings: { properties: { text: { type: text } } }
---
apiVersion: rerankctl/v1
kind: SeedData
metadata: { name: seed }
spec:
  index: { $ref: Index/${name} }
  documents: [{ text: one }, { text: two }, { text: three }, { text: four }]
---
apiVersion: rerankctl/v1
kind: SearchPipeline
metadata: { name: ${name} }
spec:
  response_processors:
    - rerank:
        ml_opensearch: { model_id: { $ref: Model/model } }
        context: { document_fields: [text] }
`;
}

/** `source` is the line that says where the model comes from; the file of the quickstart by default. */
export function openStory(node: string, source = `file: ${RERANKER}`, name = uniqueName('story')): Story {
  const yaml = groupAndModel(name, source) + rest(name);
  const cluster = connect({ url: node, requestTimeoutMs: 30_000, retryForMs: 10_000 });
  const byName = { term: { 'name.keyword': name } };
  const found = async (what: 'models' | 'model_groups'): Promise<string[]> => {
    const hits = await searchAll(cluster, `/_plugins/_ml/${what}/_search`, {
      bool: { must: [byName], must_not: [{ exists: { field: 'chunk_number' } }] },
    });
    return hits.map(({ _id }) => _id);
  };
  const args = (command: string, url: string, ...flags: string[]): string[] => [
    command,
    '-f',
    '-',
    '--url',
    url,
    ...(command === 'validate' ? [] : ['--stack', name]),
    ...(command === 'apply' ? ['--yes'] : []),
    ...flags,
  ];
  const story: Story = {
    name,
    yaml,
    args,
    run: (command, url, ...flags) => rerankctl(args(command, url, ...flags), { stdin: yaml }),
    models: () => found('models'),
    async expectWhole() {
      const plan = await story.run('plan', node, '--detailed-exitcode');
      expect(plan, plan.stdout + plan.stderr).toMatchObject({ code: 0 });
      expect(await found('models')).toHaveLength(1);
      expect(await found('model_groups')).toHaveLength(1);
      const { body } = await cluster.request({ method: 'GET', path: `/${name}/_count` });
      expect(numberAt(body, 'count')).toBe(4);
    },
    async cleanUp() {
      for (const id of await found('models')) await deleteModel(cluster, id);
      for (const id of await found('model_groups')) {
        await cluster.request({
          method: 'DELETE',
          path: `/_plugins/_ml/model_groups/${id}`,
          accept: [404, 409],
        });
      }
      await cluster.request({ method: 'DELETE', path: `/${name}`, accept: [404] });
      await cluster.request({ method: 'DELETE', path: `/_search/pipeline/${name}`, accept: [404] });
      await cluster.request({
        method: 'POST',
        path: '/.rerankctl-state/_delete_by_query',
        query: { refresh: true, conflicts: 'proceed' },
        body: { query: { term: { stack: name } } },
        accept: [404],
      });
      await cluster.close();
    },
  };
  return story;
}
