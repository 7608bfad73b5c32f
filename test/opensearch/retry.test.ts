import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Event } from '../../src/core/events.ts';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { connect } from '../../src/opensearch/connect.ts';
import { connectToNode, nodeUrl, uniqueName } from '../support/node.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { failureOf } from './failing.ts';

const index = uniqueName('oslayer-retry');
const health = { method: 'GET', path: '/_cluster/health' } as const;
const addDocument = { method: 'POST', path: `/${index}/_doc`, body: { n: 1 } } as const;
const rejected = { error: { type: 'rejected_execution_exception', reason: 'queue is full' }, status: 429 };

let proxy: FaultyProxy;
let cluster: Cluster;
let events: Event[];
let controller: AbortController;

beforeAll(async () => {
  proxy = await startProxy(nodeUrl());
});
afterAll(async () => {
  await connectToNode().request({ method: 'DELETE', path: `/${index}`, accept: [404] });
  await proxy.close();
});
beforeEach(async () => {
  proxy.reset();
  events = [];
  controller = new AbortController();
  cluster = connectToNode(proxy.url, { listener: (event) => events.push(event), signal: controller.signal });
  // The cluster has been met: from here on a broken connection is no wrong address.
  await cluster.request(health);
  proxy.reset();
  return () => cluster.close();
});

