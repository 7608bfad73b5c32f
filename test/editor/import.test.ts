import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { isObject } from '../../src/core/json.ts';
import { STEP_TYPES } from '../../src/migration/flow-framework/step-types.ts';
import { type Ran, rerankctl } from '../support/cli.ts';
import { nodeUrl, uniqueName } from '../support/node.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'import-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

interface Node {
  readonly id: string;
  readonly type: string;
  readonly user_inputs?: object;
  readonly previous_node_inputs?: object;
}

const template = (
  nodes: readonly Node[],
  edges: readonly [string, string][] = [],
  more: object = {},
): object => ({
  name: 'a template',
  description: 'of a test',
  use_case: 'TEST',
  version: { template: '1.0.0', compatibility: ['2.19.0', '3.0.0'] },
  workflows: { provision: { nodes, edges: edges.map(([source, dest]) => ({ source, dest })), ...more } },
});

function imported(from: object | string, ...args: string[]): Promise<Ran> {
  const stdin = typeof from === 'string' ? from : JSON.stringify(from, null, 2);
  return rerankctl(['import', '--flow-framework', '-', ...args], { cwd, stdin });
}

interface Read {
  readonly metadata: { readonly name: string; readonly depends_on?: string[] };
  readonly spec: Record<string, never>;
}

/** The manifests of a text, by address. */
function manifestsOf(text: string): Record<string, Read> {
  const all = [...parseAllDocuments(text)].map((document) => document.toJS());
  return Object.fromEntries(all.map((one) => [`${one.kind}/${one.metadata.name}`, one]));
}

const CONNECTOR: Node = {
  id: 'make_connector',
  type: 'create_connector',
  user_inputs: {
    name: 'Shop reranker',
    description: 'Scores products',
    version: '1',
    protocol: 'http',
    parameters: { model: 'small', api_key: 'planted-secret-1' },
    credential: { key: 'planted-secret-2' },
    actions: [
      {
        action_type: 'predict',
        method: 'POST',
        url: 'https://api.cohere.ai/v1/rerank',
        headers: { Authorization: 'Bearer planted-secret-3', 'x-tenant': '${credential.key}' },
        request_body: '{ "documents": ${parameters.documents}, "query": "${parameters.query}" }',
      },
    ],
  },
};
const MODEL: Node = {
  id: 'make_model',
  type: 'register_remote_model',
  previous_node_inputs: { make_connector: 'connector_id' },
  user_inputs: { name: 'shop reranker', description: 'remote' },
};
const DEPLOY: Node = { id: 'deploy', type: 'deploy_model', previous_node_inputs: { make_model: 'model_id' } };
const PIPELINE: Node = {
  id: 'make_search_pipeline',
  type: 'create_search_pipeline',
  previous_node_inputs: { deploy: 'model_id' },
  user_inputs: {
    pipeline_id: 'shop-rerank',
    configurations: {
      response_processors: [
        {
          rerank: {
            ml_opensearch: { model_id: '${{deploy.model_id}}' },
            context: { document_fields: ['title'] },
          },
        },
      ],
    },
  },
};

