import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { connect } from '../../src/opensearch/connect.ts';
import { searchAll } from '../../src/opensearch/paging.ts';
import { connectToNode, nodeUrl, securedNode, uniqueName } from '../support/node.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { failureOf } from './failing.ts';

const GROUPS = '/_plugins/_ml/model_groups';
const secured = securedNode();
const nodes: [string, () => Cluster][] = [['the plain node', () => connectToNode()]];
if (secured !== undefined) nodes.push(['the secured node', () => connect(secured)]);

describe.each(nodes)('model groups of %s', (_, open) => {
  const prefix = uniqueName('oslayer-group');
  const names = Array.from({ length: 8 }, (_, i) => `${prefix}-${i}`);
  const query = { prefix: { 'name.keyword': prefix } };
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = open();
    for (const name of names) {
      await cluster.request({ method: 'POST', path: `${GROUPS}/_register`, body: { name } });
    }
  });
  afterAll(async () => {
    for (const { _id } of await searchAll(cluster, `${GROUPS}/_search`, query)) {
      await cluster.request({ method: 'DELETE', path: `${GROUPS}/${_id}` });
    }
    await cluster.close();
  });

  it.each([[3], [8], [7], [10_000]])('are all found, %i to a page', async (pageSize) => {
    const hits = await searchAll(cluster, `${GROUPS}/_search`, query, { pageSize });
    expect(hits.map((hit) => hit._source.name)).toEqual(names);
    expect(new Set(hits.map((hit) => hit._id)).size).toBe(8);
  });

  it('come with the fields that are asked for', async () => {
    const [hit] = await searchAll(cluster, `${GROUPS}/_search`, query, { source: ['name'] });
    expect(hit?._source).toEqual({ name: names[0] });
  });

  it.each(['connectors', 'models', 'tasks'])('%s can be searched the same way', async (api) => {
    const path = `/_plugins/_ml/${api}/_search`;
    expect(await searchAll(cluster, path, { ids: { values: ['none'] } })).toEqual([]);
  });
});

describe('plain indices', () => {
  const index = uniqueName('oslayer-paging');
  let proxy: FaultyProxy;
  let cluster: Cluster;

  beforeAll(async () => {
    proxy = await startProxy(nodeUrl());
    cluster = connectToNode(proxy.url);
    const settings = { number_of_shards: 3, number_of_replicas: 0 };
    await cluster.request({ method: 'PUT', path: `/${index}`, body: { settings } });
    const lines = Array.from({ length: 50 }, (_, i) => `{"index":{"_id":"d${i}"}}\n{"n":${i}}\n`);
    await cluster.request({
      method: 'POST',
      path: `/${index}/_bulk`,
      query: { refresh: true },
      body: lines.join(''),
      contentType: 'application/x-ndjson',
    });
  });
  beforeEach(() => proxy.reset());
  afterAll(async () => {
    proxy.reset();
    await cluster.request({ method: 'DELETE', path: `/${index}` });
    await cluster.close();
    await proxy.close();
  });

  it('give each document once, although shards count `_seq_no` for themselves', async () => {
    for (const pageSize of [4, 5, 7, 49, 50, 51]) {
      const hits = await searchAll(cluster, `/${index}/_search`, { match_all: {} }, { pageSize });
      expect(hits.map((hit) => hit._source.n).sort((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: 50 }, (_, i) => i),
      );
    }
  });

  it('are read in one request where one page holds all', async () => {
    await searchAll(cluster, `/${index}/_search`, { match_all: {} });
    expect(proxy.requests).toHaveLength(1);
    expect(proxy.writes()).toEqual([]);
  });

  it('give a document that is written meanwhile once, in its newest form', async () => {
    proxy.onRequest(async (n) => {
      if (n !== 2) return;
      const direct = connectToNode();
      await direct.request({
        method: 'PUT',
        path: `/${index}/_doc/d0`,
        query: { refresh: true },
        body: { n: 0, again: true },
      });
      await direct.close();
    });
    const hits = await searchAll(cluster, `/${index}/_search`, { match_all: {} }, { pageSize: 20 });
    expect(hits).toHaveLength(50);
    expect(hits.find((hit) => hit._id === 'd0')?._source).toEqual({ n: 0, again: true });
  });

  it('are empty when they do not exist', async () => {
    expect(await searchAll(cluster, `/${uniqueName('oslayer-none')}/_search`, { match_all: {} })).toEqual([]);
  });

  it('are never given in part', async () => {
    const body = { timed_out: false, _shards: { total: 3, successful: 2, failed: 0 }, hits: { hits: [] } };
    proxy.inject({ fault: { do: 'answer', status: 200, body } });
    const failure = await failureOf(searchAll(cluster, `/${index}/_search`, { match_all: {} }));
    expect(failure).toMatchObject({ code: 'RCTL_SEARCH_PARTIAL', failure: 'server' });
  });
});
