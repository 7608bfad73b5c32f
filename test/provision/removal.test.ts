import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PlanRules } from '../../src/engine/plan.ts';
import { rerankctl } from '../support/cli.ts';
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

const PRUNE: PlanRules = { removals: { maxDeletes: 10, allowDataLoss: false } };
const LOSE: PlanRules = { removals: { maxDeletes: 10, allowDataLoss: true } };

const MAPPED = { mappings: { properties: { text: { type: 'text' } } } };

function seedOf(index: string, documents: object[], metadata: object = {}): string {
  return manifest('SeedData', 'seed', { index: { $ref: `Index/${index}` }, documents }, metadata);
}

describe.each(SERVERS)('On %s, what no manifest names any more', (_title, server) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(server, 'prov-removal');
  });
  afterEach(() => bench.wipe());
  afterAll(() => bench.cleanUp());

  function groupNamed(name: string, lifecycle?: object): string {
    return manifest('ModelGroup', 'group', { name }, lifecycle === undefined ? {} : { lifecycle });
  }

  async function exists(path: string): Promise<boolean> {
    const { status } = await bench.cluster.request({ method: 'GET', path, accept: [404] });
    return status === 200;
  }

  it('is said and left alone, until it is to be pruned: dependents first', async () => {
    const name = uniqueName('prov-removal');
    const index = manifest('Index', name, {
      ...MAPPED,
      settings: { 'index.search.default_pipeline': { $ref: `SearchPipeline/${name}` } },
    });
    const pipeline = manifest('SearchPipeline', name, { description: 'does nothing' });
    const seed = seedOf(name, [{ text: 'one' }, { text: 'two' }]);
    const kept = manifest('SearchPipeline', `${name}-kept`, { description: 'stays' });
    await bench.provision(index + pipeline + seed + kept);

    const left = await bench.planOf(kept);
    expect(summaryOf(left)).toEqual([]);
    expect(left.diagnostics).toMatchObject([{ severity: 'note', code: 'RCTL_NOT_IN_MANIFESTS' }]);

    const pruned = await bench.provision(kept, PRUNE);
    expect(summaryOf(pruned.plan)).toEqual([
      'SeedData/seed delete: delete 2 documents',
      `Index/${name} delete: delete`,
      `SearchPipeline/${name} delete: delete`,
    ]);
    expect(await exists(`/${name}`)).toBe(false);
    expect(await exists(`/_search/pipeline/${name}`)).toBe(false);
    expect(await exists(`/_search/pipeline/${name}-kept`)).toBe(true);
    expect(summaryOf(await bench.planOf(kept, PRUNE))).toEqual([]);
    expect((await bench.planOf(kept)).diagnostics).toEqual([]);
  });

  it('and was deleted by hand before is only forgotten', async () => {
    const name = uniqueName('prov-removal');
    await bench.provision(groupNamed(name));
    const [id] = await idsOf(bench.cluster, 'model_groups', name);
    await bench.raw('DELETE', `/_plugins/_ml/model_groups/${id}`);
    const writes = await bench.writesOf(async () => {
      const { plan } = await bench.provision('', PRUNE);
      expect(summaryOf(plan)).toEqual(['ModelGroup/group forget']);
    });
    expect(writes.filter((write) => !isStateWrite(write))).toEqual([]);
    expect((await bench.planOf('')).diagnostics).toEqual([]);
  });

  it('is kept and forgotten with `on_remove: keep`', async () => {
    const name = uniqueName('prov-removal');
    await bench.provision(groupNamed(name, { on_remove: 'keep' }));
    const { plan } = await bench.provision('', PRUNE);
    expect(summaryOf(plan)).toEqual(['ModelGroup/group forget']);
    expect(await idsOf(bench.cluster, 'model_groups', name)).toHaveLength(1);
    expect((await bench.planOf('', PRUNE)).changes).toEqual([]);
  });

  it('is not deleted when what is kept refers to it', async () => {
    const name = uniqueName('prov-removal');
    const pipeline = manifest('SearchPipeline', name, { description: 'x' });
    const index = manifest(
      'Index',
      name,
      { settings: { 'index.search.default_pipeline': { $ref: `SearchPipeline/${name}` } } },
      { lifecycle: { on_remove: 'keep' } },
    );
    await bench.provision(pipeline + index);
    expect(refusalsOf(await bench.planOf('', PRUNE))).toMatchObject([
      { code: 'RCTL_STILL_NEEDED', address: `SearchPipeline/${name}` },
    ]);
  });

  it('is protected by prevent_destroy until a later apply has lifted it', async () => {
    const name = uniqueName('prov-removal');
    await bench.settle(groupNamed(name, { prevent_destroy: true }));
    expect(refusalsOf(await bench.planOf('', PRUNE))).toMatchObject([
      { code: 'RCTL_PREVENT_DESTROY', address: 'ModelGroup/group' },
    ]);
    await expect(bench.provision('', PRUNE)).rejects.toMatchObject({ code: 'RCTL_REFUSED' });
    expect(await idsOf(bench.cluster, 'model_groups', name)).toHaveLength(1);

    const lifted = await bench.provision(groupNamed(name));
    expect(summaryOf(lifted.plan)).toEqual([
      'ModelGroup/group update: remember its lifecycle and dependencies',
    ]);
    await bench.settle(groupNamed(name));
    await bench.provision('', PRUNE);
    expect(await idsOf(bench.cluster, 'model_groups', name)).toEqual([]);
  });

  it('is refused where there is more of it than --max-deletes', async () => {
    const name = uniqueName('prov-removal');
    const yaml = [1, 2, 3].map((n) => manifest('SearchPipeline', `${name}-${n}`, {})).join('');
    await bench.provision(yaml);
    const few = { removals: { maxDeletes: 2, allowDataLoss: false } };
    expect(refusalsOf(await bench.planOf('', few))).toMatchObject([
      { code: 'RCTL_MAX_DELETES', remedy: expect.stringContaining('--max-deletes 3') },
    ]);
    await bench.provision('', { removals: { maxDeletes: 3, allowDataLoss: false } });
    expect(await exists(`/_search/pipeline/${name}-1`)).toBe(false);
  });

  it('is not deleted with documents that the stack did not put there, unless that is allowed', async () => {
    const name = uniqueName('prov-removal');
    const yaml = manifest('Index', name, MAPPED) + seedOf(name, [{ text: 'one' }, { text: 'two' }]);
    await bench.provision(yaml);
    await bench.raw('PUT', `/${name}/_doc/theirs?refresh=true`, { text: 'theirs' });
    expect(refusalsOf(await bench.planOf('', PRUNE))).toMatchObject([
      { code: 'RCTL_DATA_LOSS', message: expect.stringContaining('a document that this stack did not') },
    ]);
    // As many as were seeded, and yet other ones.
    await bench.raw('DELETE', `/${name}/_doc/theirs?refresh=true`);
    await bench
      .raw('POST', `/${name}/_delete_by_query?refresh=true`, {
        query: { match: { text: 'one' } },
      })
      .catch(() => undefined);
    await bench.raw('PUT', `/${name}/_doc/theirs?refresh=true`, { text: 'theirs' });
    expect(refusalsOf(await bench.planOf('', PRUNE))).toMatchObject([{ code: 'RCTL_DATA_LOSS' }]);
    await bench.provision('', LOSE);
    expect(await exists(`/${name}`)).toBe(false);
  });

  it('may be an index with a default pipeline that fails without a query: its documents are counted all the same', async () => {
    const name = uniqueName('prov-removal');
    const pipeline = manifest('SearchPipeline', name, {
      response_processors: [
        { rerank: { ml_opensearch: { model_id: 'none' }, context: { document_fields: ['text'] } } },
      ],
    });
    const settings = { 'index.search.default_pipeline': { $ref: `SearchPipeline/${name}` } };
    const index = manifest('Index', name, { ...MAPPED, settings });
    await bench.provision(pipeline + index + seedOf(name, [{ text: 'one' }]));
    await bench.raw('PUT', `/${name}/_doc/theirs?refresh=true`, { text: 'theirs' });
    expect(refusalsOf(await bench.planOf('', PRUNE))).toMatchObject([{ code: 'RCTL_DATA_LOSS' }]);
    await bench.raw('DELETE', `/${name}/_doc/theirs?refresh=true`);
    await bench.provision('', PRUNE);
    expect(await exists(`/${name}`)).toBe(false);
  });

  it('of a seed that leaves an index which stays, only the seeded documents go', async () => {
    const name = uniqueName('prov-removal');
    const index = manifest('Index', name, MAPPED);
    await bench.provision(index + seedOf(name, [{ text: 'one' }]));
    await bench.raw('PUT', `/${name}/_doc/theirs?refresh=true`, { text: 'theirs' });
    await bench.provision(index, PRUNE);
    const { body } = await bench.cluster.request({ method: 'GET', path: `/${name}/_search` });
    expect(JSON.stringify(body)).toContain('theirs');
    expect(JSON.stringify(body)).not.toContain('one');
    expect(summaryOf(await bench.planOf(index, PRUNE))).toEqual([]);
  });
});

