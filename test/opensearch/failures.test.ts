import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { connect } from '../../src/opensearch/connect.ts';
import { connectToNode, nodeUrl, uniqueName } from '../support/node.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { failureOf } from './failing.ts';

let proxy: FaultyProxy;
let cluster: Cluster;
beforeAll(async () => {
  proxy = await startProxy(nodeUrl());
  cluster = connect({ url: proxy.url, retryForMs: 0 });
});
afterAll(async () => {
  await cluster.close();
  await proxy.close();
});
beforeEach(() => proxy.reset());

describe('what the real node refuses', () => {
  it('an API that it does not have', async () => {
    const failure = await failureOf(cluster.request({ method: 'GET', path: '/_plugins/_ml/nope/nope/nope' }));
    expect(failure).toMatchObject({ code: 'RCTL_API_MISSING', failure: 'server', status: 400 });
    expect(failure.remedy).toContain('opensearch-ml');
  });

  it('a method and a content type that it does not take', async () => {
    const method = await failureOf(cluster.request({ method: 'PUT', path: '/_cluster/health' }));
    expect(method).toMatchObject({ code: 'RCTL_API_MISMATCH', status: 405 });
    expect(method.message).toContain('allowed: [GET]');
  });

  it('a write to an index that is blocked', async () => {
    const index = uniqueName('oslayer-blocked');
    const direct = connectToNode();
    await direct.request({
      method: 'PUT',
      path: `/${index}`,
      body: { settings: { 'index.blocks.write': true } },
    });
    const write = { method: 'POST', path: `/${index}/_doc`, body: {} } as const;
    const failure = await failureOf(direct.request(write));
    expect(failure).toMatchObject({ code: 'RCTL_BLOCKED', type: 'cluster_block_exception' });
    expect(failure.message).toBe(`Index ${index} is blocked: FORBIDDEN/8/index write (api).`);
    await direct.request({ method: 'DELETE', path: `/${index}` });
    await direct.close();
  });

  it('a body that is wrong, in its own words', async () => {
    const failure = await failureOf(
      cluster.request({ method: 'POST', path: '/_search', body: { query: { no_such_query: {} } } }),
    );
    expect(failure).toMatchObject({ code: 'RCTL_REQUEST_REJECTED', failure: 'server', status: 400 });
    expect(failure.message).toContain('no_such_query');
  });

  it('a model group whose name is missing', async () => {
    const register = { method: 'POST', path: '/_plugins/_ml/model_groups/_register', body: {} } as const;
    const failure = await failureOf(cluster.request(register));
    expect(failure).toMatchObject({
      type: 'null_pointer_exception',
      status: 500,
      code: 'RCTL_SERVER_FAILED',
    });
    expect(failure.message).toContain('model group name must not be null');
  });
});

describe('what a real node will not do on demand', () => {
  const get = { method: 'GET', path: '/_cluster/health' } as const;

  it.each([
    [413, '', 'RCTL_TOO_LARGE', 'server'],
    [
      403,
      {
        error: { type: 'security_exception', reason: 'no permissions for [a:b/c] and User [name=jo, x=[]]' },
      },
      'RCTL_FORBIDDEN',
      'connection',
    ],
    [
      403,
      {
        error: {
          type: 'status_exception',
          reason: "User doesn't have privilege to perform this operation on this model",
        },
      },
      'RCTL_FORBIDDEN',
      'connection',
    ],
    [
      403,
      { error: { type: 'status_exception', reason: 'Model is disabled.' } },
      'RCTL_MODEL_DISABLED',
      'server',
    ],
    [503, '<html>503</html>', 'RCTL_UNAVAILABLE', 'connection'],
    [
      503,
      {
        error: {
          type: 'cluster_block_exception',
          reason: 'blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];',
        },
      },
      'RCTL_BLOCKED',
      'server',
    ],
    [500, '', 'RCTL_SERVER_FAILED', 'server'],
    [
      409,
      { error: { type: 'version_conflict_engine_exception', reason: '[a]: version conflict' } },
      'RCTL_REQUEST_REJECTED',
      'server',
    ],
  ])('%i %j', async (status, body, code, failure) => {
    proxy.inject({ fault: { do: 'answer', status, body } });
    expect(await failureOf(cluster.request(get))).toMatchObject({ code, failure, status });
  });

  it('a wrapper hides the cause: the cause is told', async () => {
    const body = {
      error: {
        root_cause: [{ type: 'index_not_found_exception', reason: 'no such index [.plugins-ml-model]' }],
        type: 'status_exception',
        reason: 'Fail to search model',
      },
      status: 500,
    };
    proxy.inject({ fault: { do: 'answer', status: 500, body } });
    expect(await failureOf(cluster.request(get))).toMatchObject({
      type: 'index_not_found_exception',
      reason: 'no such index [.plugins-ml-model]',
    });
  });
});