describe('a template becomes manifests', () => {
  it('with references in the place of IDs, and secrets in the environment', async () => {
    const { code, stdout, stderr } = await imported(template([CONNECTOR, MODEL, DEPLOY, PIPELINE]));
    expect(code, stderr).toBe(0);
    expect(stdout + stderr).not.toContain('planted-secret');
    const made = manifestsOf(stdout);
    expect(Object.keys(made)).toEqual([
      'Connector/shop-reranker',
      'ModelGroup/shop-reranker',
      'Model/shop-reranker',
      'SearchPipeline/shop-rerank',
    ]);
    expect(made['Connector/shop-reranker']?.spec).toMatchObject({
      parameters: { model: 'small', api_key: { $env: 'SHOP_RERANKER_API_KEY' } },
      credential: {
        key: { $env: 'SHOP_RERANKER_KEY' },
        authorization: { $env: 'SHOP_RERANKER_AUTHORIZATION' },
      },
      actions: [
        { headers: { Authorization: 'Bearer ${credential.authorization}', 'x-tenant': '${credential.key}' } },
      ],
    });
    expect(made['Model/shop-reranker']?.spec).toEqual({
      name: 'shop reranker',
      description: 'remote',
      function_name: 'remote',
      model_group_id: { $ref: 'ModelGroup/shop-reranker' },
      connector_id: { $ref: 'Connector/shop-reranker' },
    });
    expect(stdout).toContain('model_id: { $ref: Model/shop-reranker }');
    expect(stderr.match(/RCTL_IMPORT_SECRET/g)).toHaveLength(3);
    expect(stderr).toContain('<stdin>:15:9: warning');
    expect(stderr).toContain('export SHOP_RERANKER_AUTHORIZATION=…');
  });

  it('with everything that a cluster takes, in files that validate and overwrite nothing', async () => {
    const nodes: Node[] = [
      {
        id: 'group',
        type: 'register_model_group',
        user_inputs: { name: 'embedders', description: 'of the shop' },
      },
      {
        id: 'embedder',
        type: 'register_local_custom_model',
        previous_node_inputs: { group: 'model_group_id' },
        user_inputs: {
          name: 'embedder',
          version: '1.0.0',
          model_format: 'TORCH_SCRIPT',
          function_name: 'text_embedding',
          model_content_hash_value: 'a'.repeat(64),
          url: 'https://models.example.com/embedder.zip',
          model_type: 'bert',
          embedding_dimension: 384,
          framework_type: 'sentence_transformers',
          deploy: true,
          tenant_id: 'x',
        },
      },
      {
        id: 'ingest',
        type: 'create_ingest_pipeline',
        previous_node_inputs: { embedder: 'model_id' },
        user_inputs: {
          pipeline_id: 'embed',
          configurations: JSON.stringify({
            processors: [
              { text_embedding: { model_id: '${{embedder.model_id}}', field_map: { text: 'vector' } } },
            ],
          }),
        },
      },
      {
        id: 'index',
        type: 'create_index',
        previous_node_inputs: { ingest: 'pipeline_id' },
        user_inputs: {
          index_name: 'products',
          configurations: {
            settings: { 'index.knn': true, default_pipeline: '${{ingest.pipeline_id}}' },
            mappings: { properties: { text: { type: 'text' } } },
          },
        },
      },
    ];
    const { code, stdout, stderr } = await imported(template(nodes), '--to', 'shop');
    expect(code, stderr).toBe(0);
    expect(stdout.split('\n').filter(Boolean)).toEqual(
      ['model-group', 'model', 'ingest-pipeline', 'index'].map((name) => `shop/${name}.yaml`),
    );
    const read = (file: string) => manifestsOf(readFileSync(join(cwd, 'shop', file), 'utf8'));
    expect(read('model.yaml')['Model/embedder']?.spec).toMatchObject({
      model_group_id: { $ref: 'ModelGroup/embedders' },
      model_config: { model_type: 'bert', embedding_dimension: 384, framework_type: 'sentence_transformers' },
    });
    expect(read('index.yaml')['Index/products']?.spec).toMatchObject({
      settings: { default_pipeline: { $ref: 'IngestPipeline/embed' } },
    });
    expect(stderr).toMatch(/RCTL_IMPORT_FIELD\n.*the input tenant_id of the step embedder is left out/);
    const valid = await rerankctl(['validate', '-f', 'shop'], { cwd });
    expect(valid.code, valid.stderr).toBe(0);

    writeFileSync(join(cwd, 'shop', 'index.yaml'), '# mine\n');
    const again = await imported(template(nodes), '--to', 'shop');
    expect(again.code).toBe(8);
    expect(again.stderr).toContain('ingest-pipeline.yaml, index.yaml');
    expect(readFileSync(join(cwd, 'shop', 'index.yaml'), 'utf8')).toBe('# mine\n');
  });

  it('in the order that its edges ask for, also through steps that make nothing', async () => {
    const index = (id: string): Node => ({
      id,
      type: 'create_index',
      user_inputs: { index_name: id, configurations: { settings: { number_of_shards: 1 } } },
    });
    const nodes = [index('first'), { id: 'pause', type: 'noop' }, index('second')];
    const edges: [string, string][] = [
      ['first', 'pause'],
      ['pause', 'second'],
    ];
    const { stdout } = await imported(template(nodes, edges));
    expect(manifestsOf(stdout)['Index/second']?.metadata.depends_on).toEqual(['Index/first']);
    expect(manifestsOf(stdout)['Index/first']?.metadata.depends_on).toBeUndefined();
  });

  it('also where it is YAML, and values come from user_params', async () => {
    const nodes = [{ id: 'g', type: 'register_model_group', user_inputs: { description: 'd' } }];
    const { code, stdout } = await imported(
      stringify(template(nodes, [], { user_params: { name: 'from params' } })),
    );
    expect(code).toBe(0);
    expect(manifestsOf(stdout)['ModelGroup/from-params']?.spec).toEqual({
      name: 'from params',
      description: 'd',
    });
  });
});

