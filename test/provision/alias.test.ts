import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, openDesk } from '../support/export.ts';
import { uniqueName } from '../support/node.ts';
import {
  type Bench,
  isStateWrite,
  load,
  manifest,
  openBench,
  refusalsOf,
  SERVERS,
  summaryOf,
} from '../support/provision.ts';

const RULES = { removals: { maxDeletes: 10, allowDataLoss: true } };

describe.each(SERVERS)('Alias on %s', (_title, server) => {
  let bench: Bench;
  let desk: Desk;
  let name: string;
  beforeAll(async () => {
    bench = await openBench(server, 'prov-alias');
    desk = await openDesk(bench);
    name = uniqueName('prov-al');
    for (const each of ['a', 'b', 'c']) {
      await bench.raw('PUT', `/${name}-${each}`, { settings: { number_of_replicas: 0 } });
    }
  });
  afterAll(async () => {
    await bench.cleanUp();
    await bench.raw('DELETE', `/${name}-a,${name}-b,${name}-c`);
    await desk.clear();
  });

  const i = (each: string): string => `${name}-${each}`;
  const alias = (spec: object, of = name): string => manifest('Alias', of, spec);
  /** Index → what it holds of the alias. */
  const live = async (of = name): Promise<Record<string, unknown>> => {
    const body = await bench.raw('GET', `/_alias/${of}`).catch(() => ({}));
    return Object.fromEntries(
      Object.entries(body as Record<string, { aliases: Record<string, unknown> }>).map(([index, held]) => [
        index,
        held.aliases[of],
      ]),
    );
  };
  const actions = (writes: readonly string[]): string[] => writes.filter((write) => !isStateWrite(write));

  it('is made over all its indices, and then there is nothing to do', async () => {
    const yaml = alias({
      indices: [i('a'), i('b')],
      write_index: i('b'),
      filter: { term: { language: 'en' } },
      index_routing: '1',
      search_routing: '1,2',
      is_hidden: true,
    });
    expect(summaryOf(await bench.planOf(yaml))).toEqual([`Alias/${name} create: create`]);
    await bench.settle(yaml);
    const body = {
      filter: { term: { language: 'en' } },
      index_routing: '1',
      search_routing: '1,2',
      is_hidden: true,
    };
    expect(await live()).toEqual({ [i('a')]: body, [i('b')]: { ...body, is_write_index: true } });
  });

  it('moves to other indices in one request', async () => {
    await bench.settle(alias({ indices: [i('a'), i('b')], write_index: i('a') }));
    const next = alias({ indices: [i('b'), i('c')], write_index: i('c') });
    const change = await bench.onlyChange(next);
    expect(change).toMatchObject({
      action: 'update',
      fields: [{ pointer: '/indices', before: [i('a'), i('b')], after: [i('b'), i('c')], by: 'git' }],
      notes: [`${i('a')} will not be reached through it any more`],
    });
    const writes = actions(await bench.writesOf(() => bench.provision(next)));
    expect(writes).toHaveLength(1);
    expect(await live()).toEqual({ [i('b')]: {}, [i('c')]: { is_write_index: true } });
    await bench.settle(next);
  });

  it('follows its manifest in everything else, removals among them', async () => {
    await bench.settle(
      alias({ indices: [i('a'), i('b')], routing: '1', filter: { match_all: {} }, is_hidden: true }),
    );
    const steps: [object, string[]][] = [
      [
        { routing: '2', filter: { match_all: { boost: 2 } }, is_hidden: true },
        ['/filter/match_all/boost', '/routing'],
      ],
      [{ search_routing: '2', filter: { match_all: { boost: 2 } }, is_hidden: true }, ['/routing']],
      [
        { write_index: i('a'), is_hidden: false },
        ['/filter', '/is_hidden', '/search_routing', '/write_index'],
      ],
      [{ write_index: i('b'), is_hidden: false }, ['/write_index']],
      [{ is_hidden: false }, ['/write_index']],
      [{}, ['/is_hidden']],
    ];
    for (const [part, pointers] of steps) {
      const yaml = alias({ indices: [i('a'), i('b')], ...part });
      const { fields } = await bench.onlyChange(yaml);
      expect(fields.map(({ pointer }) => pointer).sort()).toEqual(pointers);
      await bench.settle(yaml);
    }
    expect(await live()).toEqual({ [i('a')]: {}, [i('b')]: {} });
  });

  it('of one index may say whether it takes writes', async () => {
    const of = (is_write_index: boolean): string => alias({ indices: [i('c')], is_write_index });
    await bench.settle(of(false));
    expect(await live()).toEqual({ [i('c')]: { is_write_index: false } });
    expect((await bench.onlyChange(of(true))).fields).toMatchObject([
      { pointer: '/is_write_index', before: false, after: true, by: 'git' },
    ]);
    await bench.settle(of(true));
    await bench.settle(alias({ indices: [i('c')] }));
  });

  it('is the whole alias: what others put into it, took out or changed is shown, and healed', async () => {
    const yaml = alias({ indices: [i('a'), i('b')], filter: { term: { a: 1 } } });
    await bench.settle(yaml);
    await bench.raw('POST', '/_aliases', {
      actions: [
        { add: { index: i('c'), alias: name } },
        { remove: { index: i('a'), alias: name } },
        { add: { index: i('b'), alias: name, filter: { term: { a: 2 } }, is_write_index: true } },
      ],
    });
    const change = await bench.onlyChange(yaml);
    expect(change.drifted).toBe(true);
    expect(change.fields).toEqual([
      { pointer: '/indices', before: [i('b'), i('c')], after: [i('a'), i('b')], by: 'cluster' },
      { pointer: '/filter/term/a', before: 2, after: 1, by: 'cluster' },
      { pointer: '/is_write_index', before: true, by: 'cluster' },
    ]);
    await bench.settle(yaml);
    expect(await live()).toEqual({
      [i('a')]: { filter: { term: { a: 1 } } },
      [i('b')]: { filter: { term: { a: 1 } } },
    });
  });

  it('that is gone is made again', async () => {
    const yaml = alias({ indices: [i('a')] });
    await bench.settle(yaml);
    await bench.raw('DELETE', `/${i('a')}/_alias/${name}`);
    expect(await bench.onlyChange(yaml)).toMatchObject({ action: 'create', drifted: true });
    await bench.settle(yaml);
  });

  it('is adopted when the state is lost, with a write to the state alone', async () => {
    const yaml = alias({ indices: [i('a'), i('b')], write_index: i('a'), routing: '3' });
    await bench.settle(yaml);
    await bench.loseState();
    expect(await bench.onlyChange(yaml)).toMatchObject({ action: 'adopt', id: name });
    expect(actions(await bench.writesOf(() => bench.provision(yaml)))).toEqual([]);
    await bench.settle(yaml);
  });

  it('is taken off all indices when it is deleted, also those that others added; the indices stay', async () => {
    await bench.settle(alias({ indices: [i('a')] }));
    await bench.raw('PUT', `/${i('b')}/_alias/${name}`);
    const planned = await bench.planOf('', RULES);
    expect(planned.changes.find(({ address }) => address === `Alias/${name}`)).toMatchObject({
      action: 'delete',
      destructive: 'interrupts search: requests that name it fail from then on',
    });
    await bench.provision('', RULES);
    expect(await live()).toEqual({});
    expect(await bench.raw('GET', `/${i('a')}`)).toHaveProperty([i('a')]);
    expect(summaryOf(await bench.planOf('', RULES))).toEqual([]);
  });

  it('follows an index that is declared beside it', async () => {
    const index = (each: string): string =>
      manifest('Index', i(each), { settings: { number_of_replicas: 0 } });
    const both = (each: string): string =>
      index('d') + index('e') + alias({ indices: [{ $ref: `Index/${i(each)}` }] }, `${name}-r`);
    const { plan } = await bench.provision(both('d'));
    const order = plan.changes.map(({ address }) => address);
    expect(order.indexOf(`Alias/${name}-r`)).toBeGreaterThan(order.indexOf(`Index/${i('d')}`));
    await bench.settle(both('e'));
    expect(await live(`${name}-r`)).toEqual({ [i('e')]: {} });
  });

  it('may name an index by an alias that it serves under', async () => {
    await bench.raw('PUT', `/${i('a')}/_alias/${name}-under`);
    const yaml = alias({ indices: [`${name}-under`, i('b')] }, `${name}-over`);
    await bench.settle(yaml);
    expect(await live(`${name}-over`)).toEqual({ [i('a')]: {}, [i('b')]: {} });
    await bench.raw('POST', '/_aliases', {
      actions: [
        { add: { index: i('c'), alias: `${name}-under` } },
        { remove: { index: i('a'), alias: `${name}-under` } },
      ],
    });
    expect(await bench.onlyChange(yaml)).toMatchObject({ action: 'update' });
    await bench.settle(yaml);
    expect(await live(`${name}-over`)).toEqual({ [i('b')]: {}, [i('c')]: {} });
    await bench.raw('DELETE', `/${i('c')}/_alias/${name}-under`);
    await bench.wipe();
  });

  it('with the name of an index, or of indices that are not there, is refused before anything is changed', async () => {
    expect(refusalsOf(await bench.planOf(alias({ indices: [i('a')] }, i('b'))))).toMatchObject([
      { code: 'RCTL_NAME_IS_INDEX', pointer: '/metadata/name' },
    ]);
    expect(refusalsOf(await bench.planOf(alias({ indices: [i('a'), i('none')] })))).toMatchObject([
      {
        code: 'RCTL_INDEX_NOT_FOUND',
        pointer: '/spec/indices/1',
        remedy: expect.stringContaining(`{$ref: Index/${i('none')}}`),
      },
    ]);
  });

  it('that the server refuses is told in words', async () => {
    const { report } = await bench.tryProvision(
      alias({ indices: [i('a')], filter: { zork: {} } }, `${name}-filter`) +
        alias({ indices: [i('a')], routing: '1,2' }, `${name}-routing`) +
        alias({ indices: [i('a')] }, `${name}|pipe`),
    );
    expect(Object.fromEntries(report.outcomes.map((each) => [each.address, each]))).toMatchObject({
      [`Alias/${name}-filter`]: { result: 'failed', error: { code: 'RCTL_ALIAS_FILTER' } },
      [`Alias/${name}-routing`]: { result: 'failed', error: { code: 'RCTL_ALIAS_ROUTING' } },
      [`Alias/${name}|pipe`]: { result: 'failed', error: { code: 'RCTL_ALIAS_NAME' } },
    });
  });

  it('cannot be shared with an Index, and its write index is one of its own', async () => {
    const index = (of: string, aliases: object): string => manifest('Index', of, { aliases });
    await expect(load(alias({ indices: ['x'] }, 'one') + index('x', { one: {} }))).rejects.toThrow(
      /RCTL_ALIAS_TWICE.*Index\/x declares the alias one as well \(<stdin>:4\)/s,
    );
    await expect(load(alias({ indices: ['x'] }, 'one') + index('one', {}))).rejects.toThrow(
      'RCTL_NAME_IS_INDEX',
    );
    await expect(load(alias({ indices: ['x', 'y'], is_write_index: true }))).rejects.toThrow(
      'RCTL_ALIAS_WRITE_INDEX',
    );
    await expect(load(alias({ indices: ['x'], write_index: 'z' }))).rejects.toThrow(
      'write_index is z, which is none of indices',
    );
    await expect(load(alias({ indices: ['x', 'x'] }))).rejects.toThrow('RCTL_ALIAS_INDEX_TWICE');
    await expect(load(alias({ indices: ['x-*'] }))).rejects.toThrow('named in full');
  });

  it('is exported where no index tells it, and then a plan only adopts', async () => {
    await bench.raw('POST', '/_aliases', {
      actions: [
        { add: { index: i('a'), alias: `${name}-x`, filter: { term: { a: 1 } }, routing: '1' } },
        {
          add: {
            index: i('b'),
            alias: `${name}-x`,
            filter: { term: { a: 1 } },
            routing: '1',
            is_write_index: true,
          },
        },
        { add: { index: i('a'), alias: `${name}-y`, routing: '1' } },
        { add: { index: i('b'), alias: `${name}-y`, routing: '2' } },
      ],
    });
    const ran = await desk.json('export', '--to', name, '--name', `${name}-*`, '--kind', 'Alias');
    expect(ran.diagnostics).toContainEqual(
      expect.objectContaining({
        code: 'RCTL_EXPORT_LEFT_OUT',
        message: expect.stringContaining(`${name}-y is left out`),
      }),
    );
    expect(await desk.isAdopted(name)).toEqual([`Alias/${name}-x`]);
    const all = await desk.json('export', '--to', `${name}-all`, '--name', `${name}-*`);
    expect(all.resources).toMatchObject(['a', 'b', 'c'].map((each) => ({ address: `Index/${i(each)}` })));
    expect(await desk.isAdopted(`${name}-all`)).toEqual(['a', 'b', 'c'].map((each) => `Index/${i(each)}`));
    for (const each of ['x', 'y']) await bench.raw('DELETE', `/${i('a')},${i('b')}/_alias/${name}-${each}`);
  });
});
