import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dig, listAt, textAt } from '../../src/core/json.ts';
import { type Publisher, startPublisher } from '../support/publisher.ts';
import { boot, discard, rerankctl } from './support.ts';

const query = {
  query: { match_all: {} },
  size: 4,
  ext: { rerank: { query_context: { query_text: 'What is the capital of the United States?' } } },
};

describe('the MS MARCO tutorial, from a publisher on loopback', () => {
  let publisher: Publisher;
  let url: string;

  beforeAll(async () => {
    publisher = await startPublisher();
    url = await boot('tutorial-test', publisher.javaOpts);
  }, 600_000);

  afterAll(async () => {
    await discard('tutorial-test');
    await publisher?.close();
  }, 60_000);

  it('plans every resource of it', async () => {
    const { code, stdout } = await rerankctl('plan', url, '--detailed-exitcode');
    expect(code, stdout).toBe(2);
    for (const address of [
      'ModelGroup/cross-encoders',
      'Model/ms-marco',
      'Index/my-test-data',
      'SeedData/passages',
      'SearchPipeline/rerank_pipeline',
    ]) {
      expect(stdout).toContain(address);
    }
  });

  it('ends incomplete while the publisher sends another file than it announces', async () => {
    publisher.setBehaviour({ wrongHash: true });
    const { code, stdout, stderr } = await rerankctl('apply', url, '--yes');
    publisher.setBehaviour({ wrongHash: false });
    expect(code, stdout + stderr).toBe(5);
    expect(stdout + stderr).toContain('Model/ms-marco');
    expect(stdout + stderr).toMatch(/hash/i);
  }, 120_000);

  it('is done by the next apply', async () => {
    publisher.requests.length = 0;
    const { code, stdout, stderr } = await rerankctl('apply', url, '--yes');
    expect(code, stdout + stderr).toBe(0);
    expect(publisher.requests.map((path) => path.split('/').at(-1))).toEqual([
      'pre_trained_models.json',
      'config.json',
      'cross-encoders_ms-marco-MiniLM-L-6-v2-1.0.2-torch_script.zip',
    ]);
  }, 120_000);

  it('POST /_plugins/_ml/model_groups/_register', async () => {
    const group = await onlyHit(url, '/_plugins/_ml/model_groups/_search', {
      query: { term: { 'name.keyword': 'cross encoder model group' } },
    });
    expect(group).toMatchObject({
      _source: { description: 'A model group for cross encoder models', access: 'public' },
    });
  });

  it('POST /_plugins/_ml/models/_register and …/_deploy, with their tasks', async () => {
    expect(await deployedModel(url)).toMatchObject({
      _source: { name: 'huggingface/cross-encoders/ms-marco-MiniLM-L-6-v2', model_format: 'TORCH_SCRIPT' },
    });
  });

  it('POST _bulk', async () => {
    expect(await ask(url, '/my-test-data/_count')).toMatchObject({ count: 4 });
  });

  it('PUT /_search/pipeline/rerank_pipeline', async () => {
    expect(await ask(url, '/_search/pipeline/rerank_pipeline')).toEqual({
      rerank_pipeline: {
        description: 'Pipeline for reranking with Sagemaker cross-encoder model',
        response_processors: [
          {
            rerank: {
              ml_opensearch: { model_id: textAt(await deployedModel(url), '_id') },
              context: { document_fields: ['passage_text'] },
            },
          },
        ],
      },
    });
  });

  it('GET my-test-data/_search, with reranking and without', async () => {
    const reranked = await ask(url, '/my-test-data/_search?search_pipeline=rerank_pipeline', query);
    expect(textAt(reranked, 'hits', 'hits', 0, '_source', 'passage_text')).toContain('Washington, D.C.');
    const plain = await ask(url, '/my-test-data/_search', query);
    expect(listAt(plain, 'hits', 'hits').map((hit) => dig(hit, '_score'))).toEqual([1, 1, 1, 1]);
  });

  it('verify shows both, Washington, D.C. first when reranked', async () => {
    const { code, stdout, stderr } = await rerankctl('verify', url);
    expect(code, stdout + stderr).toBe(0);
    const passages = stdout
      .split('\n')
      .filter((line) => /Washington|Carson|Commonwealth|punishment/.test(line));
    expect(passages[0], stdout).toMatch(/Washington/);
  });

  it('has nothing left to do afterwards', async () => {
    const plan = await rerankctl('plan', url, '--detailed-exitcode');
    expect(plan.code, plan.stdout).toBe(0);
    const before = textAt(await deployedModel(url), '_id');
    const again = await rerankctl('apply', url, '--yes');
    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect(again.stdout + again.stderr).toMatch(/^No changes/m);
    expect(textAt(await deployedModel(url), '_id')).toBe(before);
    expect(publisher.requests).toHaveLength(3);
  }, 30_000);
});

async function ask(url: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(new URL(path, url), {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status, `${path}: ${await response.clone().text()}`).toBe(200);
  return response.json();
}

async function onlyHit(url: string, path: string, body: object): Promise<unknown> {
  const hits = listAt(await ask(url, path, body), 'hits', 'hits');
  expect(hits).toHaveLength(1);
  return hits[0];
}

/**
 * For up to ten seconds the server may say DEPLOY_FAILED of a model that was deployed while it asked its nodes what
 * they hold (MLSyncUpCron, 3.6.0).
 */
async function deployedModel(url: string): Promise<unknown> {
  const query = {
    bool: {
      filter: { term: { model_state: 'DEPLOYED' } },
      must_not: { exists: { field: 'chunk_number' } },
    },
  };
  return vi.waitFor(() => onlyHit(url, '/_plugins/_ml/models/_search', { query }), {
    timeout: 15_000,
    interval: 500,
  });
}
