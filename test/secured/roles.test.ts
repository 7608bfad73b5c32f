import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { connect } from '../../src/opensearch/connect.ts';
import { pause } from '../../src/opensearch/signals.ts';
import { openStory, type Story } from '../faults/story.ts';
import { type Ran, rerankctl } from '../support/cli.ts';
import { nodeUrl, securedNode } from '../support/node.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { makeUser, type User, writeSecurity } from '../support/users.ts';

interface Role {
  cluster_permissions: string[];
  index_permissions: { index_patterns: string[]; allowed_actions: string[] }[];
}

/** A role as it is documented, for indices of this prefix. */
function documented(command: 'plan' | 'apply' | 'verify', prefix: string): Role {
  const text = readFileSync(new URL(`../../docs/roles/${command}.json`, import.meta.url), 'utf8');
  return JSON.parse(text.replaceAll('YOUR-INDICES-', prefix)) as Role;
}

/** Only to be let in at all. */
function bare({ index_permissions }: Role): Role {
  return {
    cluster_permissions: ['cluster:monitor/main'],
    index_permissions: index_permissions.map(({ index_patterns }) => ({
      index_patterns,
      allowed_actions: [],
    })),
  };
}

function permissionsOf({ cluster_permissions, index_permissions }: Role): string[] {
  return [
    ...cluster_permissions,
    ...index_permissions.flatMap(({ allowed_actions }) => allowed_actions),
  ].sort();
}

/** Adds a permission where the documented role has it; `false` where it has none such. */
function grant(role: Role, whole: Role, permission: string): boolean {
  if (whole.cluster_permissions.includes(permission)) role.cluster_permissions.push(permission);
  for (const [i, { allowed_actions }] of whole.index_permissions.entries()) {
    if (allowed_actions.includes(permission)) role.index_permissions[i]?.allowed_actions.push(permission);
  }
  return permissionsOf(whole).includes(permission);
}

/** Without these a plan is made too, and knows less: of plugins, settings, and what the nodes really hold. */
const BETTER_WITH = [
  'cluster:admin/opensearch/ml/profile/nodes',
  'cluster:monitor/nodes/info',
  'cluster:monitor/state',
];

function verification(name: string): string {
  return `---
apiVersion: rerankctl/v1
kind: Verification
metadata: { name: ${name} }
spec:
  index: { $ref: Index/${name} }
  search_pipeline: { $ref: SearchPipeline/${name} }
  queries:
    - { id: q1, query_text: two three, body: { query: { match_all: {} } } }
`;
}

const node = securedNode();

describe.skipIf(node === undefined)('the smallest role', () => {
  const { url, caFile } = node ?? { url: nodeUrl(), caFile: '' };
  let admin: Cluster;
  let model: ModelFile;
  let story: Story;
  let user: User;

  beforeAll(async () => {
    admin = connect(node ?? { url });
    model = await writeTinyModel();
    story = openStory(nodeUrl(), `file: ${model.path}`);
    // Model access control gives a group to the backend roles of whoever makes it.
    user = await makeUser(admin, 'roles', { cluster_permissions: [] }, ['search-team']);
  });
  afterAll(async () => {
    await run('destroy', node);
    await user.remove();
    await admin.close();
    await model.remove();
  });

  function run(command: string, as: { username: string; password: string } = user): Promise<Ran> {
    const manifests = command === 'destroy' ? ['--confirm', story.name] : ['-f', '-'];
    const stack = command === 'verify' ? [] : ['--stack', story.name];
    const login = ['--url', url, '--username', as.username, '--ca-file', caFile];
    const options = {
      stdin: story.yaml + verification(story.name),
      env: { OPENSEARCH_PASSWORD: as.password },
    };
    const yes = command === 'apply' ? ['--yes'] : [];
    return rerankctl([command, ...manifests, ...stack, ...login, ...yes], options);
  }

  /** From what the user has, by what each refusal names, until the command is done. */
  async function grow(command: string, whole: Role, role: Role): Promise<void> {
    for (let again = 0; ; ) {
      await writeSecurity(admin, 'PUT', `roles/${user.username}`, role);
      const { code, stdout, stderr } = await run(command);
      if (code === 0) return;
      // Tables are laid out for 80 columns.
      const said = (stdout + stderr)
        .replace(/\s+/g, ' ')
        .matchAll(/lacks the permission (.+?) that |no permissions for \[(.+?)\] and /g);
      const named = [...said].flatMap(([, ours, theirs]) => (ours ?? theirs ?? '').split(', '));
      expect(named, stdout + stderr).not.toEqual([]);
      const fresh = named.filter((permission) => !permissionsOf(role).includes(permission));
      for (const permission of new Set(fresh)) {
        expect(grant(role, whole, permission), `${permission} is not in docs/roles: ${stderr}`).toBe(true);
      }
      // A role is another one a moment after it was written.
      again = fresh.length > 0 ? 0 : again + 1;
      expect(again, stderr).toBeLessThan(20);
      if (again > 0) await pause(200, undefined);
    }
  }

  it('for plan is what is documented, found by what its refusals name', async () => {
    const whole = documented('plan', story.name);
    const role = bare(whole);
    await grow('plan', whole, role);
    const left = permissionsOf(whole).filter((permission) => !permissionsOf(role).includes(permission));
    // The index does not exist yet: its documents are asked for once it does.
    expect(left).toEqual([...BETTER_WITH, 'indices:data/read/mget[shard]'].sort());
  });

  it('for apply is found in the same way, each refused run being finished by the next; and that for destroy', async () => {
    const whole = documented('apply', story.name);
    const role = bare(whole);
    await grow('apply', whole, role);
    const idle = await run('plan');
    expect(idle.stdout).toContain('No changes');
    await grow('verify', whole, role);
    await grow('destroy', whole, role);
    const left = permissionsOf(whole).filter((permission) => !permissionsOf(role).includes(permission));
    expect(left).toEqual(BETTER_WITH);
  });

  it('for drift is that for plan, and for verify is what is documented', async () => {
    await writeSecurity(admin, 'PUT', `roles/${user.username}`, documented('apply', story.name));
    await expect.poll(async () => (await run('apply')).code, { timeout: 30_000 }).toBe(0);
    const planning = documented('plan', story.name);
    await writeSecurity(admin, 'PUT', `roles/${user.username}`, planning);
    await expect.poll(async () => (await run('drift')).stdout, { timeout: 30_000 }).toContain('No drift');
    const whole = documented('verify', story.name);
    const role = bare(whole);
    await grow('verify', whole, role);
    // What a pipeline does to empty fields is told only to whoever may read it.
    expect(permissionsOf(whole).filter((permission) => !permissionsOf(role).includes(permission))).toEqual([
      'cluster:admin/search/pipeline/get',
    ]);
  });
});
