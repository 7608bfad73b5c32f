import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/opensearch/connect.ts';
import { everythingIn, failureOf } from '../opensearch/failing.ts';
import { makeAuthority } from '../support/certificates.ts';
import { rerankctlProcess } from '../support/cli.ts';
import { nodeUrl, securedNode } from '../support/node.ts';
import { startTunnel, type Tunnel } from '../support/tunnel.ts';

const opened: Tunnel[] = [];
async function tunnel(...options: Parameters<typeof startTunnel>): Promise<Tunnel> {
  const started = await startTunnel(...options);
  opened.push(started);
  return started;
}
afterAll(() => Promise.all(opened.map((each) => each.close())));

const node = securedNode();

describe.skipIf(node === undefined)('to an https cluster', () => {
  const { url, username, password, caFile } = node ?? {
    url: 'https://127.0.0.1:1',
    username: '',
    password: '',
    caFile: '',
  };
  const port = new URL(url).port;
  // A name of the certificate that no DNS knows: only the proxy finds the node by it.
  const target = `node-0.example.com:${port}`;
  const far = `https://${target}`;
  const routes = { [target]: `127.0.0.1:${port}` };
  const login = { username, password, caFile };

  it('a tunnel carries every request, and shows the proxy nothing but the host', async () => {
    const proxy = await tunnel({ routes });
    const cluster = connect({ url: far, ...login, proxy: proxy.url });
    expect((await cluster.identity()).url).toBe(far);
    await Promise.all([1, 2, 3].map(() => cluster.request({ method: 'GET', path: '/_cluster/health' })));
    await cluster.close();
    expect(new Set(proxy.connects)).toEqual(new Set([target]));
    // Sockets are kept: what follows the first request goes through its tunnel, or one beside it.
    expect(proxy.connects.length).toBeLessThanOrEqual(4);
    expect(proxy.seen()).not.toMatch(/authorization|health/i);
    expect(proxy.forwarded).toEqual([]);
  });

  it('the certificate is checked against the cluster and not the proxy', async () => {
    const proxy = await tunnel({ routes: { [`other.test:${port}`]: `127.0.0.1:${port}` } });
    const wrongName = connect({ url: `https://other.test:${port}`, ...login, proxy: proxy.url });
    expect(await failureOf(wrongName.identity())).toMatchObject({ code: 'RCTL_TLS_HOSTNAME' });
    const noCa = connect({ url, username, password, proxy: proxy.url });
    expect(await failureOf(noCa.identity())).toMatchObject({ code: 'RCTL_TLS_UNTRUSTED' });
    expect(proxy.connects.length).toBe(2);
  });

  it('an IPv6 address is written with brackets, and checked without', async () => {
    const six = `[::1]:${port}`;
    const proxy = await tunnel({ routes: { [six]: `127.0.0.1:${port}` } });
    const cluster = connect({ url: `https://${six}`, ...login, proxy: proxy.url });
    await cluster.identity();
    await cluster.close();
    expect(proxy.connects).toEqual([six]);
  });

  it('a proxy that finds no way for a moment is asked again', async () => {
    const proxy = await tunnel({ routes });
    const because: string[] = [];
    const cluster = connect(
      { url: far, ...login, proxy: proxy.url },
      { listener: (event) => event.type === 'request.retried' && because.push(event.because) },
    );
    await cluster.identity();
    proxy.fail(503, 2);
    // The first attempt may meet the tunnel that has just been broken.
    await cluster.request({ method: 'GET', path: '/_cluster/health' });
    await cluster.close();
    expect(because).toContain('503');
  });

  it('a proxy may want credentials, and they show nowhere', async () => {
    const proxy = await tunnel({ routes, credentials: 'al:p@ss/hush' });
    const withThem = proxy.url.replace('//', '//al:p%40ss%2Fhush@');
    const cluster = connect({ url: far, ...login, proxy: withThem });
    await cluster.identity();
    await cluster.close();
    for (const wrong of [proxy.url, proxy.url.replace('//', '//al:hush-wrong@')]) {
      const failure = await failureOf(connect({ url: far, ...login, proxy: wrong }).identity());
      expect(failure).toMatchObject({ code: 'RCTL_PROXY_AUTH', failure: 'connection' });
      expect(failure.message).toContain(`The proxy ${proxy.url} wants user and password`);
      expect(everythingIn(failure)).not.toMatch(/hush/);
    }
  });

  it('the proxy may speak TLS itself, and then its certificate is checked as well', async () => {
    const authority = makeAuthority('proxy ca');
    const folder = await mkdtemp(join(tmpdir(), 'rerankctl-proxy-'));
    const both = join(folder, 'ca.pem');
    await writeFile(both, `${await readFile(caFile, 'utf8')}\n${authority.cert}`);
    const proxy = await tunnel({ routes, tls: authority.issue('proxy', { hosts: ['127.0.0.1'] }) });
    const cluster = connect({ url: far, username, password, caFile: both, proxy: proxy.url });
    await cluster.identity();
    await cluster.close();
    const untrusted = await failureOf(connect({ url: far, ...login, proxy: proxy.url }).identity());
    expect(untrusted).toMatchObject({ code: 'RCTL_PROXY_UNREACHABLE' });
    await rm(folder, { recursive: true });
  });

  it.each([
    [403, 'RCTL_PROXY_REFUSED', 'does not let us through'],
    [503, 'RCTL_PROXY_REFUSED', 'does not reach'],
  ])('a proxy that answers %i is not taken for the cluster', async (refuse, code, words) => {
    const proxy = await tunnel({ refuse });
    const failure = await failureOf(connect({ url: far, ...login, proxy: proxy.url }).identity());
    expect(failure).toMatchObject({ code, failure: 'connection' });
    expect(failure.message).toContain(words);
    expect(failure.message).toContain(proxy.url);
  });

  it('a proxy that is not there is named', async () => {
    const failure = await failureOf(connect({ url: far, ...login, proxy: 'http://127.0.0.1:1' }).identity());
    expect(failure).toMatchObject({ code: 'RCTL_PROXY_UNREACHABLE', failure: 'connection' });
    expect(failure.message).toContain('The proxy http://127.0.0.1:1 ');
  });

  describe('the command', () => {
    let proxy: Tunnel;
    const env = { OPENSEARCH_USERNAME: username, OPENSEARCH_PASSWORD: password, OPENSEARCH_CA_FILE: caFile };
    beforeAll(async () => {
      proxy = await tunnel({ routes, credentials: 'al:hush' });
    });

    it.each(['HTTPS_PROXY', 'https_proxy'])('goes the way of %s, and shows no secret of it', async (name) => {
      const before = proxy.connects.length;
      const ran = await rerankctlProcess(['doctor', '--debug', '--url', far], {
        env: { ...env, [name]: proxy.url.replace('//', '//al:hush@') },
      });
      expect(ran.stderr + ran.stdout).not.toContain('hush');
      expect(ran.stdout).toMatch(new RegExp(`proxy +http://\\*\\*\\*@127.0.0.1:${proxy.port} +${name}`));
      expect(ran.code).toBe(0);
      expect(proxy.connects.length).toBeGreaterThan(before);
    });

    it('goes around it for the hosts of NO_PROXY, and for this machine itself', async () => {
      const before = proxy.connects.length;
      const around = { ...env, HTTPS_PROXY: proxy.url };
      const named = await rerankctlProcess(['doctor', '--url', far], {
        env: { ...around, NO_PROXY: 'elsewhere.test, .example.com' },
      });
      expect(named.stdout).toContain('RCTL_NO_HOST');
      expect(named.stdout).toMatch(/proxy +none +NO_PROXY \(and not HTTPS_PROXY\)/);
      const self = await rerankctlProcess(['doctor', '--url', url], { env: around });
      expect(self.code).toBe(0);
      expect(proxy.connects.length).toBe(before);
    });

    it('tells a 407', async () => {
      const ran = await rerankctlProcess(['state', 'list', '--url', far, '--proxy', proxy.url], { env });
      expect(ran.code).toBe(4);
      expect(ran.stderr).toContain('RCTL_PROXY_AUTH');
    });
  });
});

