import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from '../support/cli.ts';
import { openDesk } from '../support/export.ts';
import { uniqueName } from '../support/node.ts';
import {
  type Bench,
  isStateWrite,
  liveIndex,
  manifest,
  openBench,
  refusalsOf,
  SERVERS,
  summaryOf,
} from '../support/provision.ts';
import {
  documents,
  fill,
  indexManifest,
  line,
  passages,
  SMALL,
  whileSearching,
  whileWriting,
} from './index-story.ts';

/** The command, for what only a process can do. */
function startOn({ stack, server, proxy }: Bench, stdin: string): ReturnType<typeof start> {
  const { username, password } = server.login;
  const env =
    username === undefined ? {} : { OPENSEARCH_USERNAME: username, OPENSEARCH_PASSWORD: password ?? '' };
  return start(['apply', '--yes', '-f', '-', '--stack', stack, '--url', proxy.url], { stdin, env });
}

describe.each(SERVERS)('a rollout of an index on %s', (_title, server) => {
  let bench: Bench;
  const made: string[] = [];
  const newName = (): string => {
    const name = uniqueName('ixr');
    made.push(name);
    return name;
  };

  beforeAll(async () => {
    bench = await openBench(server, 'ixr');
  });
  afterAll(async () => {
    for (const name of made) {
      for (const index of Object.keys(await line(bench, name))) await bench.raw('DELETE', `/${index}`);
    }
    await bench.cleanUp();
  });

  it('begins with an index behind an alias', async () => {
    const name = newName();
    const yaml = indexManifest(name, { ...passages('standard'), aliases: { [`${name}a`]: {} } });
    expect(summaryOf(await bench.planOf(yaml))).toEqual([`Index/${name} create: create ${name}-1`]);
    await bench.settle(yaml);
    expect(await line(bench, name)).toEqual({ [`${name}-1`]: [name, `${name}a`] });
  });

  it('copies all documents, and no search fails or finds nothing', async () => {
    const name = newName();
    await bench.settle(indexManifest(name, passages('standard')));
    await fill(bench, name, 12_000);
    const before = await documents(bench, name);
    const next = indexManifest(name, passages('english'));
    const change = await bench.onlyChange(next);
    expect(change).toMatchObject({
      action: 'replace',
      steps: [`create ${name}-2`, 'copy', 'check the counts', 'swap the alias', `retire ${name}-1`],
      reason: 'mappings.properties.text.analyzer cannot be changed in place',
    });
    const seen = await whileSearching(bench, name, () => bench.provision(next));
    expect(seen.errors).toEqual([]);
    expect(new Set(seen.totals)).toEqual(new Set([12_000]));
    expect(await documents(bench, name)).toEqual(before);
    expect(await line(bench, name)).toEqual({ [`${name}-2`]: [name] });
    await bench.settle(next);
    const sharded = indexManifest(name, passages('english', { ...SMALL, number_of_shards: 3 }));
    await bench.settle(sharded);
    expect(await line(bench, name)).toEqual({ [`${name}-3`]: [name] });
    expect(await documents(bench, name)).toEqual(before);
    expect((await liveIndex(bench, `${name}-3`)).settings['index.number_of_shards']).toBe('3');
  });

  it('loses no write and brings back nothing that was deleted', async () => {
    const name = newName();
    await bench.settle(indexManifest(name, passages('standard', { ...SMALL, number_of_shards: 2 })));
    await fill(bench, name, 20_000);
    const before = await documents(bench, name);
    const written = await whileWriting(bench, name, () =>
      bench.provision(indexManifest(name, passages('keyword', { ...SMALL, number_of_shards: 2 }))),
    );
    expect(written.errors).toEqual([]);
    const expected = new Map(before);
    for (const [id, doc] of written.acknowledged) {
      if (doc === undefined) expected.delete(id);
      else expected.set(id, doc);
    }
    process.stdout.write(`writes: ${written.acknowledged.size} IDs, ${written.refused} refusals\n`);
    const after = await documents(bench, name);
    expect([...expected.keys()].filter((id) => !after.has(id))).toEqual([]);
    expect([...after.keys()].filter((id) => !expected.has(id))).toEqual([]);
    expect(after).toEqual(expected);
    expect(await line(bench, name)).toEqual({ [`${name}-2`]: [name] });
  });

  it('has what was written in the last moment before the block, however it was written', async () => {
    const name = newName();
    const settings = { ...SMALL, number_of_shards: 2, gc_deletes: '1s' };
    await bench.settle(indexManifest(name, passages('standard', settings)));
    await fill(bench, name, 200);
    const write = (id: string, body: object, query = ''): Promise<unknown> =>
      bench.raw('PUT', `/${name}/_doc/${id}?refresh=true${query}`, body);
    await write('routed', { text: 'routed' }, '&routing=a');
    await write('routed-gone', { text: 'routed' }, '&routing=b');
    for (const text of ['first', 'second', 'third']) await write('again', { text });
    const blocked: string[] = [];
    bench.proxy.onRequest(async (_n, { path }) => {
      if (!path.endsWith('/_block/write')) return;
      blocked.push(path);
      await bench.raw('DELETE', `/${name}/_doc/again`);
      await bench.raw('DELETE', `/${name}/_doc/d7`);
      await bench.raw('DELETE', `/${name}/_doc/routed-gone?routing=b`);
      // The server forgets the version of what was deleted; then a document of that ID begins with 1 again.
      await sleep(2_500);
      for (let i = 0; i < 4; i++) await write(`late${i}`, { text: 'late' });
      await bench.raw('POST', `/${name}/_flush`);
      await sleep(1_500);
      await write('again', { text: 'anew' });
      await write('routed', { text: 'routed anew' }, '&routing=a');
    });
    await bench.provision(indexManifest(name, passages('english', settings)));
    bench.proxy.onRequest(() => undefined);
    expect(blocked).toEqual([`/${name}-1/_block/write`]);
    const after = await documents(bench, name);
    expect(after.get('again')).toEqual({ text: 'anew' });
    expect(after.get('routed')).toEqual({ text: 'routed anew' });
    expect([after.has('d7'), after.has('routed-gone'), after.has('late3')]).toEqual([false, false, true]);
    expect(after.size).toBe(200 - 1 + 1 + 1 + 4);
    expect(await bench.raw('GET', `/${name}/_doc/routed?routing=a`)).toMatchObject({ found: true });
  });

  it('makes an alias of a plain index', async () => {
    const name = newName();
    const aliases = { [`${name}a`]: { filter: { term: { n: 1 } } } };
    await bench.settle(indexManifest(name, { ...passages('standard'), aliases }, { plain: true }));
    await fill(bench, name, 3_000);
    await bench.raw('PUT', `/${name}/_alias/${name}theirs`, {});
    await bench.raw('PUT', `/${name}/_mapping`, { properties: { theirs: { type: 'keyword' } } });
    await bench.raw('PUT', `/${name}/_settings`, { 'index.max_result_window': 20_000 });
    const before = await documents(bench, name);
    const [refusal] = refusalsOf(
      await bench.planOf(indexManifest(name, { ...passages('english'), aliases }, { plain: true })),
    );
    expect(refusal).toMatchObject({
      code: 'RCTL_INDEX_IMMUTABLE',
      pointer: '/spec/mappings/properties/text/analyzer',
    });
    expect(refusal?.remedy).toContain('lifecycle.rollout: reindex');
    const next = indexManifest(name, { ...passages('english'), aliases });
    const seen = await whileSearching(bench, name, () => bench.provision(next));
    expect(seen.errors).toEqual([]);
    expect(new Set(seen.totals)).toEqual(new Set([3_000]));
    expect(await line(bench, name)).toEqual({ [`${name}-2`]: [name, `${name}a`, `${name}theirs`] });
    const { mappings, settings } = await liveIndex(bench, `${name}-2`);
    expect(mappings).toMatchObject({
      properties: { theirs: { type: 'keyword' }, text: { analyzer: 'english' } },
    });
    expect(settings['index.max_result_window']).toBe('20000');
    expect(await documents(bench, name)).toEqual(before);
    await bench.settle(next);
    // And it can be changed in place from then on, also without the option.
    await bench.settle(
      indexManifest(
        name,
        { ...passages('english', { ...SMALL, refresh_interval: '7s' }), aliases },
        { plain: true },
      ),
    );
  });

  it('works on an index whose default pipeline reranks, which breaks _reindex and _count', async () => {
    const name = newName();
    const rerank = { ml_opensearch: { model_id: 'none' }, context: { document_fields: ['text'] } };
    const yaml = (type: 'standard' | 'english', declared: boolean): string =>
      manifest('SearchPipeline', name, { response_processors: [{ rerank }] }) +
      indexManifest(
        name,
        passages(type, {
          ...SMALL,
          ...(declared ? { 'search.default_pipeline': { $ref: `SearchPipeline/${name}` } } : {}),
        }),
      );
    await bench.settle(yaml('standard', true));
    await fill(bench, name, 1_500);
    const before = await documents(bench, name);
    await expect(
      bench.raw('POST', '/_reindex', { source: { index: name }, dest: { index: `${name}x` } }),
    ).rejects.toThrow();
    await expect(bench.raw('GET', `/${name}/_count`)).rejects.toThrow();
    await bench.settle(yaml('english', true));
    expect((await liveIndex(bench, `${name}-2`)).settings['index.search.default_pipeline']).toBe(name);
    expect(await documents(bench, name)).toEqual(before);
    // The new index has it as the manifest says, and not as the old one had it.
    await bench.settle(yaml('standard', false));
    expect((await liveIndex(bench, `${name}-3`)).settings['index.search.default_pipeline']).toBeUndefined();
  });

  it('goes with what was seeded, which stays known', async () => {
    const name = newName();
    const seed = manifest('SeedData', name, {
      index: { $ref: `Index/${name}` },
      documents: [{ text: 'one' }, { text: 'two' }],
    });
    await bench.settle(indexManifest(name, passages('standard')) + seed);
    const next = indexManifest(name, passages('english')) + seed;
    expect(summaryOf(await bench.planOf(next))).toHaveLength(1);
    await bench.settle(next);
    expect((await documents(bench, name)).size).toBe(2);
    await bench.loseState();
    expect(summaryOf(await bench.planOf(next))).toEqual([`Index/${name} adopt`, `SeedData/${name} adopt`]);
    await bench.settle(next);
    await fill(bench, name, 1);
    const rules = { removals: { maxDeletes: 10, allowDataLoss: false } };
    expect(refusalsOf(await bench.planOf('', rules))).toMatchObject([{ code: 'RCTL_DATA_LOSS' }]);
    await bench.provision('', { removals: { maxDeletes: 10, allowDataLoss: true } });
    expect(await line(bench, name)).toEqual({});
  });

  it('whose documents the new mapping refuses leaves everything as it was', async () => {
    const name = newName();
    await bench.settle(indexManifest(name, passages('standard')));
    await fill(bench, name, 50);
    const before = [await bench.raw('GET', `/${name}-1`), await documents(bench, name)];
    const wrong = indexManifest(name, {
      settings: SMALL,
      mappings: { properties: { text: { type: 'integer' }, n: { type: 'integer' } } },
    });
    const { report } = await bench.tryProvision(wrong);
    expect(report.outcomes).toMatchObject([
      { result: 'failed', error: { code: 'RCTL_ROLLOUT_COPY_FAILED' } },
    ]);
    expect(JSON.stringify(report.outcomes)).toContain('word');
    expect([await bench.raw('GET', `/${name}-1`), await documents(bench, name)]).toEqual(before);
    expect(await line(bench, name)).toEqual({ [`${name}-1`]: [name] });
    expect(summaryOf(await bench.planOf(indexManifest(name, passages('standard'))))).toEqual([]);
  });

  it('that cannot check the counts leaves everything as it was, and no block', async () => {
    const name = newName();
    await bench.raw('PUT', `/_ingest/pipeline/${name}`, { processors: [{ drop: { if: 'ctx.n == 7' } }] });
    await bench.settle(indexManifest(name, passages('standard')));
    await fill(bench, name, 50);
    const before = await bench.raw('GET', `/${name}-1`);
    const { report } = await bench.tryProvision(
      indexManifest(name, passages('english', { ...SMALL, default_pipeline: name })),
    );
    expect(report.outcomes).toMatchObject([{ result: 'failed', error: { code: 'RCTL_ROLLOUT_COUNT' } }]);
    expect(await bench.raw('GET', `/${name}-1`)).toEqual(before);
    expect(await line(bench, name)).toEqual({ [`${name}-1`]: [name] });
    await bench.raw('PUT', `/${name}/_doc/again`, { text: 'x' });
    await bench.raw('DELETE', `/_ingest/pipeline/${name}`);
  });

  it('that is interrupted leaves everything as it was, and no block', async () => {
    const name = newName();
    await bench.settle(indexManifest(name, passages('standard')));
    await fill(bench, name, 500);
    const before = await bench.raw('GET', `/${name}-1`);
    for (const moment of [/_reindex$/, /_block\/write$/]) {
      const { child, ended } = startOn(bench, indexManifest(name, passages('english')));
      bench.proxy.onRequest(async (_n, { path }) => {
        if (!moment.test(path)) return;
        child.kill('SIGINT');
        await sleep(300);
      });
      const ran = await ended;
      bench.proxy.onRequest(() => undefined);
      expect(ran.code, ran.stdout + ran.stderr).toBe(130);
      expect(await bench.raw('GET', `/${name}-1`)).toEqual(before);
      expect(await line(bench, name)).toEqual({ [`${name}-1`]: [name] });
    }
    await bench.raw('PUT', `/${name}/_doc/again`, { text: 'x' });
    expect(summaryOf(await bench.planOf(indexManifest(name, passages('standard'))))).toEqual([]);
  });

  it('is refused where the documents are not kept whole', async () => {
    const name = newName();
    const without = (type: 'standard' | 'english'): object => {
      const spec = passages(type) as { mappings: object };
      return { ...spec, mappings: { ...spec.mappings, _source: { enabled: false } } };
    };
    await bench.settle(indexManifest(name, without('standard')));
    expect(refusalsOf(await bench.planOf(indexManifest(name, without('english'))))).toMatchObject([
      { code: 'RCTL_ROLLOUT_NO_SOURCE', pointer: '/metadata/lifecycle/rollout' },
    ]);
  });

  it('takes over an alias that people have made of an index of that line, and no other', async () => {
    const name = newName();
    await bench.raw('PUT', `/${name}-4`, { ...passages('standard'), aliases: { [name]: {} } });
    expect(
      refusalsOf(await bench.planOf(indexManifest(name, passages('standard'), { plain: true }))),
    ).toMatchObject([{ code: 'RCTL_NAME_IS_ALIAS' }]);
    expect(summaryOf(await bench.planOf(indexManifest(name, passages('standard'))))).toEqual([
      `Index/${name} adopt`,
    ]);
    await fill(bench, name, 10);
    const before = await documents(bench, name);
    await bench.settle(indexManifest(name, passages('english')));
    expect(await line(bench, name)).toEqual({ [`${name}-5`]: [name] });
    expect(await documents(bench, name)).toEqual(before);
    const other = newName();
    await bench.raw('PUT', `/${other}-x`, { ...passages('standard'), aliases: { [other]: {} } });
    expect(refusalsOf(await bench.planOf(indexManifest(other, passages('standard'))))).toMatchObject([
      { code: 'RCTL_NAME_IS_ALIAS' },
    ]);
  });

  it('is exported under its name, with the option, and adopted from there', async () => {
    const name = newName();
    const aliases = { [`${name}a`]: {} };
    await bench.settle(indexManifest(name, { ...passages('standard'), aliases }));
    await bench.settle(indexManifest(name, { ...passages('english'), aliases }));
    const desk = await openDesk(bench);
    try {
      const { code, stderr } = await desk.rerankctl(
        'export',
        '--to',
        'out',
        '--kind',
        'Index',
        '--name',
        name,
      );
      expect(code, stderr).toBe(0);
      const text = await readFile(join(desk.home, 'out', 'index.yaml'), 'utf8');
      expect(text).toContain('rollout: reindex');
      expect(text).not.toMatch(/_meta|rerankctl:/);
      expect(await desk.isAdopted('out')).toEqual([`Index/${name}`]);
    } finally {
      await desk.clear();
    }
  });

  it('is of no other kind', async () => {
    const yaml = manifest('SearchPipeline', newName(), {}, { lifecycle: { rollout: 'reindex' } });
    await expect(bench.planOf(yaml)).rejects.toThrow('RCTL_LIFECYCLE_UNUSED');
  });

  it('is refused where the index must not be destroyed', async () => {
    const name = newName();
    const guarded = (type: 'standard' | 'english'): string =>
      manifest('Index', name, passages(type), {
        lifecycle: { rollout: 'reindex', prevent_destroy: true },
      });
    await bench.settle(guarded('standard'));
    expect(refusalsOf(await bench.planOf(guarded('english')))).toMatchObject([
      { code: 'RCTL_PREVENT_DESTROY' },
    ]);
  });

  it('writes nothing to what others have named alike', async () => {
    const name = newName();
    await bench.raw('PUT', `/${name}-2`, passages('standard'));
    await bench.settle(indexManifest(name, passages('standard')));
    expect(Object.keys(await line(bench, name))).toEqual([`${name}-2`, `${name}-3`]);
    await bench.settle(indexManifest(name, passages('english')));
    expect(await line(bench, name)).toEqual({ [`${name}-2`]: [], [`${name}-4`]: [name] });
    const writes = await bench.writesOf(() => bench.provision(indexManifest(name, passages('english'))));
    expect(writes.filter((write) => !isStateWrite(write))).toEqual([]);
  });
});
