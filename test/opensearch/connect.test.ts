import net, { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/opensearch/connect.ts';
import { connectToNode, nodeUrl, uniqueName } from '../support/node.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { everythingIn, failureOf } from './failing.ts';

let proxy: FaultyProxy;
beforeAll(async () => {
  proxy = await startProxy(nodeUrl());
});
afterAll(() => proxy.close());
beforeEach(() => proxy.reset());

const index = uniqueName('oslayer-connect');
afterAll(() => connectToNode().request({ method: 'DELETE', path: `/${index}`, accept: [404] }));

describe('requests', () => {
  it('sends an object as JSON and gives the parsed answer', async () => {
    const cluster = connectToNode(proxy.url);
    const answer = await cluster.request({
      method: 'PUT',
      path: `/${index}/_doc/${encodeURIComponent('a/b ü')}`,
      query: { refresh: true },
      body: { big: 9007199254740991, text: 'ü' },
    });
    expect(answer).toMatchObject({ status: 201, body: { _id: 'a/b ü', result: 'created' } });
    expect(proxy.requests[0]?.headers['content-type']).toBe('application/json');
    expect(proxy.requests[0]?.query).toBe('refresh=true');
    await cluster.close();
  });

  it('sends text and bytes as they are', async () => {
    const cluster = connectToNode(proxy.url);
    const ndjson = `{"index":{"_index":"${index}","_id":"b"}}\n{"n":9007199254740993}\n`;
    const bulk = await cluster.request({
      method: 'POST',
      path: '/_bulk',
      body: ndjson,
      contentType: 'application/x-ndjson',
    });
    expect(bulk.body).toMatchObject({ errors: false });
    expect(proxy.requests[0]?.body.toString()).toBe(ndjson);

    proxy.inject({
      path: 'upload_chunk',
      fault: { do: 'answer', status: 200, body: { status: 'Uploaded' } },
    });
    const chunk = Buffer.alloc(10_000_000, Buffer.from([0x00, 0xff, 0xfe, 0x0d, 0x0a, 0x80]));
    await cluster.request({ method: 'POST', path: '/_plugins/_ml/models/x/upload_chunk/0', body: chunk });
    const seen = proxy.requests[1];
    expect(seen?.body.equals(chunk)).toBe(true);
    expect(seen?.headers).toMatchObject({ 'content-length': '10000000', 'content-type': 'application/json' });
    expect(seen?.headers).not.toHaveProperty('content-encoding');
    await cluster.close();
  });

  it('takes an expected status for an answer', async () => {
    const cluster = connectToNode();
    const missing = `/${uniqueName('oslayer-none')}`;
    expect(await cluster.request({ method: 'HEAD', path: missing, accept: [404] })).toEqual({
      status: 404,
      body: undefined,
    });
    const failure = await failureOf(cluster.request({ method: 'GET', path: missing }));
    expect(failure).toMatchObject({
      code: 'RCTL_INDEX_NOT_FOUND',
      failure: 'server',
      status: 404,
      type: 'index_not_found_exception',
      request: `GET ${missing}`,
    });
    await cluster.close();
  });

  it('runs many at once under one signal, without a warning', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): number => warnings.push(warning);
    process.on('warning', listen);
    const { signal } = new AbortController();
    const cluster = connectToNode(nodeUrl(), { signal });
    await Promise.all(
      Array.from({ length: 50 }, () =>
        cluster.request({ method: 'GET', path: '/_cluster/health', signal: new AbortController().signal }),
      ),
    );
    await Promise.all(
      Array.from({ length: 50 }, () => cluster.request({ method: 'GET', path: '/_cluster/health', signal })),
    );
    await cluster.close();
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });

  it('keeps a prefix in the path of the URL', async () => {
    const cluster = connectToNode(`${proxy.url}/search/`);
    proxy.inject({ fault: { do: 'answer', status: 200 } });
    await cluster.request({ method: 'GET', path: '/_cluster/health' });
    expect(proxy.requests[0]?.path).toBe('/search/_cluster/health');
    await cluster.close();
  });
});

