import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/opensearch/cluster.ts';
import { connect } from '../../src/opensearch/connect.ts';
import { everythingIn, failureOf, startStranger } from '../opensearch/failing.ts';
import { type Authority, type Certificate, makeAuthority } from '../support/certificates.ts';
import { rerankctlProcess } from '../support/cli.ts';
import { nodeUrl } from '../support/node.ts';

/** A door before the real node that opens to certificates of one CA alone; the demo node cannot be told to. */
async function startDoor(
  own: Certificate,
  clients: Authority,
): Promise<{ url: string; who: string[]; close(): Promise<void> }> {
  const who: string[] = [];
  const server = https.createServer(
    { cert: own.cert, key: own.key, ca: clients.cert, requestCert: true, rejectUnauthorized: true },
    (incoming, outgoing) => {
      who.push(String((incoming.socket as TLSSocket).getPeerCertificate().subject.CN));
      const target = new URL(incoming.url ?? '/', nodeUrl());
      const onward = http.request(target, { method: incoming.method ?? 'GET' }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    who,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a cluster that demands a client certificate', () => {
  const authority = makeAuthority('throwaway ca');
  const client = authority.issue('ci-job');
  let folder: string;
  let door: Awaited<ReturnType<typeof startDoor>>;
  let caFile: string;
  let cert: string;

  async function file(name: string, content: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rerankctl-mtls-'));
    door = await startDoor(authority.issue('door', { hosts: ['127.0.0.1'] }), authority);
    caFile = await file('ca.pem', authority.cert);
    cert = await file('client.pem', client.cert);
  });
  afterAll(async () => {
    await door.close();
    await rm(folder, { recursive: true });
  });

  const failing = (more: Partial<Connection>) =>
    failureOf(connect({ url: door.url, caFile, ...more }).identity());

  it('lets its holder in', async () => {
    const key = await file('client.key', client.key);
    const cluster = connect({ url: door.url, caFile, clientCertFile: cert, clientKeyFile: key });
    expect((await cluster.identity()).version).toMatch(/^3\./);
    await cluster.close();
    expect(door.who).toEqual(['ci-job']);
  });

  it('is told to want one, where none was given', async () => {
    expect(await failing({})).toMatchObject({
      code: 'RCTL_TLS_CLIENT_CERT',
      message: `${door.url} wants a client certificate.`,
    });
  });

  it('does not accept one of another CA', async () => {
    const foreign = makeAuthority('another ca').issue('ci-job');
    const clientCertFile = await file('foreign.pem', foreign.cert);
    const clientKeyFile = await file('foreign.key', foreign.key);
    const failure = await failing({ clientCertFile, clientKeyFile });
    // Node closes the connection without an alert.
    expect(['RCTL_TLS_CLIENT_CERT', 'RCTL_CONNECTION_LOST']).toContain(failure.code);
    expect(failure.remedy).toMatch(/CA/);
  });

  it('is not even asked with one that has expired', async () => {
    const late = authority.issue('ci-job', { until: new Date('2024-01-01') });
    const clientCertFile = await file('late.pem', late.cert);
    const clientKeyFile = await file('late.key', late.key);
    const failure = await failing({ clientCertFile, clientKeyFile });
    expect(failure).toMatchObject({ code: 'RCTL_CLIENT_CERT', failure: 'usage' });
    expect(failure.message).toContain('has expired (Jan  1 00:00:00 2024 GMT)');
  });

  describe('with a key under a passphrase', () => {
    const passphrase = 'hush hush, 4711';
    let key: string;
    beforeAll(async () => {
      key = await file('encrypted.key', client.keyUnder(passphrase));
    });

    it('is let in with it, from the environment or a file', async () => {
      const args = [
        'doctor',
        '--debug',
        '--url',
        door.url,
        '--ca-file',
        caFile,
        '--client-cert',
        cert,
        '--client-key',
        key,
      ];
      const inFile = await file('passphrase', `${passphrase}\n`);
      const runs = await Promise.all([
        rerankctlProcess(args, { env: { OPENSEARCH_CLIENT_KEY_PASSPHRASE: passphrase } }),
        rerankctlProcess([...args, '--client-key-passphrase-file', inFile]),
      ]);
      for (const ran of runs) {
        expect(ran.stdout).toMatch(/version +OpenSearch 3\./);
        expect(ran.stdout).toMatch(/client_key_passphrase +\(sensitive\)/);
        expect(ran.stdout + ran.stderr).not.toContain('hush');
      }
    });

    it('says that it is missing, or wrong, and shows neither it nor the key', async () => {
      const files = { clientCertFile: cert, clientKeyFile: key };
      const missing = await failing(files);
      expect(missing.message).toBe(`The client key ${key} is encrypted, and there is no passphrase.`);
      const wrong = await failing({ ...files, clientKeyPassphrase: 'hush wrong' });
      expect(wrong).toMatchObject({ code: 'RCTL_CLIENT_KEY', failure: 'usage' });
      expect(wrong.message).toBe(`The client key ${key} does not open with this passphrase.`);
      expect(everythingIn(wrong)).not.toMatch(/hush|BEGIN/);
    });
  });

  it.each([
    ['No required SSL certificate was sent', 'wants a client certificate'],
    ['The SSL certificate error', 'does not accept the client certificate'],
  ])('says what the page of nginx means: %s', async (title, words) => {
    const page = `<html><head><title>400 ${title}</title></head><body></body></html>`;
    const nginx = await startStranger(page, { status: 400, headers: { 'content-type': 'text/html' } });
    const failure = await failureOf(connect({ url: nginx.url }).identity());
    expect(failure).toMatchObject({ code: 'RCTL_TLS_CLIENT_CERT', failure: 'connection' });
    expect(failure.message).toContain(words);
    await nginx.close();
  });
});
