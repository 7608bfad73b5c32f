import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { apply, plan } from '../../src/engine/provision.ts';
import { writeState } from '../../src/engine/state/bulk.ts';
import { documentId, STATE_INDEX } from '../../src/engine/state/format.ts';
import { historyOperations, readHistory } from '../../src/engine/state/history.ts';
import { readState } from '../../src/engine/state/read.ts';
import { loadManifests } from '../../src/manifest/load.ts';
import { searchAll } from '../../src/opensearch/paging.ts';
import { rerankctl } from '../support/cli.ts';
import { nodeUrl, uniqueName } from '../support/node.ts';
import {
  type Bench,
  idsOf,
  isStateWrite,
  load,
  manifest,
  openBench,
  refusalsOf,
  SERVERS,
  summaryOf,
} from '../support/provision.ts';
import { TINY } from '../support/tiny-model.ts';
import { storedZip } from '../support/zip.ts';

describe.each(SERVERS)('The state on %s', (_title, server) => {
  let bench: Bench;
  let folder: string;
  beforeAll(async () => {
    bench = await openBench(server, 'state');
    folder = await mkdtemp(join(tmpdir(), 'rerankctl-state-'));
    await writeFile(join(folder, 'model.zip'), storedZip({ 'tokenizer.json': '{}', 'model.pt': 'state' }));
  });
  afterEach(() => bench.wipe());
  afterAll(async () => {
    await bench.cleanUp();
    await rm(folder, { recursive: true });
  });

  const groupOf = (name: string, address = name, metadata: object = {}): string =>
    manifest('ModelGroup', address, { name }, metadata);
  const modelOf = (name: string, group: string, address = name, metadata: object = {}): string =>
    manifest(
      'Model',
      address,
      {
        name,
        model_group_id: { $ref: `ModelGroup/${group}` },
        ...TINY,
        file: join(folder, 'model.zip'),
        deploy: false,
      },
      metadata,
    );

  /** Every document of the stack, as text. */
  async function stored(): Promise<string> {
    return JSON.stringify(
      await searchAll(bench.cluster, `/${STATE_INDEX}/_search`, { term: { stack: bench.stack } }),
    );
  }

  it('that is lost is found again: every resource is adopted, none made twice', async () => {
    const name = uniqueName('state');
    const yaml = [
      groupOf(name),
      modelOf(name, name),
      manifest('Index', name, { mappings: { properties: { text: { type: 'text' } } } }),
      manifest('SeedData', name, { index: { $ref: `Index/${name}` }, documents: [{ text: 'one' }] }),
      manifest('SearchPipeline', name, { description: 'x' }),
    ].join('');
    await bench.settle(yaml);
    await bench.loseState();
    const lost = await bench.planOf(yaml);
    expect(lost.changes.map(({ action }) => action)).toEqual(Array(5).fill('adopt'));
    const writes = await bench.writesOf(() => bench.provision(yaml));
    expect(writes.filter((write) => !isStateWrite(write))).toEqual([]);
    await bench.settle(yaml);
  });

  it('that is lost cannot tell two of one name apart: an error that lists them', async () => {
    const name = uniqueName('state');
    const yaml = groupOf(name) + modelOf(name, name);
    await bench.settle(yaml);
    const [group] = await idsOf(bench.cluster, 'model_groups', name);
    const [first] = await idsOf(bench.cluster, 'models', name);
    const twin = (await bench.raw('GET', `/_plugins/_ml/models/${first}`)) as Record<string, unknown>;
    await bench.raw('POST', '/_plugins/_ml/models/_register_meta', {
      name,
      function_name: 'TEXT_SIMILARITY',
      model_group_id: group,
      model_format: 'TORCH_SCRIPT',
      model_config: twin.model_config,
      model_content_hash_value: twin.model_content_hash_value,
      model_content_size_in_bytes: twin.model_content_size_in_bytes,
      total_chunks: 1,
    });
    const second = (await idsOf(bench.cluster, 'models', name)).find((id) => id !== first);
    // Any body will do: nothing is checked when the last chunk comes.
    await bench.cluster.request({
      method: 'POST',
      path: `/_plugins/_ml/models/${second}/upload_chunk/0`,
      body: Buffer.from('x'),
      contentType: 'application/json',
    });
    // The state knows which one is meant.
    expect(summaryOf(await bench.planOf(yaml))).toEqual([]);
    await bench.loseState();
    await expect
      .poll(async () => refusalsOf(await bench.planOf(yaml)), { timeout: 15_000 })
      .toMatchObject([
        {
          code: 'RCTL_AMBIGUOUS_MODEL',
          message: expect.stringMatching(new RegExp(`${first}.*${second}|${second}.*${first}`)),
        },
      ]);
  });

  it('knows a resource under its new address: `moved_from` touches nothing on the server', async () => {
    const name = uniqueName('state');
    await bench.settle(groupOf(name, 'old-group') + modelOf(name, 'old-group', 'old-model'));
    const moved =
      groupOf(name, 'group', { moved_from: ['ModelGroup/older', 'ModelGroup/old-group'] }) +
      modelOf(name, 'group', 'model', { moved_from: ['Model/old-model'] });
    const plan = await bench.planOf(moved, { removals: { maxDeletes: 0, allowDataLoss: false } });
    expect(plan.changes).toMatchObject([
      { address: 'ModelGroup/group', action: 'move', movedFrom: 'ModelGroup/old-group' },
      { address: 'Model/model', action: 'move', movedFrom: 'Model/old-model' },
    ]);
    const writes = await bench.writesOf(() => bench.provision(moved));
    expect(writes.filter((write) => !isStateWrite(write))).toEqual([]);
    await bench.settle(moved);
    const { records } = await readState(bench.cluster, bench.stack);
    expect([...records.keys()].sort()).toEqual(['Model/model', 'ModelGroup/group']);
  });

  it('of a move that was interrupted between its two writes is put right, and nothing is deleted', async () => {
    const name = uniqueName('state');
    await bench.settle(groupOf(name, 'group'));
    const { records } = await readState(bench.cluster, bench.stack);
    const old = { ...records.get('ModelGroup/group'), address: 'ModelGroup/old' };
    await bench.raw(
      'PUT',
      `/${STATE_INDEX}/_doc/${encodeURIComponent(`${bench.stack}:ModelGroup/old`)}?refresh=true`,
      {
        format: 2,
        stack: bench.stack,
        type: 'resource',
        address: 'ModelGroup/old',
        record: old,
      },
    );
    const yaml = groupOf(name, 'group', { moved_from: ['ModelGroup/old'] });
    const { plan } = await bench.provision(yaml, { removals: { maxDeletes: 10, allowDataLoss: false } });
    expect(plan.changes).toMatchObject([{ action: 'move', movedFrom: 'ModelGroup/old' }]);
    expect([...(await readState(bench.cluster, bench.stack)).records.keys()]).toEqual(['ModelGroup/group']);
    await bench.settle(yaml);
  });

  it('moves nothing whose name is the name on the server', async () => {
    const name = uniqueName('state');
    await bench.provision(manifest('SearchPipeline', name, {}));
    const renamed = manifest('SearchPipeline', `${name}-new`, {}, { moved_from: [`SearchPipeline/${name}`] });
    expect(refusalsOf(await bench.planOf(renamed))).toMatchObject([{ code: 'RCTL_MOVE_NAMED' }]);
  });

  it('holds no secret, and yet sees when one is rotated', async () => {
    const name = uniqueName('state');
    const yaml = manifest('Index', name, {
      mappings: { _meta: { key: { $env: 'API_KEY' } }, properties: { text: { type: 'text' } } },
    });
    const resourcesWith = async (secret: string) =>
      (
        await loadManifests(['-'], {
          cwd: folder,
          env: { API_KEY: secret },
          vars: {},
          stdin: async () => yaml,
        })
      ).resources;
    const prepare = async (secret: string) =>
      plan(bench.cluster, await resourcesWith(secret), { stack: bench.stack });
    const options = {
      listener: () => undefined,
      signal: new AbortController().signal,
      parallelism: 1,
      waitMs: 10_000,
      command: 'test',
    };
    await load(manifest('Index', name, {})); // so that it is wiped
    await bench.planOf(manifest('Index', name, {}));
    await apply(bench.cluster, await prepare('topsecret-1234'), options);
    expect(await stored()).not.toContain('topsecret');
    expect(await stored()).toContain('scrypt:');
    expect(summaryOf((await prepare('topsecret-1234')).plan)).toEqual([]);
    const rotated = (await prepare('topsecret-5678')).plan;
    expect(summaryOf(rotated)).toEqual([`Index/${name} update: mappings`]);
    expect(JSON.stringify(rotated)).not.toContain('topsecret');
  });

  it('of format 1 is understood, and written anew when it changes', async () => {
    const name = uniqueName('state');
    const yaml = (version: number): string => manifest('SearchPipeline', name, { version });
    await bench.settle(yaml(1));
    const id = documentId(bench.stack, `SearchPipeline/${name}`);
    const { records } = await readState(bench.cluster, bench.stack);
    await bench.loseState();
    const { lifecycle: _new, ...record } = records.get(`SearchPipeline/${name}`) ?? {};
    await bench.raw('PUT', `/${STATE_INDEX}/_doc/${encodeURIComponent(id)}?refresh=true`, {
      format: 1,
      stack: bench.stack,
      address: `SearchPipeline/${name}`,
      updated_at: new Date().toISOString(),
      record,
    });
    expect(summaryOf(await bench.planOf(yaml(1)))).toEqual([]);
    await bench.settle(yaml(2));
    expect(await stored()).toContain('"format":2,');
    expect(await stored()).not.toContain('"format":1,');
  });

  it('of a newer format is left alone', async () => {
    await bench.raw(
      'PUT',
      `/${STATE_INDEX}/_doc/${encodeURIComponent(documentId(bench.stack, 'Index/x'))}?refresh=true`,
      {
        format: 99,
        stack: bench.stack,
        type: 'resource',
        address: 'Index/x',
        record: {},
      },
    );
    await expect(bench.planOf(manifest('Index', 'x', {}))).rejects.toMatchObject({
      code: 'RCTL_STATE_TOO_NEW',
      failure: 'refused',
    });
  });

  it('that somebody else changed meanwhile is not written over', async () => {
    const name = uniqueName('state');
    await bench.settle(manifest('SearchPipeline', name, { version: 1 }));
    const id = encodeURIComponent(documentId(bench.stack, `SearchPipeline/${name}`));
    bench.proxy.onRequest(async (_n, { method, path }) => {
      if (method !== 'PUT' || !path.includes('_search/pipeline')) return;
      await bench.raw('POST', `/${STATE_INDEX}/_update/${id}`, {
        doc: { record: { facts: { theirs: true } } },
      });
    });
    const { report } = await bench.tryProvision(manifest('SearchPipeline', name, { version: 2 }));
    bench.proxy.reset();
    expect(report.diagnostics).toMatchObject([{ code: 'RCTL_STATE_CONFLICT' }]);
    expect(await stored()).toContain('theirs');
    await bench.settle(manifest('SearchPipeline', name, { version: 2 }));
  });

  it('remembers a bounded number of applies', async () => {
    const changes = [{ address: 'Index/x' as const, action: 'create' as const, result: 'done' as const }];
    const entry = { command: 'c', by: 'b', host: 'h', version: 'v', startedAt: 's', endedAt: 'e', changes };
    await bench.provision(groupOf(uniqueName('state')));
    for (let fence = 2; fence <= 60; fence++) {
      await writeState(bench.cluster, historyOperations(bench.stack, { ...entry, fence }));
    }
    const fences = (await readHistory(bench.cluster, bench.stack)).map(({ fence }) => fence);
    expect(fences).toEqual(Array.from({ length: 50 }, (_, i) => 60 - i));
  });
});