describe('rerankctl destroy', () => {
  const [, server] = SERVERS[0] ?? [];
  if (server === undefined) throw new Error('no server');
  const stack = uniqueName('destroy');
  const yaml = manifest('ModelGroup', 'group', { name: stack }) + manifest('SearchPipeline', stack, {});
  const run = (...args: string[]) =>
    rerankctl([...args, '--url', server.url, '--stack', stack], { stdin: yaml });

  it('shows what it would do, wants the name of the stack, deletes all, and then has nothing left to do', async () => {
    expect(await run('apply', '--yes', '-f', '-')).toMatchObject({ code: 0 });
    const shown = await run('destroy');
    expect(shown.code).toBe(8);
    expect(shown.stdout).toContain('2 to delete');
    expect(shown.stderr).toContain(`rerankctl destroy --stack ${stack} --confirm ${stack}`);
    expect(await run('destroy', '--confirm', 'production')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('is not the name of the stack'),
    });
    expect(await run('plan', '-f', '-', '--detailed-exitcode')).toMatchObject({ code: 0 });
    const done = await run('destroy', '--confirm', stack);
    expect(done, done.stderr).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 changes applied'),
    });
    expect(await run('destroy', '--confirm', stack)).toMatchObject({
      code: 0,
      stdout: `The stack ${stack} holds nothing.\n`,
    });
  });

  it('is named when --prune is given no manifest at all', async () => {
    const ran = await rerankctl(
      ['apply', '--yes', '-f', '-', '--prune', '--url', server.url, '--stack', stack],
      {
        stdin: '# nothing\n',
      },
    );
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('rerankctl destroy');
  });
});
