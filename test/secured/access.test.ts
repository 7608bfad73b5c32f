import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasErrors } from '../../src/core/diagnostic.ts';
import { dig, listAt } from '../../src/core/json.ts';
import { checkResources } from '../../src/engine/provision.ts';
import { loadManifests } from '../../src/manifest/load.ts';
import { uniqueName } from '../support/node.ts';
import {
  type Bench,
  idsOf,
  manifest,
  openBench,
  refusalsOf,
  SERVERS,
  summaryOf,
} from '../support/provision.ts';
import { TINY } from '../support/tiny-model.ts';
import { makeUser, type Role, type User } from '../support/users.ts';
import { storedZip } from '../support/zip.ts';

const ROLE: Role = {
  cluster_permissions: ['cluster:monitor/*', 'cluster:admin/opensearch/ml/*', 'indices:data/write/bulk'],
  index_permissions: [{ index_patterns: ['.rerankctl-state'], allowed_actions: ['*'] }],
};

const secured = SERVERS.filter(([, server]) => server.secured);

describe.each(secured)('Access control on %s', (_title, server) => {
  const [teamA, teamB, both] = ['team-a', 'team-b', 'team-c'].map(uniqueName) as [string, string, string];
  let admin: Bench;
  let users: User[];
  /** Of teams a and c, and of teams b and c. */
  let alice: Bench;
  let bob: Bench;
  let home: string;
  const benchAs = (user: User): Promise<Bench> =>
    openBench({ ...server, login: user }, `access-${user.username.split('-')[0]}`);
  beforeAll(async () => {
    admin = await openBench(server, 'access-admin');
    home = await mkdtemp(join(tmpdir(), 'rerankctl-access-'));
    users = [];
    const benchOf = async (name: string, roles: string[]): Promise<Bench> => {
      const user = await makeUser(admin.cluster, name, ROLE, roles);
      users.push(user);
      return benchAs(user);
    };
    alice = await benchOf('alice', [teamA, both]);
    bob = await benchOf('bob', [teamB, both]);
  });
  afterAll(async () => {
    for (const bench of [bob, alice, admin]) await bench.cleanUp();
    for (const user of users) await user.remove();
    await rm(home, { recursive: true });
  });

  const group = (name: string, access: object, more: object = {}): string =>
    manifest('ModelGroup', name, { name, ...access, ...more });
  const PRIVATE = { access_mode: 'private' };
  const PUBLIC = { access_mode: 'public' };
  const restricted = (...backend_roles: string[]): object => ({ access_mode: 'restricted', backend_roles });
  const ALL = { access_mode: 'restricted', add_all_backend_roles: true };

  const idOf = async (what: 'model_groups' | 'connectors', name: string): Promise<string> => {
    const ids = await idsOf(admin.cluster, what, name);
    expect(ids).toHaveLength(1);
    return ids[0] ?? '';
  };
  const live = async (what: 'model_groups' | 'connectors', name: string): Promise<unknown> =>
    admin.raw('GET', `/_plugins/_ml/${what}/${await idOf(what, name)}`);
  const accessOf = async (what: 'model_groups' | 'connectors', name: string): Promise<unknown[]> => {
    const body = await live(what, name);
    const roles = dig(body, 'access') === 'restricted' ? listAt(body, 'backend_roles').sort() : [];
    return [dig(body, 'access'), ...roles];
  };
  /** Applied, and then there is nothing to do. */
  const holds = async (bench: Bench, yaml: string): Promise<void> => {
    await bench.provision(yaml);
    expect(summaryOf(await bench.planOf(yaml))).toEqual([]);
  };
  const failureOf = async (bench: Bench, yaml: string): Promise<unknown> => {
    const { report } = await bench.tryProvision(yaml);
    return report.outcomes.find(({ result }) => result === 'failed');
  };

  it('a group goes from each mode to each other one, in place, and each plan after it is empty', async () => {
    const name = uniqueName('access');
    const steps: [object, unknown[]][] = [
      [PRIVATE, ['private']],
      [restricted(teamA), ['restricted', teamA]],
      [PUBLIC, ['public']],
      [ALL, ['restricted', ...[teamA, both].sort()]],
      [PRIVATE, ['private']],
      [PUBLIC, ['public']],
      [restricted(teamA), ['restricted', teamA]],
    ];
    let id: string | undefined;
    for (const [access, expected] of steps) {
      await holds(alice, group(name, access));
      expect(await accessOf('model_groups', name)).toEqual(expected);
      id ??= await idOf('model_groups', name);
      expect(await idOf('model_groups', name)).toBe(id);
    }
    // What it is is left alone where the manifest does not say.
    await holds(alice, group(name, {}, { description: 'Without a word of access' }));
    expect(await accessOf('model_groups', name)).toEqual(['restricted', teamA]);
  });

  it.each([
    ['private', PRIVATE],
    ['restricted to others', restricted(teamA)],
  ])(
    'a group that is %s does not exist for another user, who is told why it cannot be made',
    async (_what, access) => {
      const name = uniqueName('access');
      await holds(alice, group(name, access, { description: 'Of Alice' }));
      const before = await live('model_groups', name);
      const yaml = group(name, {}, { description: 'Of Bob' });
      expect(summaryOf(await bob.planOf(yaml))).toEqual([`ModelGroup/${name} create: register`]);
      const failed = await failureOf(bob, yaml);
      expect(failed).toMatchObject({ address: `ModelGroup/${name}`, error: { code: 'RCTL_FORBIDDEN' } });
      expect(JSON.stringify(failed)).toContain(users[1]?.username);
      expect(JSON.stringify(failed)).toContain('ask the owner');
      expect(await live('model_groups', name)).toEqual(before);
      // Once it is shared with him, nothing of the failed run is in the way.
      await holds(alice, group(name, restricted(both), { description: 'Of Bob' }));
      await expect
        .poll(async () => summaryOf(await bob.planOf(yaml)), { timeout: 10_000 })
        .toEqual([`ModelGroup/${name} adopt`]);
      await holds(bob, yaml);
      await bob.loseState();
    },
  );

  it('a public group is adopted and described by anybody, and shared by its owner alone', async () => {
    const name = uniqueName('access');
    await holds(alice, group(name, PUBLIC, { description: 'Of Alice' }));
    expect(summaryOf(await bob.planOf(group(name, PUBLIC)))).toEqual([`ModelGroup/${name} adopt`]);
    await holds(bob, group(name, PUBLIC));
    // Its access goes along only where it changes: the server takes it from nobody but the owner.
    await holds(bob, group(name, PUBLIC, { description: 'Of both' }));
    const failed = await failureOf(bob, group(name, restricted(teamB)));
    expect(failed, JSON.stringify(failed)).toMatchObject({ error: { code: 'RCTL_FORBIDDEN' } });
    expect(JSON.stringify(failed)).toContain('ask the owner');
    expect(await live('model_groups', name)).toMatchObject({ description: 'Of both', access: 'public' });
    await holds(bob, group(name, PUBLIC));
    await bob.loseState();
  });

  it('a model is not registered into a group of others, and nothing of it is left', async () => {
    const name = uniqueName('access');
    const file = join(home, `${name}.zip`);
    await writeFile(file, storedZip({ 'tokenizer.json': '{}', 'model.pt': name }));
    await holds(alice, group(name, restricted(teamA)));
    const model = manifest('Model', name, {
      name,
      model_group_id: await idOf('model_groups', name),
      ...TINY,
      file,
      deploy: false,
    });
    const failed = await failureOf(bob, model);
    expect(failed).toMatchObject({ address: `Model/${name}`, error: { code: 'RCTL_FORBIDDEN' } });
    expect(await idsOf(admin.cluster, 'models', name)).toEqual([]);
    await holds(alice, group(name, restricted(both)));
    await expect.poll(() => idsOf(bob.cluster, 'model_groups', name), { timeout: 10_000 }).toHaveLength(1);
    await holds(bob, model);
    expect(await idsOf(admin.cluster, 'models', name)).toHaveLength(1);
  });

  it('what the server would refuse of roles is told in words', async () => {
    const name = uniqueName('access');
    expect(await failureOf(alice, group(name, restricted(teamB)))).toMatchObject({
      error: {
        code: 'RCTL_BACKEND_ROLES',
        message: expect.stringContaining("You don't have the backend roles"),
      },
    });
    expect(await failureOf(admin, group(name, ALL))).toMatchObject({
      error: { code: 'RCTL_BACKEND_ROLES', message: expect.stringContaining('Admin users cannot') },
    });
    expect(await idsOf(admin.cluster, 'model_groups', name)).toEqual([]);
  });

  it.each([
    ['roles of a group that is public', { ...restricted('a'), ...PUBLIC }, '/spec/backend_roles'],
    ['all roles of a group that is private', { ...ALL, ...PRIVATE }, '/spec/add_all_backend_roles'],
    ['some roles and all of them', { ...ALL, backend_roles: ['a'] }, '/spec/add_all_backend_roles'],
    ['restricted to nobody', { access_mode: 'restricted' }, '/spec/access_mode'],
  ])('%s: validate says it', async (_what, access, pointer) => {
    const stdin = async (): Promise<string> => group('g', access);
    const { resources } = await loadManifests(['-'], { cwd: home, env: {}, vars: {}, stdin });
    const found = await checkResources(resources);
    expect(found.map((each) => [each.code, each.pointer])).toEqual([['RCTL_BACKEND_ROLES', pointer]]);
    expect(hasErrors(found)).toBe(true);
  });

  describe('of connectors', () => {
    const SETTING = 'plugins.ml_commons.connector_access_control_enabled';
    const turn = (on: boolean | null): Promise<unknown> =>
      admin.raw('PUT', '/_cluster/settings', { persistent: { [SETTING]: on } });
    const connector = (name: string, access: object, more: object = {}): string =>
      manifest('Connector', name, {
        name,
        version: 1,
        protocol: 'http',
        credential: { roleArn: 'arn:aws:iam::1:role/none' },
        actions: [{ action_type: 'predict', method: 'POST', url: 'http://127.0.0.1:1/rerank' }],
        ...access,
        ...more,
      });

    it('that is off: public holds without being sent, and anything else is refused', async () => {
      const name = uniqueName('access');
      await holds(alice, connector(name, PUBLIC));
      const made = await alice.planOf(connector(name, restricted(teamA)));
      expect(refusalsOf(made).map(({ code, pointer }) => [code, pointer])).toEqual([
        ['RCTL_ACCESS_CONTROL_OFF', '/spec/access_mode'],
        ['RCTL_ACCESS_CONTROL_OFF', '/spec/backend_roles'],
      ]);
    });

    it('that is on: each mode, in place; others use what is public, and do not see the rest', async () => {
      await turn(true);
      // What a cluster can do is read once.
      const [owner, other] = (await Promise.all(users.map(benchAs))) as [Bench, Bench];
      try {
        const name = uniqueName('access');
        const steps: [object, unknown[]][] = [
          [PRIVATE, ['private']],
          [restricted(teamA), ['restricted', teamA]],
          [PUBLIC, ['public']],
          [ALL, ['restricted', ...[teamA, both].sort()]],
          [restricted(both), ['restricted', both]],
          [PRIVATE, ['private']],
          [PUBLIC, ['public']],
        ];
        for (const [access, expected] of steps) {
          await holds(owner, connector(name, access));
          expect(await accessOf('connectors', name)).toEqual(expected);
        }
        const id = await idOf('connectors', name);
        expect(summaryOf(await other.planOf(connector(name, PUBLIC)))).toEqual([`Connector/${name} adopt`]);
        await holds(other, connector(name, PUBLIC));
        await holds(owner, connector(name, restricted(teamA)));
        await other.loseState();
        // Names of connectors are not unique: to him there is none.
        expect(summaryOf(await other.planOf(connector(name, {})))).toEqual([
          `Connector/${name} create: create`,
        ]);
        expect(await idOf('connectors', name)).toBe(id);
      } finally {
        await other.cleanUp();
        await owner.cleanUp();
        await turn(null);
      }
    });
  });
});
