import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toShownJson } from '../../src/core/value.ts';
import { loadManifests, topologicalOrder } from '../../src/manifest/load.ts';
import { loadText } from './support.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const OPTIONS = { cwd: ROOT, env: {}, vars: {} };

/** From the design document, with the comma of its matcher in quotes and the index that it leaves out. */
const TUTORIAL = `# yaml-language-server: $schema=../../schemas/manifest.schema.json
apiVersion: rerankctl/v1
kind: ModelGroup
metadata: { name: cross-encoders }
spec:
  name: cross encoder model group
  description: A model group for cross encoder models
  access_mode: public
---
apiVersion: rerankctl/v1
kind: Model
metadata: { name: ms-marco }
spec:
  name: huggingface/cross-encoders/ms-marco-MiniLM-L-6-v2
  version: 1.0.2
  model_group_id: { $ref: ModelGroup/cross-encoders }
  model_format: TORCH_SCRIPT
  deploy: true
---
apiVersion: rerankctl/v1
kind: Index
metadata: { name: my-test-data }
---
apiVersion: rerankctl/v1
kind: SearchPipeline
metadata: { name: rerank_pipeline }
spec:
  description: Pipeline for reranking with a cross-encoder
  response_processors:
    - rerank:
        ml_opensearch: { model_id: { $ref: Model/ms-marco } }
        context: { document_fields: [passage_text] }
---
apiVersion: rerankctl/v1
kind: Verification
metadata: { name: capital }
spec:
  index: { $ref: Index/my-test-data }
  search_pipeline: { $ref: SearchPipeline/rerank_pipeline }
  queries:
    - query_text: What is the capital of the United States?
      body: { query: { match_all: {} }, size: 4 }
      expect: { first: { passage_text: { contains: "Washington, D.C." } } }
`;

describe('the tutorial', () => {
  it('loads clean, its references being dependencies', async () => {
    const { resources, diagnostics, files } = await loadText(TUTORIAL);
    expect(diagnostics).toEqual([]);
    expect(files).toEqual(['<stdin>']);
    expect(resources.map(({ address, dependsOn }) => [address, dependsOn])).toEqual([
      ['Index/my-test-data', []],
      ['Model/ms-marco', ['ModelGroup/cross-encoders']],
      ['ModelGroup/cross-encoders', []],
      ['SearchPipeline/rerank_pipeline', ['Model/ms-marco']],
      ['Verification/capital', ['Index/my-test-data', 'SearchPipeline/rerank_pipeline']],
    ]);
    expect(toShownJson(resources[1]?.spec ?? null)).toEqual({
      name: 'huggingface/cross-encoders/ms-marco-MiniLM-L-6-v2',
      version: '1.0.2',
      model_group_id: '(id of ModelGroup/cross-encoders)',
      model_format: 'TORCH_SCRIPT',
      deploy: true,
    });
  });

  it('takes the request bodies of the documentation as JSON', async () => {
    const { resources, diagnostics } = await loadText(`{
  "apiVersion": "rerankctl/v1", "kind": "SearchPipeline", "metadata": { "name": "rerank_pipeline" },
  "spec": {
        "description": "Pipeline for reranking with Sagemaker cross-encoder model",
        "response_processors": [
                { "rerank": {
                                "ml_opensearch": { "model_id": "EXu7Y5IBtif6Eh-w07yJ" },
                                "context": { "document_fields": ["passage_text"] } } } ] } }`);
    expect(diagnostics).toEqual([]);
    expect(resources[0]?.address).toBe('SearchPipeline/rerank_pipeline');
  });

  it('says what a comma in a flow mapping does', async () => {
    const { diagnostics } = await loadText(TUTORIAL.replaceAll('"Washington, D.C."', 'Washington, D.C.'));
    expect(diagnostics).toMatchObject([
      {
        code: 'RCTL_UNKNOWN_FIELD',
        location: { line: 43, column: 64 },
        remedy: expect.stringContaining('quotes'),
      },
    ]);
  });

  it.each(['ms-marco-tutorial', 'quickstart'])('has manifests in the repository: %s', async (folder) => {
    const { resources, diagnostics } = await loadManifests([`manifests/${folder}`], OPTIONS);
    expect(diagnostics).toEqual([]);
    const order = topologicalOrder(resources).map((resource) => resource.kind);
    expect(order.indexOf('ModelGroup')).toBeLessThan(order.indexOf('Model'));
    expect(order.indexOf('Model')).toBeLessThan(order.indexOf('SearchPipeline'));
    expect(order.at(-1)).toBe('Verification');
  });
});
