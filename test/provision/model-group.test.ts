import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pendingChanges } from '../../src/core/plan.ts';
import { uniqueName } from '../support/node.ts';
import {
  type Bench,
  idsOf,
  isStateWrite,
  manifest,
  openBench,
  refusalsOf,
  SERVERS,
  summaryOf,
} from '../support/provision.ts';

describe.each(SERVERS)('ModelGroup on %s', (_title, server) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(server, 'prov-group');
  });
  afterAll(() => bench.cleanUp());

  const group = (spec: object, name = 'group') => manifest('ModelGroup', name, spec);
  const live = async (id: string): Promise<unknown> =>
    bench.raw('GET', `/_plugins/_ml/model_groups/${encodeURIComponent(id)}`);
  const idOf = async (name: string): Promise<string> => {
    const ids = await idsOf(bench.cluster, 'model_groups', name);
    expect(ids).toHaveLength(1);
    return ids[0] ?? '';
  };

  /** Groups of one name: the server looks for the name and then registers, so that of parallel requests several win. */
  async function twins(name: string): Promise<string[]> {
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        Array.from({ length: 6 }, () =>
          bench.cluster.request({
            method: 'POST',
            path: '/_plugins/_ml/model_groups/_register',
            body: { name },
            accept: [400],
          }),
        ),
      );
      const ids = await idsOf(bench.cluster, 'model_groups', name);
      if (ids.length > 1) return ids;
      for (const id of ids) await bench.raw('DELETE', `/_plugins/_ml/model_groups/${id}`);
    }
    throw new Error('the server let none of ten races be lost');
  }

  it('is created, and then there is nothing to do', async () => {
    const name = uniqueName('prov-g');
    const yaml = group({ name, description: 'Rerankers' }, name);
    expect(summaryOf(await bench.planOf(yaml))).toEqual([`ModelGroup/${name} create: register`]);
    await bench.settle(yaml);
    expect(await live(await idOf(name))).toMatchObject({ name, description: 'Rerankers' });
  });

  it('is renamed and redescribed under the same ID', async () => {
    const name = uniqueName('prov-g');
    await bench.settle(group({ name, description: 'Before' }, name));
    const id = await idOf(name);
    const renamed = group({ name: `${name}-renamed`, description: 'After' }, name);
    const change = await bench.onlyChange(renamed);
    expect(change).toMatchObject({ action: 'update', id });
    expect(change.fields).toMatchObject([
      { pointer: '/name', before: name, after: `${name}-renamed` },
      { pointer: '/description', before: 'Before', after: 'After' },
    ]);
    await bench.settle(renamed);
    expect(await live(id)).toMatchObject({ name: `${name}-renamed`, description: 'After' });
  });

  it('keeps a description that leaves the manifest, because the server never clears one', async () => {
    const name = uniqueName('prov-g');
    await bench.settle(group({ name, description: 'Stays' }, name));
    await bench.settle(group({ name }, name));
    await bench.settle(group({ name, description: '' }, name));
    expect(await live(await idOf(name))).toMatchObject({ description: 'Stays' });
  });

  it('that was changed behind its back is shown with before and after, and healed', async () => {
    const name = uniqueName('prov-g');
    const yaml = group({ name, description: 'Ours' }, name);
    await bench.settle(yaml);
    const id = await idOf(name);
    await bench.raw('PUT', `/_plugins/_ml/model_groups/${id}`, { description: 'Theirs' });
    await expect
      .poll(async () => pendingChanges(await bench.planOf(yaml))[0]?.fields, { timeout: 5_000 })
      .toEqual([{ pointer: '/description', before: 'Theirs', after: 'Ours', by: 'cluster' }]);
    await bench.settle(yaml);
    expect(await live(id)).toMatchObject({ description: 'Ours' });
  });

  it('that was deleted behind its back is created again', async () => {
    const name = uniqueName('prov-g');
    const yaml = group({ name }, name);
    await bench.settle(yaml);
    const id = await idOf(name);
    await bench.raw('DELETE', `/_plugins/_ml/model_groups/${id}`);
    await expect
      .poll(async () => summaryOf(await bench.planOf(yaml)), { timeout: 5_000 })
      .toEqual([`ModelGroup/${name} create: register`]);
    await bench.settle(yaml);
    expect(await idOf(name)).not.toBe(id);
  });

  it('is adopted when the state is lost, with a write to the state alone', async () => {
    const name = uniqueName('prov-g');
    const yaml = group({ name, description: 'Ours' }, name);
    await bench.settle(yaml);
    const id = await idOf(name);
    await bench.loseState();
    expect(await bench.onlyChange(yaml)).toMatchObject({ action: 'adopt', id });
    const writes = await bench.writesOf(() => bench.provision(yaml));
    expect(writes.filter((write) => !isStateWrite(write))).toEqual([]);
    expect(await idOf(name)).toBe(id);
    await bench.settle(yaml);
  });

  it('is refused while two groups bear its name, and both IDs are told', async () => {
    const name = uniqueName('prov-g');
    const ids = await twins(name);
    const yaml = group({ name }, name);
    const [refusal] = refusalsOf(await bench.planOf(yaml));
    expect(refusal).toMatchObject({ code: 'RCTL_AMBIGUOUS_GROUP', pointer: '/spec/name' });
    for (const id of ids) expect(refusal?.message).toContain(id);
    expect(await bench.writesOf(() => bench.provision(yaml).catch(() => undefined))).toEqual([]);
  });

  it.skipIf(server.secured)('is public without access control: said, not sent', async () => {
    const name = uniqueName('prov-g');
    await bench.settle(group({ name, access_mode: 'public' }, name));
    const restricted = group({ name, access_mode: 'restricted', backend_roles: ['search'] }, name);
    const refusals = refusalsOf(await bench.planOf(restricted));
    expect(refusals.map(({ code, pointer }) => [code, pointer])).toEqual([
      ['RCTL_ACCESS_CONTROL_OFF', '/spec/access_mode'],
      ['RCTL_ACCESS_CONTROL_OFF', '/spec/backend_roles'],
    ]);
  });

  it.skipIf(!server.secured)('changes its access mode and its backend roles in place', async () => {
    const name = uniqueName('prov-g');
    await bench.settle(group({ name, access_mode: 'private' }, name));
    const id = await idOf(name);
    await bench.settle(group({ name, access_mode: 'public' }, name));
    expect(await live(id)).toMatchObject({ access: 'public' });
    await bench.settle(group({ name, access_mode: 'restricted', backend_roles: ['admin', 'search'] }, name));
    expect(await live(id)).toMatchObject({ access: 'restricted' });
    // A set: its order means nothing.
    const turned = group({ name, access_mode: 'restricted', backend_roles: ['search', 'admin'] }, name);
    expect(summaryOf(await bench.planOf(turned))).toEqual([]);
    await bench.settle(group({ name, access_mode: 'restricted', backend_roles: ['admin'] }, name));
    expect(await live(id)).toMatchObject({ access: 'restricted', backend_roles: ['admin'] });
  });
});