describe('the address', () => {
  it('takes user and password from the URL and shows neither', async () => {
    const cluster = connect({ url: `${proxy.url.replace('//', '//us%40er:p%2Fss%3Aw%C3%B6rd@')}/` });
    expect(cluster.url).toBe(proxy.url);
    await cluster.request({ method: 'GET', path: '/' });
    const sent = proxy.requests[0]?.headers.authorization?.replace('Basic ', '') ?? '';
    expect(Buffer.from(sent, 'base64').toString()).toBe('us@er:p/ss:wörd');
    proxy.inject({ fault: { do: 'drop' } });
    const failure = await failureOf(cluster.request({ method: 'POST', path: '/x', body: { a: 'hush' } }));
    expect(everythingIn(failure)).not.toMatch(/p%2Fss|p\/ss|hush/);
    expect(everythingIn(failure)).not.toContain(sent);
    await cluster.close();
  });

  it.each([
    ['localhost:9200'],
    ['search.example.com'],
    ['ftp://admin:hush@localhost'],
    ['admin:hush@localhost:9200'],
    ['http://admin:hush@'],
    [''],
  ])('refuses %s', (url) => {
    let thrown: unknown;
    try {
      connect({ url });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'RCTL_URL_INVALID', failure: 'usage' });
    expect(everythingIn(thrown as Error)).not.toContain('hush');
  });

  it('refuses a user without a password, and a password without a user', () => {
    expect(() => connect({ url: nodeUrl(), username: 'x' })).toThrow(/no password for user x/);
    expect(() => connect({ url: nodeUrl(), password: 'hush' })).toThrow(/no user/);
  });
});

describe('no answer', () => {
  it('fails at once when nothing listens there', async () => {
    const events: unknown[] = [];
    const cluster = connect(
      { url: 'http://localhost:1', retryForMs: 60_000 },
      { listener: (e) => events.push(e) },
    );
    const failure = await failureOf(cluster.capabilities());
    expect(failure).toMatchObject({ code: 'RCTL_NO_CLUSTER', failure: 'connection' });
    expect(failure.message).toBe('There is no cluster at http://localhost:1: nothing listens there.');
    expect(events).toEqual([]);
    await cluster.close();
  });

  it('says when the name is unknown', async () => {
    const failure = await failureOf(connect({ url: 'http://no-such-host.invalid:9200' }).identity());
    expect(failure).toMatchObject({ code: 'RCTL_NO_HOST', failure: 'connection' });
  });

  it('gives up on an answer that takes too long, also after its head has come', async () => {
    proxy.inject({ times: 1, fault: { do: 'delay', ms: 500 } });
    const cluster = connect({ url: proxy.url, requestTimeoutMs: 100 });
    const failure = await failureOf(cluster.request({ method: 'GET', path: '/' }));
    expect(failure).toMatchObject({ code: 'RCTL_TIMEOUT', failure: 'connection' });
    await cluster.close();

    const staller = net.createServer((socket) => {
      socket.on('error', () => {}).resume();
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":');
    });
    await new Promise<void>((resolve) => staller.listen(0, '127.0.0.1', resolve));
    const { port } = staller.address() as AddressInfo;
    const stalled = connect({ url: `http://127.0.0.1:${port}`, requestTimeoutMs: 100 });
    expect(await failureOf(stalled.identity())).toMatchObject({ code: 'RCTL_TIMEOUT' });
    await stalled.close();
    await new Promise((resolve) => staller.close(resolve));
  });

  it('says when something that is not http answers', async () => {
    const talker = net.createServer((socket) => {
      socket.on('error', () => {}).resume();
      socket.end('SSH-2.0-OpenSSH_9.6\r\n');
    });
    await new Promise<void>((resolve) => talker.listen(0, '127.0.0.1', resolve));
    const { port } = talker.address() as AddressInfo;
    const failure = await failureOf(connect({ url: `http://127.0.0.1:${port}` }).identity());
    expect(failure).toMatchObject({ code: 'RCTL_NOT_OPENSEARCH', failure: 'connection' });
    await new Promise((resolve) => talker.close(resolve));
  });
});
