import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../src/opensearch/connect.ts';
import { openSigner } from '../../src/opensearch/sigv4.ts';
import { everythingIn, failureOf } from '../opensearch/failing.ts';
import { rerankctlOf, rerankctlProcess } from '../support/cli.ts';
import { nodeUrl, uniqueName } from '../support/node.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { refusal, type Signing, wrongWith } from '../support/sigv4-gate.ts';

/** Published by Amazon. The secret of the S3 guide and that of the test suite differ by one character. */
const S3 = { key: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const SUITE = { key: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const BODY = Buffer.alloc(0);
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('the published examples', () => {
  const host = 'examplebucket.s3.amazonaws.com';
  // Amazon S3 API reference, "Signature calculations for the Authorization header", examples 3 and 4.
  it.each([
    ['/?lifecycle', 'lifecycle', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    [
      '/?max-keys=2&prefix=J',
      'max-keys=2&prefix=J',
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ])('GET %s', async (path, query, signature) => {
    const access = { service: 's3' as 'es', region: 'us-east-1' };
    const signer = await openSigner(access, async () => ({
      accessKeyId: S3.key,
      secretAccessKey: S3.secret,
    }));
    await signer.renew();
    const { headers } = signer.sign(
      { method: 'GET', path, headers: { host } },
      new Date('2013-05-24T00:00:00Z'),
    );
    const authorization = `AWS4-HMAC-SHA256 Credential=${S3.key}/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`;
    expect(headers).toMatchObject({ 'x-amz-content-sha256': EMPTY, Authorization: authorization });
    const raw = { method: 'GET', path: '/', query, body: BODY };
    const sent = { host, 'x-amz-content-sha256': EMPTY, 'x-amz-date': '20130524T000000Z', authorization };
    expect(wrongWith({ ...raw, headers: sent }, { ...S3, ...access })).toBeUndefined();
  });

  // aws-sig-v4-test-suite, get-vanilla: holds the checker of these tests against it as well.
  it('get-vanilla', () => {
    const authorization = `AWS4-HMAC-SHA256 Credential=${SUITE.key}/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31`;
    const headers = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z', authorization };
    const raw = { method: 'GET', path: '/', query: '', body: BODY, headers };
    const signing = { ...SUITE, region: 'us-east-1', service: 'service' };
    expect(wrongWith(raw, signing)).toBeUndefined();
    expect(wrongWith({ ...raw, path: '/x' }, signing)).toContain('does not match');
  });
});

/** Requests before the node whose signature is wrong are refused, as AWS does it. */
describe('before the real node', () => {
  const signing: Signing = { key: 'AKIDTEST', secret: 'se/cret+hush', region: 'eu-central-1', service: 'es' };
  let gate: FaultyProxy;
  let folder: string;
  beforeAll(async () => {
    gate = await startProxy(nodeUrl());
    folder = await mkdtemp(join(tmpdir(), 'rerankctl-aws-'));
  });
  afterAll(async () => {
    await gate.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => guard(signing));
  afterEach(() => vi.unstubAllEnvs());

  function guard(wanted: Signing): void {
    gate.reset();
    gate.strike((request) => {
      const why = wrongWith(request, wanted);
      return why === undefined ? undefined : refusal(why);
    });
  }

  /** Nothing of this machine, and no instance to ask. */
  const bare = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nowhere',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
  };
  const keys = { ...bare, AWS_ACCESS_KEY_ID: signing.key, AWS_SECRET_ACCESS_KEY: signing.secret };
  const stub = (env: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  };
  const aws = { service: 'es', region: signing.region } as const;

  it('every request is signed so that it holds: queries, bodies, odd names', async () => {
    stub(keys);
    const index = uniqueName('sigv4');
    const cluster = connect({ url: gate.url, aws });
    const { request } = cluster;
    await request({ method: 'PUT', path: `/${index}`, body: { settings: { number_of_replicas: 0 } } });
    const id = encodeURIComponent('a b/ü+%*');
    await request({
      method: 'PUT',
      path: `/${index}/_doc/${id}`,
      query: { refresh: true },
      body: { text: 'ü' },
    });
    const ndjson = `{"index":{"_index":"${index}","_id":"b"}}\n{"text":"two"}\n`;
    await request({ method: 'POST', path: '/_bulk', body: ndjson, contentType: 'application/x-ndjson' });
    await request({ method: 'POST', path: `/${index}*/_search`, query: { q: 'text:(a b) +c*' }, body: {} });
    await request({ method: 'HEAD', path: `/${index}` });
    await request({
      method: 'GET',
      path: `/${index}/_doc/${id}`,
      query: { _source: 'text,other', realtime: true },
    });
    await request({ method: 'DELETE', path: `/${index}` });
    await cluster.close();
    expect(gate.requests.map(({ status }) => status)).toEqual([200, 201, 200, 200, 200, 200, 200]);
    for (const { headers } of gate.requests)
      expect(headers['x-amz-content-sha256']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('the command takes keys from the environment, a session token with them, and shows none of it', async () => {
    const env = { ...keys, AWS_SESSION_TOKEN: 'hush-session', AWS_REGION: signing.region };
    const ran = await rerankctlProcess(['doctor', '--debug', '--url', gate.url, '--aws-service', 'es'], {
      env,
    });
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/aws\.service +es +--aws-service\n +aws\.region +eu-central-1 +AWS_REGION/);
    expect(ran.stdout + ran.stderr).not.toMatch(/hush|AKIDTEST/);
    expect(gate.requests[0]?.headers).toMatchObject({ 'x-amz-security-token': 'hush-session' });
    expect(gate.requests[0]?.headers.authorization).toContain('x-amz-security-token');
  });

  it('serverless collections are signed for as aoss', async () => {
    stub(keys);
    guard({ ...signing, service: 'aoss' });
    const cluster = connect({ url: gate.url, aws: { service: 'aoss', region: signing.region } });
    await cluster.identity();
    await cluster.close();
  });

  it('credentials that expire are taken anew', async () => {
    const counter = join(folder, 'issue.cjs');
    await writeFile(
      counter,
      `const { appendFileSync, readFileSync } = require('node:fs');
       appendFileSync(__filename + '.log', 'x');
       const n = readFileSync(__filename + '.log', 'utf8').length;
       const Expiration = new Date(Date.now() + 60_000).toISOString();
       console.log(JSON.stringify({ Version: 1, AccessKeyId: 'AKID' + n, SecretAccessKey: 'secret' + n, Expiration }));`,
    );
    const config = join(folder, 'config');
    await writeFile(config, `[profile renewed]\ncredential_process = "${process.execPath}" "${counter}"\n`);
    stub({ ...bare, AWS_CONFIG_FILE: config, AWS_PROFILE: 'renewed' });
    const used: string[] = [];
    gate.strike((request) => {
      const key = /Credential=([^/]+)/.exec(String(request.headers.authorization))?.[1] ?? '';
      used.push(key);
      const why = wrongWith(request, { ...signing, key, secret: key.replace('AKID', 'secret') });
      return why === undefined ? undefined : refusal(why);
    });
    const cluster = connect({ url: gate.url, aws });
    await cluster.identity();
    // The SDK renews in the background what ends within minutes: some later request has newer keys than the first.
    while (used.at(-1) === used[0]) await cluster.request({ method: 'GET', path: '/_cluster/health' });
    await cluster.close();
    expect(used.slice(1)).toContain('AKID2');
  });

  it('a wrong secret is told, without what AWS says to have signed', async () => {
    stub({ ...keys, AWS_SECRET_ACCESS_KEY: 'hush-wrong', AWS_SESSION_TOKEN: 'hush-session' });
    const failure = await failureOf(connect({ url: gate.url, aws }).identity());
    expect(failure).toMatchObject({ code: 'RCTL_AWS_REFUSED', failure: 'connection', status: 403 });
    expect(failure.message).toContain('signature we calculated does not match');
    expect(failure.remedy).toContain('--aws-region');
    expect(everythingIn(failure)).not.toMatch(/hush|Canonical String/);
  });

  it.each([
    [{ ...aws, region: 'us-east-1' }, '--aws-region'],
    [{ ...aws, service: 'aoss' as const }, '--aws-service'],
  ])('a wrong scope is told: %j', async (access, flag) => {
    stub(keys);
    const failure = await failureOf(connect({ url: gate.url, aws: access }).identity());
    expect(failure).toMatchObject({ code: 'RCTL_AWS_REFUSED' });
    expect(failure.remedy).toContain(flag);
  });

  it('an expired session is told', async () => {
    stub(keys);
    gate.strike(() => refusal('The security token included in the request is expired'));
    const failure = await failureOf(connect({ url: gate.url, aws }).identity());
    expect(failure).toMatchObject({ code: 'RCTL_AWS_REFUSED' });
    expect(failure.remedy).toContain('Get new credentials');
  });

  it('no credentials anywhere are told, and a region is needed', async () => {
    const args = ['state', 'list', '--url', gate.url, '--aws-service', 'es'];
    const none = await rerankctlProcess([...args, '--aws-region', 'eu-central-1'], { env: bare });
    expect(none.code).toBe(4);
    expect(none.stderr).toContain('RCTL_AWS_CREDENTIALS');
    const nowhere = await rerankctlProcess(args, {
      env: { ...keys, AWS_REGION: '', AWS_DEFAULT_REGION: '' },
    });
    expect(nowhere.code).toBe(3);
    expect(nowhere.stderr).toContain('no region is given');
    expect(gate.requests).toEqual([]);
  });

  it('says what to install where the SDK is missing', async () => {
    const alone = join(folder, 'alone');
    await cp(fileURLToPath(new URL('../../dist', import.meta.url)), join(alone, 'dist'), { recursive: true });
    await writeFile(join(alone, 'package.json'), '{"type":"module"}');
    const args = ['state', 'list', '--url', gate.url, '--aws-service', 'es', '--aws-region', 'eu-central-1'];
    const ran = await rerankctlOf(join(alone, 'dist/main.js'), args, { env: keys });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('RCTL_AWS_SDK_MISSING');
    expect(ran.stderr).toContain('npm install @aws-sdk/credential-providers');
  });
});