describe('variables of a template', () => {
  const nodes = [
    {
      id: 'create_index',
      type: 'create_index',
      user_inputs: {
        index_name: '${{create_index.name}}',
        configurations: {
          settings: { number_of_shards: '${{ shards }}' },
          mappings: { properties: { '${{field}}': { type: 'text', analyzer: 'my-${{language}}' } } },
        },
      },
    },
  ];

  it('have to be given where a manifest has no place for one', async () => {
    const { code, stdout, stderr } = await imported(template(nodes), '--to', 'variables');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/--var create_index\.name=….*--var field=…/s);
    expect(readdirSync(cwd)).not.toContain('variables');
  });

  it('may stand where only some words are allowed', async () => {
    const inputs = { ...CONNECTOR.user_inputs, protocol: '${{protocol}}' };
    const { code, stdout, stderr } = await imported(template([{ ...CONNECTOR, user_inputs: inputs }]));
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('protocol: { $var: protocol }');
  });

  it('are those of the manifests elsewhere', async () => {
    const { stdout, stderr } = await imported(
      ...[template(nodes), '--var', 'create_index.name=books', '--var', 'field=title', '--to', 'variables'],
    );
    expect(stderr).toContain('rerankctl plan -f variables --var language=… --var shards=…');
    expect(stdout).toBe('variables/index.yaml\n');
    const text = readFileSync(join(cwd, 'variables', 'index.yaml'), 'utf8');
    expect(manifestsOf(text)['Index/books']?.spec).toEqual({
      settings: { number_of_shards: { $var: 'shards' } },
      mappings: {
        properties: { title: { type: 'text', analyzer: { $join: ['my-', { $var: 'language' }] } } },
      },
    });
    const vars = ['--var', 'language=english', '--var', 'shards=1'];
    expect((await rerankctl(['validate', '-f', 'variables', ...vars], { cwd })).code).toBe(0);
  });
});

