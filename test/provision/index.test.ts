import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pendingChanges } from '../../src/core/plan.ts';
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

describe.each(SERVERS)('Index on %s', (_title, server) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(server, 'prov-index');
  });
  afterAll(() => bench.cleanUp());

  const SMALL = { number_of_shards: 1, number_of_replicas: 0 };
  const PASSAGES = { properties: { passage_text: { type: 'text' } } };
  const index = (name: string, spec: object): string => manifest('Index', name, spec);

  it('is created as the manifest says, and then there is nothing to do', async () => {
    const name = uniqueName('prov-i');
    const yaml = index(name, {
      settings: { index: { ...SMALL, max_result_window: 500 } },
      mappings: { ...PASSAGES, _meta: { owner: 'search' } },
      aliases: { [`${name}-alias`]: {} },
    });
    expect(summaryOf(await bench.planOf(yaml))).toEqual([`Index/${name} create: create`]);
    await bench.settle(yaml);
    const live = await liveIndex(bench, name);
    expect(live.settings).toMatchObject({
      'index.number_of_replicas': '0',
      'index.max_result_window': '500',
    });
    expect(live.mappings).toMatchObject({ ...PASSAGES, _meta: { owner: 'search' } });
    expect(Object.keys(live.aliases)).toEqual([`${name}-alias`]);
  });

  it('with an empty spec is created with the defaults of the server', async () => {
    const name = uniqueName('prov-i');
    await bench.settle(index(name, {}));
    expect((await liveIndex(bench, name)).settings).toMatchObject({ 'index.number_of_shards': '1' });
  });

  it('changes dynamic settings in place, and sets back what leaves the manifest', async () => {
    const name = uniqueName('prov-i');
    await bench.settle(
      index(name, { settings: { ...SMALL, refresh_interval: '5s', max_result_window: 500 } }),
    );
    const changed = index(name, { settings: { ...SMALL, refresh_interval: '7s' } });
    const change = await bench.onlyChange(changed);
    expect(change).toMatchObject({ action: 'update', steps: ['settings'] });
    expect(change.fields).toMatchObject([
      { pointer: '/settings/refresh_interval', before: '5s', after: '7s' },
      { pointer: '/settings/index.max_result_window', before: '500' },
    ]);
    await bench.settle(changed);
    const { settings } = await liveIndex(bench, name);
    expect(settings['index.refresh_interval']).toBe('7s');
    expect(settings).not.toHaveProperty(['index.max_result_window']);
  });

  it('leaves settings alone that it never applied', async () => {
    const name = uniqueName('prov-i');
    const yaml = index(name, { settings: SMALL });
    await bench.settle(yaml);
    await bench.raw('PUT', `/${name}/_settings`, { 'index.refresh_interval': '9s' });
    await bench.settle(yaml);
    expect((await liveIndex(bench, name)).settings['index.refresh_interval']).toBe('9s');
  });

  it('takes the null of a setting for its default', async () => {
    const name = uniqueName('prov-i');
    await bench.settle(index(name, { settings: { ...SMALL, refresh_interval: null } }));
    await bench.settle(index(name, { settings: { ...SMALL, refresh_interval: '5s' } }));
    await bench.settle(index(name, { settings: { ...SMALL, refresh_interval: null } }));
    expect((await liveIndex(bench, name)).settings).not.toHaveProperty(['index.refresh_interval']);
  });

  it('gets new fields, at the top and inside of objects', async () => {
    const name = uniqueName('prov-i');
    const author = { properties: { name: { type: 'keyword' } } };
    await bench.settle(index(name, { mappings: { properties: { passage_text: { type: 'text' }, author } } }));
    const more = index(name, {
      mappings: {
        properties: {
          passage_text: { type: 'text', fields: { raw: { type: 'keyword', ignore_above: 100 } } },
          author: { properties: { name: { type: 'keyword' }, born: { type: 'date' } } },
          year: { type: 'integer' },
          home: { properties: { city: { type: 'text' } } },
        },
      },
    });
    const change = await bench.onlyChange(more);
    expect(change).toMatchObject({ action: 'update', steps: ['mappings'] });
    expect(change.fields.map(({ pointer }) => pointer).sort()).toEqual([
      '/mappings/properties/author/properties/born',
      '/mappings/properties/home',
      '/mappings/properties/passage_text/fields',
      '/mappings/properties/year',
    ]);
    await bench.settle(more);
    expect((await liveIndex(bench, name)).mappings).toMatchObject({
      properties: {
        passage_text: { fields: { raw: { type: 'keyword', ignore_above: 100 } } },
        author: { properties: { name: { type: 'keyword' }, born: { type: 'date' } } },
        year: { type: 'integer' },
        home: { properties: { city: { type: 'text' } } },
      },
    });
  });

  it('gets its first fields when it was created without any', async () => {
    const name = uniqueName('prov-i');
    await bench.settle(index(name, { settings: SMALL }));
    await bench.settle(index(name, { settings: SMALL, mappings: PASSAGES }));
    expect((await liveIndex(bench, name)).mappings).toEqual(PASSAGES);
  });

  it('changes what of a field may change, and keeps its fixed parameters', async () => {
    const name = uniqueName('prov-i');
    const tagged = (ignore_above: number) =>
      index(name, {
        mappings: {
          properties: {
            tag: { type: 'keyword', ignore_above, doc_values: false },
            title: { type: 'text', analyzer: 'english', fields: { raw: { type: 'keyword', ignore_above } } },
          },
        },
      });
    await bench.settle(tagged(100));
    const change = await bench.onlyChange(tagged(200));
    expect(change.fields).toMatchObject([
      { pointer: '/mappings/properties/tag/ignore_above', before: 100, after: 200 },
      { pointer: '/mappings/properties/title/fields/raw/ignore_above', before: 100, after: 200 },
    ]);
    await bench.settle(tagged(200));
    expect((await liveIndex(bench, name)).mappings).toMatchObject({
      properties: {
        tag: { ignore_above: 200, doc_values: false },
        title: { analyzer: 'english', fields: { raw: { ignore_above: 200 } } },
      },
    });
  });

  it('changes `dynamic` and `_meta`, however they are written', async () => {
    const name = uniqueName('prov-i');
    const spec = (dynamic: unknown, _meta: object): string =>
      index(name, { mappings: { ...PASSAGES, dynamic, _meta } });
    await bench.settle(spec(false, { rev: 1, owner: { team: 'a' } }));
    expect(summaryOf(await bench.planOf(spec('false', { rev: 1, owner: { team: 'a' } })))).toEqual([]);
    await bench.settle(spec('strict', { rev: 2 }));
    await bench.settle(spec(true, { rev: 2 }));
    await bench.settle(spec('true', { rev: 2 }));
    const { mappings } = await liveIndex(bench, name);
    expect(mappings._meta).toEqual({ rev: 2 });
    expect(String(mappings.dynamic ?? 'true')).toBe('true');
  });

  it('sets back what of its mapping leaves the manifest, and keeps what others put there', async () => {
    const name = uniqueName('prov-i');
    const before = {
      dynamic: 'strict',
      date_detection: false,
      _meta: { rev: 1, owner: { team: 'a', mail: 'b' }, gone: true },
      properties: {
        tag: { type: 'keyword', ignore_above: 100, doc_values: false },
        title: {
          type: 'text',
          analyzer: 'english',
          search_analyzer: 'standard',
          fields: { raw: { type: 'keyword', ignore_above: 100 } },
        },
        author: { properties: { year: { type: 'integer', coerce: false } } },
      },
    };
    await bench.settle(index(name, { mappings: before }));
    await bench.raw('PUT', `/${name}/_mapping`, { _meta: { ...before._meta, theirs: 1 } });
    const after = {
      _meta: { rev: 1, owner: { team: 'a' } },
      properties: {
        tag: { type: 'keyword', doc_values: false },
        title: { type: 'text', analyzer: 'english', fields: { raw: { type: 'keyword' } } },
        author: { properties: { year: { type: 'integer' } } },
      },
    };
    expect((await bench.onlyChange(index(name, { mappings: after }))).fields).toMatchObject([
      { pointer: '/mappings/dynamic', before: 'strict' },
      { pointer: '/mappings/date_detection', before: false },
      { pointer: '/mappings/_meta/owner/mail', before: 'b' },
      { pointer: '/mappings/_meta/gone', before: true },
      { pointer: '/mappings/properties/tag/ignore_above', before: 100 },
      { pointer: '/mappings/properties/title/search_analyzer', before: 'standard' },
      { pointer: '/mappings/properties/title/fields/raw/ignore_above', before: 100 },
      { pointer: '/mappings/properties/author/properties/year/coerce', before: false },
    ]);
    await bench.settle(index(name, { mappings: after }));
    const { mappings } = await liveIndex(bench, name);
    expect(mappings).toMatchObject({ dynamic: 'true', date_detection: true });
    expect(mappings._meta).toEqual({ rev: 1, owner: { team: 'a' }, theirs: 1 });
    expect(mappings.properties).toEqual(after.properties);
    await bench.settle(index(name, {}));
    expect((await liveIndex(bench, name)).mappings._meta).toEqual({ theirs: 1 });
  });

  it('takes a field whose name is written with dots for the field inside of its object', async () => {
    const name = uniqueName('prov-i');
    const dotted = (author: object): string =>
      index(name, { mappings: { properties: { 'author.name': author, year: { type: 'integer' } } } });
    const body = { type: 'keyword', doc_values: false };
    await bench.settle(dotted(body));
    await bench.loseState();
    expect(summaryOf(await bench.planOf(dotted(body)))).toEqual([`Index/${name} adopt`]);
    await bench.settle(dotted(body));
    expect((await bench.onlyChange(dotted({ ...body, ignore_above: 9 }))).fields).toMatchObject([
      { pointer: '/mappings/properties/author.name/ignore_above', after: 9 },
    ]);
    await bench.settle(dotted({ ...body, ignore_above: 9 }));
    expect(refusalsOf(await bench.planOf(dotted({ type: 'text' })))).toMatchObject([
      { code: 'RCTL_INDEX_IMMUTABLE', pointer: '/spec/mappings/properties/author.name/type' },
    ]);
  });

  it('gets, changes and loses aliases', async () => {
    const name = uniqueName('prov-i');
    const aliased = (aliases: object): string => index(name, { mappings: PASSAGES, aliases });
    await bench.settle(aliased({ [`${name}-a`]: {}, [`${name}-b`]: {} }));
    const filter = { term: { passage_text: 'x' } };
    const next = aliased({
      [`${name}-b`]: { filter, is_write_index: true },
      [`${name}-c`]: { routing: '1' },
    });
    expect((await bench.onlyChange(next)).steps).toEqual(['aliases']);
    await bench.settle(next);
    const { aliases } = await liveIndex(bench, name);
    expect(Object.keys(aliases).sort()).toEqual([`${name}-b`, `${name}-c`]);
    expect(aliases[`${name}-b`]).toMatchObject({ is_write_index: true });
    await bench.settle(aliased({ [`${name}-b`]: {} }));
    expect((await liveIndex(bench, name)).aliases).toEqual({ [`${name}-b`]: {} });
    await bench.settle(index(name, { mappings: PASSAGES }));
    expect((await liveIndex(bench, name)).aliases).toEqual({});
  });

  it('leaves aliases and fields alone that others made', async () => {
    const name = uniqueName('prov-i');
    const yaml = index(name, { mappings: PASSAGES, aliases: { [`${name}-ours`]: {} } });
    await bench.settle(yaml);
    await bench.raw('PUT', `/${name}/_alias/${name}-theirs`, {});
    await bench.raw('PUT', `/${name}/_mapping`, { properties: { theirs: { type: 'keyword' } } });
    await bench.settle(yaml);
    expect(Object.keys((await liveIndex(bench, name)).aliases).sort()).toEqual([
      `${name}-ours`,
      `${name}-theirs`,
    ]);
  });

  const BASE = {
    settings: {
      ...SMALL,
      analysis: { analyzer: { words: { type: 'custom', tokenizer: 'whitespace' } } },
    },
    mappings: { properties: { title: { type: 'text', analyzer: 'words' }, year: { type: 'integer' } } },
  };

  it.each([
    [
      'the number of shards',
      '/settings/number_of_shards',
      { ...BASE, settings: { ...BASE.settings, number_of_shards: 2 } },
    ],
    [
      'an analyzer',
      '/settings/analysis/analyzer/words/tokenizer',
      {
        ...BASE,
        settings: {
          ...BASE.settings,
          analysis: { analyzer: { words: { type: 'custom', tokenizer: 'standard' } } },
        },
      },
    ],
    [
      'the type of a field',
      '/mappings/properties/year/type',
      { ...BASE, mappings: { properties: { ...BASE.mappings.properties, year: { type: 'keyword' } } } },
    ],
    [
      'the analyzer of a field',
      '/mappings/properties/title/analyzer',
      {
        ...BASE,
        mappings: {
          properties: { ...BASE.mappings.properties, title: { type: 'text', analyzer: 'english' } },
        },
      },
    ],
    [
      'what of a document is kept',
      '/mappings/_source',
      { ...BASE, mappings: { ...BASE.mappings, _source: { excludes: ['title'] } } },
    ],
    [
      'the value for null of a field',
      '/mappings/properties/year/null_value',
      {
        ...BASE,
        mappings: { properties: { ...BASE.mappings.properties, year: { type: 'integer', null_value: 1 } } },
      },
    ],
    [
      'the doc values of a field',
      '/mappings/properties/year/doc_values',
      {
        ...BASE,
        mappings: {
          properties: { ...BASE.mappings.properties, year: { type: 'integer', doc_values: false } },
        },
      },
    ],
  ])('refuses to change %s, names it, and writes nothing', async (_what, pointer, spec) => {
    const name = uniqueName('prov-i');
    await bench.settle(index(name, BASE));
    // Beside a change that could be made, and a resource that could be: neither is.
    const yaml = index(name, { ...spec, aliases: { [`${name}-a`]: {} } }) + index(`${name}-other`, {});
    const refusals = refusalsOf(await bench.planOf(yaml));
    expect(refusals).toMatchObject([
      { code: 'RCTL_INDEX_IMMUTABLE', pointer: `/spec${pointer}`, address: `Index/${name}` },
    ]);
    expect(refusals[0]?.message).toContain(pointer.slice(1).replaceAll('/', '.'));
    const before = await liveIndex(bench, name);
    const writes = await bench.writesOf(() =>
      expect(bench.provision(yaml)).rejects.toMatchObject({ code: 'RCTL_REFUSED' }),
    );
    expect(writes).toEqual([]);
    expect(await liveIndex(bench, name)).toEqual(before);
  });

  it('that was changed behind its back is shown with before and after, and healed', async () => {
    const name = uniqueName('prov-i');
    const yaml = index(name, {
      settings: { ...SMALL, refresh_interval: '5s' },
      mappings: { properties: { tag: { type: 'keyword', ignore_above: 100 } }, dynamic: 'strict' },
      aliases: { [`${name}-a`]: { filter: { term: { tag: 'a' } } }, [`${name}-b`]: {} },
    });
    await bench.settle(yaml);
    await bench.raw('PUT', `/${name}/_settings`, { 'index.refresh_interval': '1m' });
    await bench.raw('PUT', `/${name}/_mapping`, {
      dynamic: true,
      properties: { tag: { type: 'keyword', ignore_above: 7 } },
    });
    await bench.raw('POST', '/_aliases', {
      actions: [
        { add: { index: name, alias: `${name}-a` } },
        { remove: { index: name, alias: `${name}-b` } },
      ],
    });
    const change = await bench.onlyChange(yaml);
    expect(change).toMatchObject({ action: 'update', steps: ['settings', 'mappings', 'aliases'] });
    expect(change.fields).toMatchObject([
      { pointer: '/settings/refresh_interval', before: '1m', after: '5s' },
      { pointer: '/mappings/properties/tag/ignore_above', before: 7, after: 100 },
      { pointer: '/mappings/dynamic', before: 'true', after: 'strict' },
      { pointer: `/aliases/${name}-a/filter`, after: { term: { tag: 'a' } } },
      { pointer: `/aliases/${name}-b`, after: {} },
    ]);
    await bench.settle(yaml);
    const live = await liveIndex(bench, name);
    expect(live.settings['index.refresh_interval']).toBe('5s');
    expect(live.mappings).toMatchObject({ dynamic: 'strict', properties: { tag: { ignore_above: 100 } } });
    expect(Object.keys(live.aliases)).toHaveLength(2);
  });

  it('that was deleted behind its back is created again', async () => {
    const name = uniqueName('prov-i');
    const yaml = index(name, { mappings: PASSAGES });
    await bench.settle(yaml);
    await bench.raw('DELETE', `/${name}`);
    expect(summaryOf(await bench.planOf(yaml))).toEqual([`Index/${name} create: create`]);
    await bench.settle(yaml);
  });

  it('is adopted when the state is lost, with a write to the state alone', async () => {
    const name = uniqueName('prov-i');
    const yaml = index(name, {
      settings: SMALL,
      mappings: { ...PASSAGES, dynamic: false },
      aliases: { [`${name}-a`]: { filter: { term: { passage_text: 'a' } } } },
    });
    await bench.settle(yaml);
    const { settings } = await liveIndex(bench, name);
    await bench.loseState();
    expect(await bench.onlyChange(yaml)).toMatchObject({ action: 'adopt', id: name });
    const writes = await bench.writesOf(() => bench.provision(yaml));
    expect(writes.filter((write) => !isStateWrite(write))).toEqual([]);
    await bench.settle(yaml);
    expect((await liveIndex(bench, name)).settings['index.uuid']).toBe(settings['index.uuid']);
  });

  it('made by hand is adopted, and then changed by the manifest', async () => {
    const name = uniqueName('prov-i');
    await bench.raw('PUT', `/${name}`, { settings: SMALL, mappings: PASSAGES });
    expect(await bench.onlyChange(index(name, { mappings: PASSAGES }))).toMatchObject({ action: 'adopt' });
    const wider = index(name, { settings: { refresh_interval: '5s' }, mappings: PASSAGES });
    expect(await bench.onlyChange(wider)).toMatchObject({ action: 'update', steps: ['settings'] });
    await bench.settle(wider);
    // It never said how many replicas there are: that is the other's.
    expect((await liveIndex(bench, name)).settings['index.number_of_replicas']).toBe('0');
  });

  it('is refused where its name is an alias of another', async () => {
    const name = uniqueName('prov-i');
    await bench.settle(index(name, { aliases: { [`${name}-alias`]: {} } }));
    const [refusal] = refusalsOf(await bench.planOf(index(`${name}-alias`, {})));
    expect(refusal).toMatchObject({ code: 'RCTL_NAME_IS_ALIAS', pointer: '/metadata/name' });
    expect(refusal?.message).toContain(name);
  });

  it('names a search pipeline by reference', async () => {
    const name = uniqueName('prov-i');
    const yaml =
      index(name, {
        settings: { ...SMALL, 'index.search.default_pipeline': { $ref: `SearchPipeline/${name}-p` } },
      }) +
      manifest('SearchPipeline', `${name}-p`, {
        request_processors: [{ neural_query_enricher: { default_model_id: 'm' } }],
      });
    const made = await bench.planOf(yaml);
    // The dependency goes first.
    expect(pendingChanges(made).map(({ kind }) => kind)).toEqual(['SearchPipeline', 'Index']);
    await bench.settle(yaml);
    expect((await liveIndex(bench, name)).settings['index.search.default_pipeline']).toBe(`${name}-p`);
  });

  it('is made in one apply with many others, and planned by no more requests than one', async () => {
    const many = Array.from({ length: 12 }, () => uniqueName('prov-i'));
    const yaml = many.map((name) => index(name, { settings: SMALL, mappings: PASSAGES })).join('');
    await bench.settle(yaml);
    const requests = async (text: string): Promise<number> => {
      const before = bench.proxy.requests.length;
      await bench.planOf(text);
      return bench.proxy.requests.length - before;
    };
    expect(await requests(yaml)).toBe(
      await requests(index(many[0] ?? '', { settings: SMALL, mappings: PASSAGES })),
    );
  });
});
