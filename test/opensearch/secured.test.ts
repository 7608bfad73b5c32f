import { rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/opensearch/connect.ts';
import { searchAll } from '../../src/opensearch/paging.ts';
import { nodeUrl, securedNode, uniqueName } from '../support/node.ts';
import { makeUser, type User } from '../support/users.ts';
import { everythingIn, failureOf } from './failing.ts';

const node = securedNode();

describe.skipIf(node === undefined)('a secured cluster', () => {
  const { url, username, password, caFile } = node ?? {
    url: nodeUrl(),
    username: '',
    password: '',
    caFile: '',
  };
  const admin = connect(node ?? { url });
  let limited: User;

  beforeAll(async () => {
    // A user who may ask for the version (`GET /`) and for nothing else.
    limited = await makeUser(admin, 'oslayer-user', { cluster_permissions: ['cluster:monitor/main'] });
  });
  afterAll(async () => {
    await limited.remove();
    await admin.close();
  });

  it('is read with its private CA', async () => {
    const capabilities = await admin.capabilities();
    expect(capabilities.version).toMatch(/^2\.19\./);
    expect(capabilities.plugins).toContain('opensearch-security');
    expect(capabilities.setting('plugins.ml_commons.model_access_control_enabled')).toBe('true');
  });

  it('is read without any check where that is asked for', async () => {
    const cluster = connect({ url, username, password, insecure: true });
    expect((await cluster.identity()).version).toMatch(/^2\.19\./);
    await cluster.close();
  });

  it('tells a wrong password, and never shows it', async () => {
    const wrong = connect({ url, username, password: 'hush-hush-hush', caFile });
    const failure = await failureOf(wrong.capabilities());
    expect(failure).toMatchObject({ code: 'RCTL_AUTH', failure: 'connection', status: 401 });
    expect(failure.message).toContain('admin');
    const everything = everythingIn(failure);
    expect(everything).not.toContain('hush-hush');
    expect(everything).not.toContain(Buffer.from('admin:hush-hush-hush').toString('base64'));
    expect(everything.toLowerCase()).not.toContain('authorization');
    await wrong.close();
  });

  it('tells that there is no user at all', async () => {
    const failure = await failureOf(connect({ url, caFile }).identity());
    expect(failure.message).toBe(`${url} wants a user and a password.`);
  });

  it('names the permission that is missing, and the user', async () => {
    const cluster = connect({ ...limited, url, caFile });
    const failure = await failureOf(cluster.request({ method: 'GET', path: '/_cluster/health' }));
    expect(failure).toMatchObject({ code: 'RCTL_FORBIDDEN', failure: 'connection', status: 403 });
    expect(failure.message).toBe(
      `User ${limited.username} lacks the permission cluster:monitor/health that GET /_cluster/health needs.`,
    );
    const ml = await failureOf(searchAll(cluster, '/_plugins/_ml/models/_search', { match_all: {} }));
    expect(ml.message).toContain('cluster:admin/opensearch/ml/models/search');
    expect(ml.remedy).toContain('ml_full_access');
    await cluster.close();
  });

  it('reads what it may: plugins and settings are unknown, not a failure', async () => {
    const cluster = connect({ ...limited, url, caFile });
    const capabilities = await cluster.capabilities();
    expect(capabilities).toMatchObject({ plugins: undefined, nodeRoles: undefined });
    expect(capabilities.setting('plugins.ml_commons.only_run_on_ml_node')).toBeUndefined();
    await cluster.close();
  });

  it('tells that a system index is protected', async () => {
    const write = { method: 'PUT', path: '/.plugins-ml-model/_doc/oslayer', body: { a: 1 } } as const;
    const failure = await failureOf(admin?.request(write) ?? Promise.resolve());
    expect(failure).toMatchObject({ code: 'RCTL_FORBIDDEN', status: 403 });
    expect(failure.remedy).toContain('protected');
  });

  it('is not trusted without its CA', async () => {
    const failure = await failureOf(connect({ url, username, password }).identity());
    expect(failure).toMatchObject({ code: 'RCTL_TLS_UNTRUSTED', failure: 'connection' });
    expect(everythingIn(failure)).not.toContain(password);
  });

  // The certificate names 127.0.0.1 and localhost; only Linux has the rest of 127.0.0.0/8 as well.
  it.runIf(process.platform === 'linux')(
    'is not taken for a host that its certificate does not name',
    async () => {
      const { port } = new URL(url);
      const door = net.createServer((socket) => {
        const inner = net.connect(Number(port), '127.0.0.1');
        socket.on('error', () => inner.destroy()).pipe(inner);
        inner.on('error', () => socket.destroy()).pipe(socket);
      });
      await new Promise<void>((resolve) => door.listen(0, '127.0.0.2', resolve));
      const address = door.address();
      const other = `https://127.0.0.2:${typeof address === 'object' ? address?.port : 0}`;
      const failure = await failureOf(connect({ url: other, username, password, caFile }).identity());
      expect(failure).toMatchObject({ code: 'RCTL_TLS_HOSTNAME', failure: 'connection' });
      await new Promise((resolve) => door.close(resolve));
    },
  );

  it('says that http is not https, both ways', async () => {
    const plain = await failureOf(
      connect({ url: url.replace('https', 'http'), username, password }).identity(),
    );
    expect(plain).toMatchObject({ code: 'RCTL_CONNECTION_LOST', failure: 'connection' });
    expect(plain.remedy).toContain(`write https: ${url}`);
    const tls = await failureOf(connect({ url: nodeUrl().replace('http', 'https') }).identity());
    expect(tls).toMatchObject({ code: 'RCTL_TLS_NOT_SPOKEN', failure: 'connection' });
    expect(tls.remedy).toContain(nodeUrl());
  });

  it('refuses a CA file that is none', async () => {
    const file = join(tmpdir(), uniqueName('oslayer-ca'));
    expect(await failureOf(connect({ url, caFile: file }).identity())).toMatchObject({
      code: 'RCTL_CA_FILE',
      failure: 'usage',
    });
    await writeFile(file, 'nothing');
    expect((await failureOf(connect({ url, caFile: file }).identity())).message).toContain(
      'no PEM certificate',
    );
    await rm(file);
  });
});