describe('what has no counterpart', () => {
  it('is left out with its reason, and so is what needs it', async () => {
    const nodes: Node[] = [
      CONNECTOR,
      MODEL,
      { id: 'agent', type: 'register_agent', user_inputs: { name: 'a', type: 'flow' } },
      {
        id: 'ask_agent',
        type: 'create_search_pipeline',
        user_inputs: {
          pipeline_id: 'ask',
          configurations: { request_processors: [{ agentic: { agent_id: '${{agent.agent_id}}' } }] },
        },
      },
      { id: 'copy', type: 'reindex', user_inputs: { source_index: 'a', destination_index: 'b' } },
      { id: 'odd', type: 'make_coffee' },
      {
        id: 'sparse',
        type: 'register_local_sparse_encoding_model',
        user_inputs: {
          name: 'sparse',
          version: '1',
          model_format: 'TORCH_SCRIPT',
          url: 'https://x.example/y.zip',
        },
      },
      {
        id: 'wrong',
        type: 'create_ingest_pipeline',
        user_inputs: { pipeline_id: 'w', configurations: { processors: 'none' } },
      },
    ];
    const { code, stdout, stderr } = await imported(template(nodes));
    expect(code).toBe(0);
    for (const [step, why] of [
      ['agent', 'agents and their tools'],
      ['ask_agent', 'it needs agent_id of the step agent, which is left out'],
      ['copy', 'copying documents is done once'],
      ['odd', 'knows no such type'],
    ]) {
      expect(stderr).toMatch(new RegExp(`The step ${step} \\(\\w+\\) is left out: .*${why}`));
    }
    // Nor is there the group that was only for it.
    expect(stderr).toContain('Model/sparse is left out, because no manifest can declare it: `model_config`');
    expect(stderr).toContain('IngestPipeline/w is left out, because no manifest can declare it');
    expect(Object.keys(manifestsOf(stdout))).toEqual([
      'Connector/shop-reranker',
      'ModelGroup/shop-reranker',
      'Model/shop-reranker',
    ]);
    // It is registered there and never deployed.
    expect(manifestsOf(stdout)['Model/shop-reranker']?.spec).toMatchObject({ deploy: false });
  });

  it('is never dropped silently: each step is a manifest, or part of one, or named', async () => {
    const nodes = Object.keys(STEP_TYPES).map((type) => ({
      id: `the_${type}`,
      type,
      user_inputs: { name: type },
    }));
    const { stdout } = await imported(template(nodes), '--output', 'json');
    const { resources, diagnostics } = JSON.parse(stdout);
    const said = JSON.stringify(diagnostics);
    for (const { id, type } of nodes) {
      const isMade = resources.some(({ address }: { address: string }) => address.endsWith(`/${type}`));
      const isSaid = said.includes(`The step ${id} (`) || said.includes(`/${type} is left out`);
      expect(isMade || isSaid, type).toBe(true);
    }
  });

  it.each([
    ['{ "workflows": ', /line \d+, column \d+ is neither JSON nor YAML/],
    ['name: x', /has no `workflows.provision.nodes`/],
    [
      JSON.stringify({ workflows: { provision: { nodes: [{ id: 'x' }] } } }),
      /step 1 .* has no `id` or no `type`/,
    ],
  ])('a file that is no template is refused: %s', async (text, message) => {
    const { code, stderr } = await imported(text);
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
  });
});

it('a template that reranks is planned on a real node as it was imported', async () => {
  const name = uniqueName('import');
  const nodes: Node[] = [
    { id: 'group', type: 'register_model_group', user_inputs: { name } },
    {
      id: 'cross_encoder',
      type: 'register_local_pretrained_model',
      previous_node_inputs: { group: 'model_group_id' },
      user_inputs: {
        name: 'huggingface/cross-encoders/ms-marco-MiniLM-L-6-v2',
        version: '1.0.2',
        model_format: 'TORCH_SCRIPT',
        deploy: true,
      },
    },
    {
      id: 'passages',
      type: 'create_index',
      user_inputs: {
        index_name: name,
        configurations: { mappings: { properties: { passage: { type: 'text' } } } },
      },
    },
    {
      id: 'rerank',
      type: 'create_search_pipeline',
      previous_node_inputs: { cross_encoder: 'model_id' },
      user_inputs: {
        pipeline_id: name,
        configurations: {
          response_processors: [
            {
              rerank: {
                ml_opensearch: { model_id: '${{cross_encoder.model_id}}' },
                context: { document_fields: ['passage'] },
              },
            },
          ],
        },
      },
    },
  ];
  const file = join(cwd, 'rerank.json');
  writeFileSync(file, JSON.stringify(template(nodes)));
  const made = await rerankctl(['import', '--flow-framework', file, '--to', 'rerank'], { cwd });
  expect(made.code, made.stderr).toBe(0);
  const planned = await rerankctl(
    ['plan', '-f', 'rerank', '--stack', name, '--url', nodeUrl(), '--output', 'json'],
    { cwd },
  );
  expect(planned.code, planned.stderr).toBe(0);
  const { changes } = JSON.parse(planned.stdout);
  const actions = (changes as unknown[]).map((change) =>
    isObject(change) ? [change.address, change.action] : [],
  );
  expect(actions).toEqual(
    expect.arrayContaining([
      [`ModelGroup/${name}`, 'create'],
      ['Model/ms-marco-minilm-l-6-v2', 'create'],
      [`Index/${name}`, 'create'],
      [`SearchPipeline/${name}`, 'create'],
    ]),
  );
});
