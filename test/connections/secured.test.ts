import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/opensearch/connect.ts';
import { everythingIn, failureOf } from '../opensearch/failing.ts';
import { acceptTokens, adminCertificate, type TokenIssuer } from '../support/auth-domains.ts';
import { rerankctlProcess } from '../support/cli.ts';
import { securedNode, uniqueName } from '../support/node.ts';

const node = securedNode();
const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;

describe.skipIf(node === undefined)('the secured node', () => {
  const given = node ?? { url: '', username: '', password: '', caFile: '' };
  const { url, caFile } = given;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rerankctl-secured-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function secretFile(content: string, mode = 0o600): Promise<string> {
    const path = join(folder, uniqueName('secret'));
    await writeFile(path, content, { mode });
    return path;
  }

  describe('with a client certificate', () => {
    const { clientCertFile: cert, clientKeyFile: key } = adminCertificate(given);

    it('knows us by it, and needs no user', async () => {
      const ran = await rerankctlProcess(['doctor', '--url', url, '--ca-file', caFile], {
        env: { OPENSEARCH_CLIENT_CERT: cert, OPENSEARCH_CLIENT_KEY: key },
      });
      expect(ran.code).toBe(0);
      expect(ran.stdout).toContain('This is user CN=kirk');
      expect(ran.stdout).toMatch(/client_cert +\S+kirk\.pem +OPENSEARCH_CLIENT_CERT/);
    });

    it('takes both from one file, in any order', async () => {
      const [certText, keyText] = await Promise.all([readFile(cert, 'utf8'), readFile(key, 'utf8')]);
      const both = await secretFile(`${keyText}\n${certText}`);
      const cluster = connect({ url, caFile, clientCertFile: both, clientKeyFile: both });
      await cluster.request({ method: 'GET', path: '/_cluster/settings' });
      await cluster.close();
    });

    it('refuses a key that belongs to another certificate, before anything is sent', async () => {
      const other = join(dirname(caFile), 'esnode-key.pem');
      const failure = await failureOf(
        connect({ url, caFile, clientCertFile: cert, clientKeyFile: other }).identity(),
      );
      expect(failure).toMatchObject({ code: 'RCTL_CLIENT_KEY', failure: 'usage' });
      expect(failure.message).toBe(`The client key ${other} does not belong to the certificate ${cert}.`);
    });

    it('says which file is missing, or is no PEM', async () => {
      const absent = join(folder, 'absent.pem');
      const noKey = await rerankctlProcess([
        'state',
        'list',
        '--url',
        url,
        '--ca-file',
        caFile,
        '--client-cert',
        cert,
        '--client-key',
        absent,
      ]);
      expect(noKey.code).toBe(3);
      expect(noKey.stderr).toContain(`The client key ${absent} cannot be read (ENOENT).`);
      const empty = await secretFile('nothing');
      expect(
        await failureOf(connect({ url, caFile, clientCertFile: empty, clientKeyFile: key }).identity()),
      ).toMatchObject({ code: 'RCTL_CLIENT_CERT', failure: 'usage' });
      expect(
        await failureOf(connect({ url, caFile, clientCertFile: cert, clientKeyFile: empty }).identity()),
      ).toMatchObject({ code: 'RCTL_CLIENT_KEY', failure: 'usage' });
      expect(() => connect({ url, caFile, clientCertFile: cert })).toThrow(/no key for it/);
      expect(() => connect({ url: 'http://127.0.0.1:1', clientCertFile: cert, clientKeyFile: key })).toThrow(
        /TLS handshake/,
      );
    });

    it('warns of a key that others may read', async () => {
      const mine = join(folder, 'mine.key');
      await copyFile(key, mine);
      const list = ['state', 'list', '--url', url, '--ca-file', caFile, '--client-cert', cert];
      await chmod(mine, 0o644);
      const open = await rerankctlProcess([...list, '--client-key', mine]);
      expect(open.stderr).toContain(
        `Others on this machine may read the client key file ${mine} (mode 0644).`,
      );
      await chmod(mine, 0o400);
      const shut = await rerankctlProcess([...list, '--client-key', mine]);
      expect(shut).toMatchObject({ code: 0, stderr: '' });
    });
  });

  describe('with a bearer token', () => {
    let issuer: TokenIssuer;
    const user = uniqueName('token-user');
    beforeAll(async () => {
      issuer = await acceptTokens(given);
    });
    afterAll(() => issuer.close());

    it('knows the user and the roles of the token', async () => {
      const token = issuer.token(user, ['admin'], inAnHour());
      const file = await secretFile(`${token}\n`);
      const ran = await rerankctlProcess(['doctor', '--url', url, '--ca-file', caFile, '--token-file', file]);
      expect(ran.stdout).toContain(`This is user ${user}, with`);
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(ran.stdout).not.toContain(token);
      expect(ran.stdout).toContain(`--token-file ${file}`);
    });

    it('takes it from the environment and from stdin', async () => {
      const token = issuer.token(user, ['admin'], inAnHour());
      const list = ['state', 'list', '--url', url, '--ca-file', caFile];
      const [fromEnv, fromStdin] = await Promise.all([
        rerankctlProcess(list, { env: { OPENSEARCH_TOKEN: token } }),
        rerankctlProcess([...list, '--token-file', '-'], { stdin: token }),
      ]);
      expect(fromEnv).toMatchObject({ code: 0, stderr: '' });
      expect(fromStdin).toMatchObject({ code: 0, stderr: '' });
    });

    it('says of an expired token since when', async () => {
      const token = issuer.token(user, ['admin'], 1_700_000_000);
      const ran = await rerankctlProcess(['state', 'list', '--debug', '--url', url, '--ca-file', caFile], {
        env: { OPENSEARCH_TOKEN: token },
      });
      expect(ran.code).toBe(4);
      expect(ran.stderr).toContain('does not accept this token: it expired at 2023-11-14T22:13:20.000Z.');
      expect(ran.stderr).not.toContain(token);
    });

    it('says of a token that is not for it that it is not accepted, and shows nothing of it', async () => {
      const token = `${issuer.token(user, ['admin'], inAnHour()).slice(0, -6)}AAAAAA`;
      const failure = await failureOf(connect({ url, caFile, token }).identity());
      expect(failure).toMatchObject({ code: 'RCTL_AUTH', failure: 'connection', status: 401 });
      expect(failure.message).toBe(`${url} does not accept this token.`);
      expect(everythingIn(failure)).not.toContain(token);
    });

    it('names the permission that the user of a token lacks', async () => {
      const token = issuer.token(user, [], inAnHour());
      const failure = await failureOf(
        connect({ url, caFile, token }).request({ method: 'GET', path: '/_cluster/health' }),
      );
      expect(failure).toMatchObject({ code: 'RCTL_FORBIDDEN', status: 403 });
      expect(failure.message).toContain(user);
    });

    it.each([['Bearer abc'], ['two\nlines'], ['ümlaut']])('refuses %j', (token) => {
      expect(() => connect({ url, caFile, token })).toThrow(/The token holds spaces or characters/);
    });
  });

  it('basic authentication works as ever, with the password from a file', async () => {
    const file = await secretFile(`${given.password}\n`);
    const args = ['state', 'list', '--url', url, '--ca-file', caFile, '--username', given.username];
    const ran = await rerankctlProcess([...args, '--password-file', file]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    await chmod(file, 0o644);
    const open = await rerankctlProcess([...args, '--password-file', file]);
    expect(open.code).toBe(0);
    expect(open.stderr).toContain('RCTL_SECRET_FILE_MODE');
    expect(open.stderr).not.toContain(given.password);
  });

  it('each run without the check of the certificate says so', async () => {
    const ran = await rerankctlProcess(['state', 'list', '--url', url, '--insecure-skip-tls-verify'], {
      env: { OPENSEARCH_USERNAME: given.username, OPENSEARCH_PASSWORD: given.password },
    });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('RCTL_TLS_UNCHECKED');
  });
});
