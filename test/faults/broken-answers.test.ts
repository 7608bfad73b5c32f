import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeUrl } from '../support/node.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { openStory, type Story } from './story.ts';

let proxy: FaultyProxy;
let story: Story;
beforeAll(async () => {
  proxy = await startProxy(nodeUrl());
});
beforeEach(() => {
  story = openStory(nodeUrl());
});
afterEach(async () => {
  proxy.reset();
  await story.cleanUp();
});
afterAll(() => proxy.close());

describe('an answer that is lost after the server did the work', () => {
  it.each([
    ['of registering the group', 'POST', /model_groups\/_register$/],
    ['of announcing the model', 'POST', /_register_meta$/],
    ['of the last chunk', 'POST', /upload_chunk\/2$/],
    ['of deploying', 'POST', /_deploy$/],
    ['of creating the index', 'PUT', /^\/story[^/]*$/],
    ['of sending documents', 'POST', /story[^/]*\/_bulk$/],
    ['of putting the pipeline', 'PUT', /_search\/pipeline\//],
    ['of writing the state', 'POST', /\.rerankctl-state\/_bulk$/],
  ])('%s leaves nothing twice', async (_what, method, path) => {
    proxy.inject({ method, path, times: 1, fault: { do: 'drop-answer' } });
    const first = await story.run('apply', proxy.url);
    expect([0, 5]).toContain(first.code);
    const second = await story.run('apply', proxy.url);
    expect(second.code, second.stdout + second.stderr).toBe(0);
    await story.expectWhole();
  });
});

describe('a request of a killed run that arrives only after the next run has planned', () => {
  it.each([
    ['of registering the group', 'POST', /model_groups\/_register$/],
    ['of creating the index', 'PUT', /^\/story[^/]*$/],
    ['of putting the pipeline', 'PUT', /_search\/pipeline\//],
  ])('%s makes nothing fail, and nothing twice', async (_what, method, path) => {
    let late = 0;
    proxy.onRequest(async (_n, request) => {
      if (late > 0 || request.method !== method || !path.test(request.path)) return;
      const body = new Uint8Array(request.body);
      const headers = { 'content-type': 'application/json' };
      late = (await fetch(new URL(request.path, nodeUrl()), { method, headers, body })).status;
    });
    const ran = await story.run('apply', proxy.url);
    expect(late).toBe(200);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    await story.expectWhole();
  });
});

describe('a cluster that is overloaded for a while', () => {
  it.each([
    ['429', { status: 429, type: 'rejected_execution_exception' }],
    ['503', { status: 503, type: 'cluster_block_exception' }],
  ])('with %s to every fourth request is waited for', async (_status, { status, type }) => {
    const body = { error: { type, reason: 'overloaded' }, status };
    let n = 0;
    proxy.onRequest(() => {
      n++;
      if (n % 4 === 0) proxy.inject({ times: 1, fault: { do: 'answer', status, body } });
    });
    const ran = await story.run('apply', proxy.url);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(ran.stderr).toContain('again in');
    await story.expectWhole();
  });
});

describe('an ML task', () => {
  const task = /_ml\/tasks\//;

  it('that never ends is given up at the deadline, and finished by the next apply', async () => {
    const body = { state: 'CREATED', task_type: 'DEPLOY_MODEL' };
    proxy.inject({ path: task, fault: { do: 'answer', status: 200, body } });
    const first = await story.run('apply', proxy.url, '--timeout', '2');
    expect(first.code).toBe(5);
    expect(first.stderr).toContain('RCTL_WAIT_TIMEOUT');
    expect(first.stderr).toMatch(/Waited 2\.\d s for the deployment, which did not come; last seen: CREATED/);
    expect(first.stdout).toContain('SearchPipeline');
    proxy.reset();
    expect(await story.run('apply', proxy.url)).toMatchObject({ code: 0 });
    await story.expectWhole();
  });

  it('that fails says why, stops what depends on it, and leaves the rest done', async () => {
    const body = {
      state: 'FAILED',
      error: '{"node":"Memory Circuit Breaker is open, please check your resources!"}',
    };
    proxy.inject({ path: task, fault: { do: 'answer', status: 200, body } });
    // The model is deployed all the same: it must look as if it were not.
    proxy.inject({
      path: /_deploy$/,
      fault: { do: 'answer', status: 200, body: { task_id: 'x', status: 'CREATED' } },
    });
    const first = await story.run('apply', proxy.url);
    expect(first.code).toBe(5);
    expect(first.stderr).toContain('RCTL_ML_MEMORY_BREAKER');
    expect(first.stderr).toContain('plugins.ml_commons.jvm_heap_memory_threshold');
    expect(first.stdout).toContain(
      `SearchPipeline/${story.name}: skipped, because Model/model did not succeed`,
    );
    proxy.reset();
    expect(await story.run('apply', proxy.url)).toMatchObject({ code: 0 });
    await story.expectWhole();
  });
});
