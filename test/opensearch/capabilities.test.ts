import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compareVersions } from '../../src/opensearch/capabilities.ts';
import { connect } from '../../src/opensearch/connect.ts';
import { connectToNode, nodeUrl } from '../support/node.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { failureOf } from './failing.ts';

let proxy: FaultyProxy;
beforeAll(async () => {
  proxy = await startProxy(nodeUrl());
});
afterAll(() => proxy.close());
beforeEach(() => proxy.reset());

describe('capabilities', () => {
  it('are read with three requests, however often and by whomever they are asked for', async () => {
    const cluster = connectToNode(proxy.url);
    const [capabilities, identity] = await Promise.all([
      cluster.capabilities(),
      cluster.identity(),
      cluster.capabilities(),
    ]);
    await cluster.capabilities();
    await cluster.identity();
    expect(proxy.requests.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'GET /',
      'GET /_cluster/settings',
      'GET /_nodes/plugins,ingest,search_pipelines',
    ]);
    expect(compareVersions(capabilities.version, '2.19.0')).toBeGreaterThanOrEqual(0);
    expect(capabilities.plugins).toContain('opensearch-ml');
    expect(capabilities.plugins).toContain('opensearch-neural-search');
    expect(capabilities.nodeRoles?.[0]).toContain('data');
    expect(identity).toMatchObject({ version: capabilities.version, url: proxy.url });
    expect(identity.uuid).not.toBe('');
    await cluster.close();
  });

  it('know every setting: of the file, of the API and by default, lists as JSON', async () => {
    const cluster = connectToNode();
    const { setting } = await cluster.capabilities();
    expect(setting('plugins.ml_commons.safe_delete_model')).toMatch(/^(true|false)$/);
    expect(setting('plugins.ml_commons.task_dispatcher.eligible_node_role.local_model')).toBe(
      '["data","ml"]',
    );
    expect(setting('http.max_content_length')).toBe('100mb');
    expect(setting('no.such.setting')).toBeUndefined();
    expect(setting('toString')).toBeUndefined();
    await cluster.close();
  });

  it('take what was set through the API for stronger than the default', async () => {
    proxy.inject({
      path: '/_cluster/settings',
      fault: {
        do: 'answer',
        status: 200,
        body: { persistent: { a: '1', b: '1' }, transient: { b: '2' }, defaults: { a: '0', c: '0' } },
      },
    });
    const cluster = connectToNode(proxy.url);
    const { setting } = await cluster.capabilities();
    expect(['a', 'b', 'c'].map(setting)).toEqual(['1', '2', '0']);
    await cluster.close();
  });

  it('are what every node has', async () => {
    const plugin = (name: string): object => ({ name });
    const body = {
      nodes: {
        n1: { roles: ['data', 'ml'], plugins: [plugin('opensearch-ml'), plugin('opensearch-knn')] },
        n2: { roles: ['cluster_manager'], plugins: [plugin('opensearch-ml')] },
      },
    };
    proxy.inject({ path: '/_nodes', fault: { do: 'answer', status: 200, body } });
    const cluster = connectToNode(proxy.url);
    const capabilities = await cluster.capabilities();
    expect([...(capabilities.plugins ?? [])]).toEqual(['opensearch-ml']);
    expect(capabilities.nodeRoles).toEqual([['data', 'ml'], ['cluster_manager']]);
    await cluster.close();
  });

  it('are read again after a failure', async () => {
    proxy.inject({ path: '/_nodes', times: 1, fault: { do: 'answer', status: 500 } });
    const cluster = connect({ url: proxy.url });
    await failureOf(cluster.capabilities());
    expect((await cluster.capabilities()).plugins).toContain('opensearch-ml');
    await cluster.close();
  });
});

describe('versions', () => {
  it.each([
    ['2.19.0', '2.19.1', -1],
    ['2.9.0', '2.19.0', -1],
    ['3.0.0-beta1', '3.0.0', 0],
    ['3.10.0', '3.9.9', 1],
    ['3', '3.0.0', 0],
  ])('%s against %s', (left, right, sign) => {
    expect(Math.sign(compareVersions(left, right))).toBe(sign);
  });
});
