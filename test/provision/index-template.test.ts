import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overlap } from '../../src/kinds/index-template/conflicts.ts';
import { type Desk, openDesk } from '../support/export.ts';
import { uniqueName } from '../support/node.ts';
import {
  type Bench,
  isStateWrite,
  liveIndex,
  load,
  manifest,
  openBench,
  refusalsOf,
  SERVERS,
  summaryOf,
} from '../support/provision.ts';

const RULES = { removals: { maxDeletes: 10, allowDataLoss: true } };

describe('Two patterns', () => {
  it.each([
    ['a-*', 'a-b*', true],
    ['a-*', '*-b', true],
    ['*', 'x', true],
    ['a*c', 'ab*', true],
    ['a*', 'b*', false],
    ['*a', '*b', false],
    ['logs-*-eu', 'logs-*-us', false],
    ['a', 'a', true],
    ['a', 'ab', false],
    ['a*b*c', 'a*c', true],
  ])('%s and %s: %s', (left, right, both) => {
    expect([overlap(left, right), overlap(right, left)]).toEqual([both, both]);
  });
});

describe.each(SERVERS)('IndexTemplate on %s', (_title, server) => {
  let bench: Bench;
  let desk: Desk;
  beforeAll(async () => {
    bench = await openBench(server, 'prov-template');
    desk = await openDesk(bench);
  });
  afterAll(async () => {
    await bench.cleanUp();
    await desk.clear();
  });

  const template = (name: string, spec: object): string => manifest('IndexTemplate', name, spec);
  const full = (name: string) => ({
    index_patterns: [`${name}-*`],
    priority: 77,
    version: 2,
    _meta: { owner: 'search', n: 1 },
    composed_of: [] as string[],
    template: {
      settings: {
        number_of_shards: 1,
        'index.number_of_replicas': 0,
        index: { refresh_interval: '5s', query: { default_field: ['t', 'o'] } },
        analysis: { analyzer: { w: { type: 'custom', tokenizer: 'standard', filter: ['lowercase'] } } },
      },
      mappings: {
        dynamic: false,
        _source: { enabled: true },
        properties: {
          t: { type: 'text', index: true, store: false },
          o: { type: 'object', properties: { 'a.b': { type: 'keyword' } } },
        },
      },
      aliases: {
        [`${name}-x`]: { filter: { term: { t: 'x' } }, routing: '1', is_write_index: false },
        [`${name}-y`]: { routing: '1', search_routing: '1,2' },
        [`${name}-z`]: {},
      },
    },
  });
  const raw = async (name: string): Promise<unknown> => {
    const body = await bench.raw('GET', `/_index_template/${name}`);
    return (body as { index_templates: { index_template: unknown }[] }).index_templates[0]?.index_template;
  };

  it('is created as the manifest says, used by the server, and then there is nothing to do', async () => {
    const name = uniqueName('prov-t');
    const yaml = template(name, full(name));
    expect(summaryOf(await bench.planOf(yaml))).toEqual([`IndexTemplate/${name} create: create`]);
    await bench.settle(yaml);
    await bench.raw('PUT', `/${name}-1`);
    try {
      const made = await liveIndex(bench, `${name}-1`);
      expect(made.settings).toMatchObject({ 'index.refresh_interval': '5s' });
      expect(Object.keys(made.aliases)).toContain(`${name}-x`);
    } finally {
      await bench.raw('DELETE', `/${name}-1`);
    }
  });

  it('of patterns alone, or with everything empty, is settled too', async () => {
    const name = uniqueName('prov-t');
    const empty = { settings: {}, mappings: {}, aliases: {} };
    await bench.settle(
      template(`${name}-1`, { index_patterns: [`${name}-a*`] }) +
        template(`${name}-2`, { index_patterns: [`${name}-b*`], template: empty, _meta: {}, priority: 0 }) +
        template(`${name}-3`, { index_patterns: [`${name}-c*`], template: {}, data_stream: {} }) +
        template(`${name}-4`, {
          index_patterns: [`${name}-d*`],
          data_stream: { timestamp_field: { name: 'ts' } },
          template: {
            settings: { number_of_shards: null, 'mapping.total_fields.limit': 2000 },
            mappings: { properties: {} },
            aliases: { [`${name}-e`]: { filter: {}, is_hidden: false } },
          },
        }),
    );
  });

  it('follows its manifest in everything, removals among them, and leaves what it made alone', async () => {
    const name = uniqueName('prov-t');
    const before = full(name);
    await bench.settle(template(name, before));
    const next = {
      index_patterns: [`${name}-*`, `${name}.*`],
      priority: 78,
      template: {
        settings: { number_of_shards: 1, index: { refresh_interval: '6s' } },
        mappings: { properties: { t: { type: 'text' } } },
        aliases: { [`${name}-x`]: { filter: { term: { t: 'x' } } } },
      },
    };
    const change = await bench.onlyChange(template(name, next));
    expect(change).toMatchObject({
      action: 'update',
      id: name,
      notes: ['indices that it has made already stay as they are'],
    });
    const fields = new Map(change.fields.map((field) => [field.pointer, field]));
    expect([...fields.keys()].sort()).toEqual([
      '/_meta',
      '/index_patterns',
      '/priority',
      '/template/aliases/' + `${name}-x/is_write_index`,
      '/template/aliases/' + `${name}-x/routing`,
      '/template/aliases/' + `${name}-y`,
      '/template/aliases/' + `${name}-z`,
      '/template/mappings/_source',
      '/template/mappings/dynamic',
      '/template/mappings/properties/o',
      '/template/mappings/properties/t/index',
      '/template/mappings/properties/t/store',
      '/template/settings/analysis/analyzer/w/filter',
      '/template/settings/analysis/analyzer/w/tokenizer',
      '/template/settings/analysis/analyzer/w/type',
      '/template/settings/index.number_of_replicas',
      '/template/settings/index/query/default_field',
      '/template/settings/index/refresh_interval',
      '/version',
    ]);
    expect(change.fields.filter(({ by }) => by !== 'git')).toEqual([]);
    await bench.settle(template(name, next));
    expect(await raw(name)).not.toHaveProperty('_meta');
  });

  it('is the same however its settings are written', async () => {
    const name = uniqueName('prov-t');
    const of = (settings: object): string =>
      template(name, { index_patterns: [`${name}-*`], template: { settings } });
    await bench.settle(of({ index: { number_of_shards: 1, refresh_interval: -1 }, 'blocks.write': true }));
    const other = {
      'index.number_of_shards': '1',
      refresh_interval: '-1',
      index: { blocks: { write: 'true' } },
    };
    expect(summaryOf(await bench.planOf(of(other)))).toEqual([]);
  });

  it('that was changed or deleted behind its back is shown, and healed', async () => {
    const name = uniqueName('prov-t');
    const yaml = template(name, full(name));
    await bench.settle(yaml);
    const { template: inner, ...rest } = full(name);
    await bench.raw('PUT', `/_index_template/${name}`, {
      ...rest,
      priority: 80,
      template: { ...inner, settings: { ...inner.settings, number_of_shards: 2, codec: 'default' } },
    });
    const change = await bench.onlyChange(yaml);
    expect(change.drifted).toBe(true);
    expect(change.fields).toEqual([
      { pointer: '/priority', before: 80, after: 77, by: 'cluster' },
      { pointer: '/template/settings/number_of_shards', before: '2', after: 1, by: 'cluster' },
      { pointer: '/template/settings/index.codec', before: 'default', by: 'cluster' },
    ]);
    await bench.settle(yaml);
    await bench.raw('DELETE', `/_index_template/${name}`);
    expect(await bench.onlyChange(yaml)).toMatchObject({ action: 'create', drifted: true });
    await bench.settle(yaml);
  });

  it('is adopted when the state is lost, with a write to the state alone', async () => {
    const name = uniqueName('prov-t');
    const yaml = template(name, full(name));
    await bench.settle(yaml);
    await bench.loseState();
    expect(await bench.onlyChange(yaml)).toMatchObject({ action: 'adopt', id: name });
    const writes = await bench.writesOf(() => bench.provision(yaml));
    expect(writes.filter((write) => !isStateWrite(write))).toEqual([]);
    await bench.settle(yaml);
  });

  it('is deleted, and the indices that it made stay', async () => {
    const name = uniqueName('prov-t');
    await bench.provision(template(name, { index_patterns: [`${name}-*`] }));
    const made = await bench.planOf('', RULES);
    expect(made.changes.find(({ address }) => address === `IndexTemplate/${name}`)).toMatchObject({
      action: 'delete',
      notes: ['indices that it has made stay as they are'],
    });
    await bench.provision('', RULES);
    await expect(raw(name)).rejects.toThrow('not found');
  });

  it('for the names of another one, with the same priority, is refused before anything is changed', async () => {
    const name = uniqueName('prov-t');
    await bench.raw('PUT', `/_index_template/${name}-theirs`, {
      index_patterns: [`${name}-logs-*`],
      priority: 7,
    });
    const mine = (priority: number): string =>
      template(`${name}-mine`, { index_patterns: ['zork', `${name}-*`], priority });
    try {
      const [refusal, ...others] = refusalsOf(await bench.planOf(mine(7)));
      expect(others).toEqual([]);
      expect(refusal).toMatchObject({
        code: 'RCTL_TEMPLATE_CONFLICT',
        pointer: '/spec/index_patterns',
        message: expect.stringContaining(`${name}-mine and ${name}-theirs (of this cluster)`),
        remedy: expect.stringContaining('another priority'),
      });
      await bench.settle(mine(8));
      // What the plan could not know, the server says.
      await bench.raw('PUT', `/_index_template/${name}-theirs`, {
        index_patterns: [`${name}-logs-*`],
        priority: 9,
      });
      const error = await bench.provision(mine(9)).catch((thrown: unknown) => String(thrown));
      expect(error).toContain('Refused');
    } finally {
      await bench.raw('DELETE', `/_index_template/${name}-theirs`);
    }
  });

  it('two manifests for the same names are told with both places', async () => {
    const pair = (priority: number): string =>
      template('one', { index_patterns: ['p-*'] }) + template('two', { index_patterns: ['p-q*'], priority });
    await expect(load(pair(0))).rejects.toThrow(
      /one and two \(<stdin>:4\) are for the same names \(p-\* and p-q\*\)/,
    );
    expect(await load(pair(1))).toHaveLength(2);
  });

  it('with a version that would bring the cluster manager down is not sent', async () => {
    await expect(load(template('one', { index_patterns: ['a'], version: -1 }))).rejects.toThrow(
      'RCTL_INVALID_VALUE',
    );
  });

  it('that the server refuses is told in words', async () => {
    const name = uniqueName('prov-t');
    const { report } = await bench.tryProvision(
      template(`${name}-parts`, { index_patterns: [`${name}-a*`], composed_of: ['zork'] }) +
        template(`${name}-setting`, {
          index_patterns: [`${name}-b*`],
          template: { settings: { zork: 1 } },
        }),
    );
    const outcomes = Object.fromEntries(report.outcomes.map((outcome) => [outcome.address, outcome]));
    expect(outcomes[`IndexTemplate/${name}-parts`]).toMatchObject({
      result: 'failed',
      error: { code: 'RCTL_COMPONENT_TEMPLATE_MISSING' },
    });
    expect(outcomes[`IndexTemplate/${name}-setting`]).toMatchObject({
      result: 'failed',
      error: { code: 'RCTL_SETTING_UNKNOWN', message: 'This cluster knows no setting index.zork.' },
    });
  });

  it('that a data stream needs is not taken from it', async () => {
    const name = uniqueName('prov-t');
    await bench.settle(template(name, { index_patterns: [`${name}-*`], data_stream: {}, priority: 500 }));
    await bench.raw('PUT', `/_data_stream/${name}-ds`);
    const { report } = await bench.tryProvision('', RULES);
    await bench.raw('DELETE', `/_data_stream/${name}-ds`);
    expect(report.outcomes.find(({ address }) => address === `IndexTemplate/${name}`)).toMatchObject({
      result: 'failed',
      error: { code: 'RCTL_TEMPLATE_IN_USE', message: expect.stringContaining(`${name}-ds`) },
    });
    await bench.provision('', RULES);
  });

  it('is exported, and then a plan only adopts', async () => {
    const name = uniqueName('prov-t');
    await bench.raw('PUT', `/_index_template/${name}`, full(name));
    await bench.raw('PUT', `/_index_template/${name}-ds`, {
      index_patterns: [`${name}.ds-*`],
      data_stream: {},
      template: { settings: { default_pipeline: 'somebodys', number_of_shards: 2 } },
    });
    const ran = await desk.rerankctl('export', '--to', name, '--name', `${name}*`);
    expect(ran.code).toBe(0);
    expect(await desk.isAdopted(name)).toEqual([`IndexTemplate/${name}`, `IndexTemplate/${name}-ds`]);
    for (const each of [name, `${name}-ds`]) await bench.raw('DELETE', `/_index_template/${each}`);
  });
});
