import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/opensearch/connect.ts';
import { type Ran, rerankctl } from '../support/cli.ts';
import { nodeUrl, securedNode, uniqueName } from '../support/node.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { makeUser, type User } from '../support/users.ts';

interface Found {
  readonly check: string;
  readonly level: string;
  readonly message: string;
  readonly diagnostic?: { readonly code: string; readonly location?: { readonly line: number } };
}

function findingsIn({ stdout }: Ran): readonly Found[] {
  return (JSON.parse(stdout) as { findings: readonly Found[] }).findings;
}

const UNTRUSTED = `apiVersion: rerankctl/v1
kind: Connector
metadata: { name: far }
spec:
  name: ${uniqueName('doctor')}
  description: of a service that the cluster does not trust
  version: 1
  protocol: http
  credential: { key: { $env: DOCTOR_KEY } }
  actions:
    - action_type: predict
      method: POST
      url: ftp://rerank.example.com/rank
      headers: { Authorization: "Bearer \${credential.key}" }
      request_body: '{}'
`;

describe('doctor', () => {
  let proxy: FaultyProxy;
  beforeAll(async () => {
    proxy = await startProxy(nodeUrl());
  });
  afterAll(() => proxy.close());

  it('finds nothing in the way of the quickstart, by reads alone', async () => {
    const stack = uniqueName('doctor');
    const seen = await rerankctl([
      'doctor',
      '-f',
      'manifests/quickstart',
      '--url',
      proxy.url,
      '--stack',
      stack,
    ]);
    expect(seen.code, seen.stdout + seen.stderr).toBe(0);
    expect(seen.stdout).toMatch(/✓ version +OpenSearch 3\./);
    expect(seen.stdout).toMatch(/✓ model-nodes +One node runs models/);
    expect(seen.stdout).toContain('Nothing stands in the way.');
    expect(proxy.writes()).toEqual([]);
  });

  it('tells what plan would refuse, at its line', async () => {
    const options = { stdin: UNTRUSTED, env: { DOCTOR_KEY: 'planted-7f3a' } };
    const seen = await rerankctl(['doctor', '-f', '-', '--url', proxy.url, '--output', 'json'], options);
    expect(seen.code, seen.stdout + seen.stderr).toBe(8);
    expect(findingsIn(seen).filter(({ level }) => level === 'error')).toMatchObject([
      { check: 'plan', diagnostic: { code: 'RCTL_CONNECTOR_NOT_TRUSTED', location: { line: 13 } } },
    ]);
    expect(seen.stdout + seen.stderr).not.toContain('planted-7f3a');
  });

  it('of a cluster that is not there has one finding', async () => {
    const seen = await rerankctl(['doctor', '--url', 'http://127.0.0.1:9', '--output', 'json']);
    expect(seen.code).toBe(4);
    expect(findingsIn(seen)).toMatchObject([{ check: 'reachable', level: 'error' }]);
  });

  it('sets nothing where there is nothing to set', async () => {
    const seen = await rerankctl(['doctor', '--fix', '--yes', '--url', proxy.url]);
    expect(seen.code).toBe(0);
    expect(seen.stderr).toContain('There is no setting to change.');
    expect(proxy.writes()).toEqual([]);
  });
});

const node = securedNode();

describe.skipIf(node === undefined)('doctor on a secured cluster', () => {
  const { url, username, password, caFile } = node ?? {
    url: nodeUrl(),
    username: '',
    password: '',
    caFile: '',
  };
  const admin = connect(node ?? { url });
  let user: User;

  beforeAll(async () => {
    user = await makeUser(admin, 'doctor-user', { cluster_permissions: ['cluster:monitor/main'] });
  });
  afterAll(async () => {
    await user.remove();
    await admin.close();
  });

  function doctor(as: string, secret: string, ...more: string[]): Promise<Ran> {
    const args = ['doctor', '--url', url, '--username', as, '--ca-file', caFile, ...more];
    return rerankctl(args, { env: { OPENSEARCH_PASSWORD: secret } });
  }

  it('says who asks, and with which roles', async () => {
    const seen = await doctor(username, password);
    expect(seen.code, seen.stdout).toBe(0);
    expect(seen.stdout).toMatch(/✓ account +This is user admin, with .*all_access/);
  });

  it('says of a wrong password what is wrong, and does not show it', async () => {
    const seen = await doctor(username, 'hush-hush-hush');
    expect(seen.code).toBe(4);
    expect(seen.stdout).toContain('RCTL_AUTH');
    expect(seen.stdout + seen.stderr).not.toContain('hush-hush');
  });

  it('of a user who may do next to nothing tells what could not be seen, and what a plan would lack', async () => {
    const seen = await doctor(user.username, user.password, '-f', 'manifests/quickstart', '--output', 'json');
    expect(seen.code, seen.stdout + seen.stderr).toBe(8);
    const found = findingsIn(seen);
    expect(found).toContainEqual(expect.objectContaining({ check: 'plugins', level: 'note' }));
    expect(found).toContainEqual(expect.objectContaining({ check: 'model-nodes', level: 'note' }));
    const errors = found.filter(({ level }) => level === 'error');
    expect(errors.map(({ diagnostic }) => diagnostic?.code)).toContain('RCTL_FORBIDDEN');
    expect(errors.map(({ message }) => message).join('\n')).toMatch(
      /lacks the permission (indices|cluster):/,
    );
  });
});