describe('rerankctl state', () => {
  const stack = uniqueName('state-cli');
  const yaml = (group: string): string =>
    manifest('ModelGroup', group, { name: stack }) + manifest('SearchPipeline', stack, {});
  const run = (args: readonly string[], stdin = '') =>
    rerankctl([...args, '--url', nodeUrl(), '--stack', stack], { stdin });
  const planned = async (group: string): Promise<string> =>
    (await run(['plan', '-f', '-'], yaml(group))).stdout;
  beforeAll(() => run(['apply', '--yes', '-f', '-'], yaml('group')));
  afterAll(() => run(['destroy', '--confirm', stack]));

  it('lists, shows, moves and forgets, and tells of it afterwards', async () => {
    expect((await run(['state', 'list'])).stdout).toMatch(/^ModelGroup\/group +\S{20}\nSearchPipeline\//);
    expect((await run(['state', 'show', 'ModelGroup/group'])).stdout).toContain(`name: ${stack}`);
    expect(await run(['state', 'mv', 'ModelGroup/group', 'ModelGroup/renamed'])).toMatchObject({ code: 0 });
    expect(await planned('renamed')).toContain('No changes');
    expect(await run(['state', 'rm', 'ModelGroup/renamed'])).toMatchObject({ code: 0 });
    expect(await planned('renamed')).toMatch(/<= ModelGroup\/renamed +adopt/);
    expect(await run(['apply', '--yes', '-f', '-'], yaml('renamed'))).toMatchObject({ code: 0 });
    const history = (await run(['state', 'history'])).stdout;
    expect(history).toMatch(
      /#4 .*rerankctl apply: 1 adopt\n {6}ModelGroup\/renamed: adopt done\n#3 .*state rm/,
    );
    expect(history).toMatch(/#2 .*state mv: 1 move\n#1 .*rerankctl apply: 2 create/);
    expect((await run(['state', 'unlock'])).stdout).toBe(`Nobody held the stack ${stack}.\n`);
    const json = JSON.parse((await run(['state', 'history', '--output', 'json'])).stdout);
    expect(json).toMatchObject({ command: 'state', exitCode: 0, history: [{ fence: 4 }, {}, {}, {}] });
  });

  it.each([
    [['state'], 3, 'It is one of list'],
    [['state', 'lst'], 3, 'Did you mean `list`'],
    [['state', 'show'], 3, 'state show takes ADDRESS'],
    [['state', 'list', 'all'], 3, 'takes nothing more'],
    [['state', 'rm', 'SearchPipline/x'], 8, 'knows no SearchPipline/x'],
    [['state', 'mv', `SearchPipeline/${stack}`, 'SearchPipeline/other'], 8, 'is the name on the server'],
    [['state', 'mv', `SearchPipeline/${stack}`, 'Index/other'], 8, 'Only the name can change'],
  ])('%j is refused', async (args, code, message) => {
    expect(await run(args)).toMatchObject({ code, stderr: expect.stringContaining(message) });
  });
});