describe('a refusal for now', () => {
  it('is asked again: 429 twice, then it works', async () => {
    proxy.inject({ path: '_doc', times: 2, fault: { do: 'answer', status: 429, body: rejected } });
    const { status } = await cluster.request(addDocument);
    expect(status).toBe(201);
    // The node, which other test files use too, may be overloaded for a moment itself.
    const statuses = proxy.requests.map((request) => request.status);
    expect([...statuses.slice(0, 2), statuses.at(-1)]).toEqual([429, 429, 201]);
    expect(events.slice(0, 2)).toMatchObject([
      {
        type: 'request.retried',
        request: `POST /${index}/_doc`,
        because: '429 rejected_execution_exception',
        attempt: 1,
      },
      { type: 'request.retried', attempt: 2 },
    ]);
  });

  it('a search of ML Commons that hides one in a 500 is asked again, and a write is not', async () => {
    const hidden = (reason: string) => ({ error: { type: 'status_exception', reason }, status: 500 });
    const search = {
      method: 'POST',
      path: '/_plugins/_ml/models/_search',
      body: {},
      repeatable: true,
    } as const;
    for (const reason of ['Fail to search', 'Fail to search model version']) {
      proxy.reset();
      proxy.inject({ path: '_search', times: 1, fault: { do: 'answer', status: 500, body: hidden(reason) } });
      expect((await cluster.request({ ...search, accept: [404] })).status).not.toBe(500);
      expect(proxy.requests.length).toBeGreaterThan(1);
    }
    proxy.inject({
      path: '_doc',
      times: 1,
      fault: { do: 'answer', status: 500, body: hidden('Fail to search') },
    });
    expect((await failureOf(cluster.request(addDocument))).code).toBe('RCTL_SERVER_FAILED');
  });

  it('503 too, also as the text of a node that starts', async () => {
    proxy.inject({
      times: 1,
      fault: { do: 'answer', status: 503, body: 'OpenSearch Security not initialized.' },
    });
    expect((await cluster.request(addDocument)).status).toBe(201);
  });

  it('waits as long as the server asks', async () => {
    proxy.inject({
      times: 1,
      fault: { do: 'answer', status: 429, body: rejected, headers: { 'retry-after': '1' } },
    });
    const start = performance.now();
    await cluster.request(health);
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  it('gives up at once when the server asks for more time than there is', async () => {
    proxy.inject({ fault: { do: 'answer', status: 503, headers: { 'retry-after': '3600' } } });
    const failure = await failureOf(cluster.request(health));
    expect(failure).toMatchObject({ code: 'RCTL_UNAVAILABLE', status: 503 });
    expect(proxy.requests).toHaveLength(1);
  });

  it('gives up at the deadline, with what was said last', async () => {
    proxy.inject({ fault: { do: 'answer', status: 429, body: rejected } });
    const patient = connect({ url: proxy.url, retryForMs: 400 });
    const start = performance.now();
    const failure = await failureOf(patient.request(addDocument));
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(failure).toMatchObject({
      code: 'RCTL_OVERLOADED',
      failure: 'server',
      status: 429,
      type: 'rejected_execution_exception',
      reason: 'queue is full',
    });
    expect(proxy.requests.length).toBeGreaterThan(1);
    await patient.close();
  });

  it('is final where only a person can help', async () => {
    const breaker = {
      error: {
        type: 'circuit_breaking_exception',
        reason: 'Memory Circuit Breaker is open, please check your resources!',
      },
      status: 429,
    };
    const flood = {
      error: {
        type: 'cluster_block_exception',
        reason:
          'index [docs] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];',
      },
      status: 429,
    };
    const remove = proxy.inject({ fault: { do: 'answer', status: 429, body: breaker } });
    expect(await failureOf(cluster.request(health))).toMatchObject({ type: 'circuit_breaking_exception' });
    remove();
    proxy.inject({ fault: { do: 'answer', status: 429, body: flood } });
    expect(await failureOf(cluster.request(health))).toMatchObject({
      code: 'RCTL_DISK_FULL',
      message:
        'Index docs takes no writes: the disk of a data node is fuller than the flood-stage watermark.',
    });
    expect(proxy.requests).toHaveLength(2);
  });
});

describe('a broken connection', () => {
  it('is made again for what may be repeated', async () => {
    proxy.inject({ times: 2, fault: { do: 'drop' } });
    expect((await cluster.request(health)).status).toBe(200);
    expect(proxy.requests).toHaveLength(3);
  });

  it('after a POST has gone out is a failure: it may have been done', async () => {
    proxy.inject({ path: '_doc', fault: { do: 'drop-answer' } });
    const failure = await failureOf(cluster.request(addDocument));
    expect(failure).toMatchObject({ code: 'RCTL_CONNECTION_LOST', failure: 'connection' });
    expect(proxy.writes()).toMatchObject([{ forwarded: true }]);
    expect(events).toEqual([]);
  });

  it('after a POST that may be repeated is made again', async () => {
    proxy.inject({ times: 1, fault: { do: 'drop-answer' } });
    const search = { method: 'POST', path: `/${index}/_count`, repeatable: true } as const;
    expect((await cluster.request(search)).status).toBe(200);
    expect(proxy.requests).toHaveLength(2);
    expect(proxy.writes()).toEqual([]);
  });

  it('that was never made is tried again for everything, once the cluster has been met', async () => {
    const later = await startProxy(nodeUrl());
    const moved = connect({ url: later.url, retryForMs: 300 }, { listener: (event) => events.push(event) });
    await moved.request(health);
    await later.close();
    // The kept-alive connection ends first: a POST on it would be one that broke while it was under way.
    await sleep(50);
    const failure = await failureOf(moved.request(addDocument));
    expect(failure).toMatchObject({ code: 'RCTL_NO_CLUSTER', failure: 'connection' });
    expect(events.length).toBeGreaterThan(0);
    await moved.close();
  });

  it('502 and 504 of a proxy count as one', async () => {
    proxy.inject({
      times: 1,
      fault: { do: 'answer', status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' },
    });
    expect((await cluster.request(health)).status).toBe(200);
    proxy.inject({ fault: { do: 'answer', status: 504, body: '<html>' } });
    expect(await failureOf(cluster.request(addDocument))).toMatchObject({
      code: 'RCTL_UNAVAILABLE',
      status: 504,
    });
    expect(proxy.writes()).toHaveLength(1);
  });
});

describe('an interruption', () => {
  it('ends a wait between two attempts at once', async () => {
    proxy.inject({ fault: { do: 'answer', status: 503, headers: { 'retry-after': '4' } } });
    setTimeout(() => controller.abort(), 50);
    const start = performance.now();
    const failure = await failureOf(cluster.request(health));
    expect(failure).toMatchObject({ code: 'RCTL_INTERRUPTED', failure: 'interrupted' });
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('ends a request that is under way', async () => {
    proxy.inject({ fault: { do: 'delay', ms: 3_000 } });
    const own = new AbortController();
    setTimeout(() => own.abort(), 50);
    const start = performance.now();
    const failure = await failureOf(cluster.request({ ...health, signal: own.signal }));
    expect(failure).toMatchObject({ code: 'RCTL_INTERRUPTED' });
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('lets nothing more out', async () => {
    controller.abort();
    expect(await failureOf(cluster.request(health))).toMatchObject({ code: 'RCTL_INTERRUPTED' });
    expect(proxy.requests).toEqual([]);
  });
});