describe('to an http cluster', () => {
  it('the proxy is asked for whole URLs, with its own credentials', async () => {
    const proxy = await tunnel({ credentials: 'al:hush' });
    const cluster = connect({ url: nodeUrl(), proxy: proxy.url.replace('//', '//al:hush@') });
    await cluster.identity();
    await cluster.request({ method: 'GET', path: '/_cat/indices', query: { format: 'json', h: 'index' } });
    await cluster.close();
    expect(proxy.forwarded).toEqual([`${nodeUrl()}/`, `${nodeUrl()}/_cat/indices?format=json&h=index`]);
    expect(proxy.connects).toEqual([]);
    const failure = await failureOf(connect({ url: nodeUrl(), proxy: proxy.url }).identity());
    expect(failure).toMatchObject({ code: 'RCTL_PROXY_AUTH', failure: 'connection' });
  });

  it('the proxy may speak TLS, under the CA that is given', async () => {
    const authority = makeAuthority('proxy ca');
    const folder = await mkdtemp(join(tmpdir(), 'rerankctl-proxy-'));
    const caFile = join(folder, 'ca.pem');
    await writeFile(caFile, authority.cert);
    const proxy = await tunnel({ tls: authority.issue('proxy', { hosts: ['127.0.0.1'] }) });
    const cluster = connect({ url: nodeUrl(), caFile, proxy: proxy.url });
    await cluster.identity();
    await cluster.close();
    expect(proxy.forwarded).toEqual([`${nodeUrl()}/`]);
    const failure = await failureOf(connect({ url: nodeUrl(), proxy: proxy.url }).identity());
    expect(failure).toMatchObject({ code: 'RCTL_PROXY_UNREACHABLE', failure: 'connection' });
    await rm(folder, { recursive: true });
  });

  it('a proxy that is not there is named', async () => {
    const failure = await failureOf(connect({ url: nodeUrl(), proxy: '127.0.0.1:1' }).identity());
    expect(failure).toMatchObject({ code: 'RCTL_PROXY_UNREACHABLE' });
    expect(failure.message).toContain('The proxy http://127.0.0.1:1 ');
  });

  it.each([['socks5://al:hush@127.0.0.1:1'], ['http://al:hush@'], ['']])('%s is no proxy', async (proxy) => {
    let thrown: unknown;
    try {
      connect({ url: nodeUrl(), proxy });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'RCTL_PROXY_INVALID', failure: 'usage' });
    expect(everythingIn(thrown as Error)).not.toContain('hush');
  });
});
