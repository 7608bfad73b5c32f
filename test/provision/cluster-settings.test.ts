import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dig } from '../../src/core/json.ts';
import { checkResources } from '../../src/engine/provision.ts';
import { withSettings } from '../../src/engine/settings.ts';
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

/** Settings of any name that mean nothing: no node has such an attribute, and no class such a name. */
const exclude = (name: string, of: string): string => `cluster.routing.allocation.exclude.${name}-${of}`;
const logger = (name: string): string => `logger.${name}`;

describe.each(SERVERS)('ClusterSettings on %s', (_title, server) => {
  let bench: Bench;
  let desk: Desk;
  beforeAll(async () => {
    bench = await openBench(server, 'prov-settings');
    desk = await openDesk(bench);
  });
  afterAll(async () => {
    await bench.cleanUp();
    await desk.clear();
  });

  const settings = (persistent: object, name = 'few'): string =>
    manifest('ClusterSettings', name, { persistent });
  const put = (persistent: object): Promise<unknown> =>
    bench.raw('PUT', '/_cluster/settings', { persistent });
  const live = async (key: string, level = 'persistent'): Promise<unknown> => {
    const { body } = await bench.cluster.request({
      method: 'GET',
      path: '/_cluster/settings',
      query: { flat_settings: true },
    });
    return dig(body, level, key);
  };

  it('sets what it names, shows it before, and then there is nothing to do', async () => {
    const name = uniqueName('prov-cs');
    const [a, b] = [exclude(name, 'a'), exclude(name, 'b')];
    const yaml = settings({
      [a]: 5,
      cluster: { routing: { 'allocation.exclude': { [`${name}-b`]: true } } },
      [logger(name)]: 'debug',
    });
    const change = await bench.onlyChange(yaml);
    expect(change).toMatchObject({ action: 'update', steps: ['set'] });
    expect(change.fields).toEqual([
      { pointer: `/persistent/${a}`, after: 5 },
      { pointer: `/persistent/cluster/routing/allocation.exclude/${name}-b`, after: true },
      { pointer: `/persistent/${logger(name)}`, after: 'debug' },
    ]);
    await bench.settle(yaml);
    expect([await live(a), await live(b), await live(logger(name))]).toEqual(['5', 'true', 'debug']);
    // However it is written.
    expect(
      summaryOf(await bench.planOf(settings({ [a]: '5', [b]: 'true', [logger(name)]: 'debug' }))),
    ).toEqual([]);
    await bench.wipe();
  });

  it('follows its manifest, and what leaves it is as it was before', async () => {
    const name = uniqueName('prov-cs');
    const [a, b, c] = [exclude(name, 'a'), exclude(name, 'b'), exclude(name, 'c')];
    await put({ [a]: 'before', [c]: 'theirs' });
    await bench.settle(settings({ [a]: 'one', [b]: 'one' }));
    await bench.settle(settings({ [a]: 'two', [b]: 'one' }));
    expect([await live(a), await live(b), await live(c)]).toEqual(['two', 'one', 'theirs']);

    const left = settings({ [logger(name)]: 'info' });
    expect((await bench.onlyChange(left)).fields).toEqual([
      { pointer: `/persistent/${logger(name)}`, after: 'info', by: 'git' },
      { pointer: `/persistent/${a}`, before: 'two', after: 'before', by: 'git' },
      { pointer: `/persistent/${b}`, before: 'one', by: 'git' },
    ]);
    await bench.settle(left);
    expect([await live(a), await live(b), await live(c)]).toEqual(['before', undefined, 'theirs']);
    // And is nobody's any more.
    await put({ [a]: 'anything' });
    expect(summaryOf(await bench.planOf(left))).toEqual([]);
    await put({ [a]: null, [c]: null });
    await bench.wipe();
  });

  it('takes lists, and null for the default', async () => {
    const name = uniqueName('prov-cs');
    const [a, b] = [exclude(name, 'a'), exclude(name, 'b')];
    await put({ [b]: 'x' });
    const yaml = settings({ [a]: ['x', 'y'], [b]: null });
    expect((await bench.onlyChange(yaml)).fields).toMatchObject([
      { pointer: `/persistent/${a}`, after: ['x', 'y'] },
      { pointer: `/persistent/${b}`, before: 'x', after: null },
    ]);
    await bench.settle(yaml);
    expect([await live(a), await live(b)]).toEqual([['x', 'y'], undefined]);
    await bench.provision('', RULES);
    expect([await live(a), await live(b)]).toEqual([undefined, 'x']);
    await put({ [b]: null });
    await bench.wipe();
  });

  it('that was changed behind its back is shown setting by setting, and healed', async () => {
    const name = uniqueName('prov-cs');
    const [a, b] = [exclude(name, 'a'), exclude(name, 'b')];
    const yaml = settings({ [a]: 'ours', [b]: 'ours' });
    await bench.settle(yaml);
    await put({ [a]: 'theirs', [exclude(name, 'c')]: 'theirs' });
    const change = await bench.onlyChange(yaml);
    expect(change.drifted).toBe(true);
    expect(change.fields).toEqual([
      { pointer: `/persistent/${a}`, before: 'theirs', after: 'ours', by: 'cluster' },
    ]);
    await bench.settle(yaml);
    await put({ [b]: null });
    expect((await bench.onlyChange(yaml)).fields).toEqual([
      { pointer: `/persistent/${b}`, after: 'ours', by: 'cluster' },
    ]);
    await bench.settle(yaml);
    expect(await live(exclude(name, 'c'))).toBe('theirs');
    await put({ [exclude(name, 'c')]: null });
    await bench.wipe();
  });

  it('is adopted when the state is lost, and then what was there before is what is there now', async () => {
    const name = uniqueName('prov-cs');
    const a = exclude(name, 'a');
    await bench.settle(settings({ [a]: 'x' }));
    await bench.loseState();
    expect(await bench.onlyChange(settings({ [a]: 'x' }))).toMatchObject({ action: 'adopt' });
    const writes = await bench.writesOf(() => bench.provision(settings({ [a]: 'x' })));
    expect(writes.filter((write) => !isStateWrite(write))).toEqual([]);
    await bench.settle(settings({ [a]: 'x' }));
    await bench.provision('', RULES);
    expect(await live(a)).toBe('x');
    await bench.wipe();
  });

  it('puts everything back when it is destroyed, and says what', async () => {
    const name = uniqueName('prov-cs');
    const [a, b] = [exclude(name, 'a'), exclude(name, 'b')];
    await put({ [a]: 'before' });
    await bench.settle(settings({ [a]: 'after', [b]: 'after' }));
    const { changes } = await bench.planOf('', RULES);
    expect(changes).toMatchObject([
      {
        address: 'ClusterSettings/few',
        action: 'delete',
        steps: ['put back'],
        notes: [`${a}: "after" becomes "before"`, `${b}: "after" becomes unset, the server's default`],
      },
    ]);
    await bench.provision('', RULES);
    expect([await live(a), await live(b)]).toEqual(['before', undefined]);
    expect(summaryOf(await bench.planOf('', RULES))).toEqual([]);
    await put({ [a]: null });
  });

  it('knows what was there before also when the first apply was killed after it', async () => {
    const name = uniqueName('prov-cs');
    const a = exclude(name, 'a');
    await put({ [a]: 'before' });
    const yaml = settings({ [a]: 'after' });
    let set = false;
    let lost = false;
    bench.proxy.strike(({ method, path }) => {
      if (method === 'PUT' && path === '/_cluster/settings') set = true;
      if (!set || lost || method === 'GET' || !path.includes('.rerankctl-state')) return undefined;
      lost = true;
      return { do: 'answer', status: 400, body: {} };
    });
    const { report } = await bench.tryProvision(yaml);
    bench.proxy.strike(() => undefined);
    expect(report.diagnostics).toHaveLength(1);
    expect(await live(a)).toBe('after');
    expect(await bench.onlyChange(yaml)).toMatchObject({ action: 'adopt' });
    await bench.settle(yaml);
    await bench.provision('', RULES);
    expect(await live(a)).toBe('before');
    await put({ [a]: null });
    await bench.wipe();
  });

  it('says where a transient setting makes it void', async () => {
    const name = uniqueName('prov-cs');
    const a = exclude(name, 'a');
    await bench.raw('PUT', '/_cluster/settings', { transient: { [a]: 'passing' } });
    try {
      const yaml = settings({ [a]: 'x' });
      const note = expect.stringContaining(`${a} has no effect: it is also set transient, to "passing"`);
      expect(await bench.onlyChange(yaml)).toMatchObject({ notes: [note] });
      await bench.settle(yaml);
      expect((await bench.planOf(yaml)).changes).toMatchObject([{ action: 'none', notes: [note] }]);
    } finally {
      await bench.raw('PUT', '/_cluster/settings', { transient: { [a]: null } });
    }
    await bench.wipe();
  });

  it('that the server refuses is told in words, and none of it is set', async () => {
    const name = uniqueName('prov-cs');
    const a = exclude(name, 'a');
    const cases: [object, object][] = [
      [
        { 'search.max_bucket': 5 },
        {
          code: 'RCTL_SETTING_UNKNOWN',
          message: 'This cluster knows no setting search.max_bucket.',
          remedy: 'Did you mean `search.max_buckets`?',
        },
      ],
      [
        { 'index.number_of_replicas': 5 },
        { code: 'RCTL_SETTING_UNKNOWN', remedy: expect.stringContaining('IndexTemplate') },
      ],
      [
        { 'cluster.name': 'x' },
        { code: 'RCTL_SETTING_FIXED', remedy: expect.stringContaining('opensearch.yml') },
      ],
      [
        { 'search.max_buckets': 'many' },
        {
          code: 'RCTL_SETTING_VALUE',
          message: expect.stringContaining('search.max_buckets cannot be "many"'),
        },
      ],
    ];
    for (const [bad, error] of cases) {
      const { report } = await bench.tryProvision(settings({ ...bad, [a]: 'x' }));
      expect(report.outcomes).toMatchObject([{ result: 'failed', error }]);
    }
    expect(await live(a)).toBeUndefined();
    await bench.wipe();
  });

  it('is exported, and then a plan only adopts', async () => {
    const name = uniqueName('prov-cs');
    await put({ [exclude(name, 'a')]: ['x', 'y'], [exclude(name, 'b')]: 5, [logger(name)]: 'debug' });
    try {
      const ran = await desk.rerankctl('export', '--to', name, '--kind', 'ClusterSettings');
      expect(ran.code).toBe(0);
      expect(await desk.isAdopted(name)).toEqual(['ClusterSettings/cluster-settings']);
    } finally {
      await put({ [exclude(name, 'a')]: null, [exclude(name, 'b')]: null, [logger(name)]: null });
    }
  });

  it('counts as set for a model of the same plan', async () => {
    const setting = 'plugins.ml_commons.allow_registering_model_via_url';
    const name = uniqueName('prov-cs');
    const model = manifest(
      'Model',
      'far',
      {
        name,
        model_group_id: { $ref: 'ModelGroup/group' },
        model_format: 'TORCH_SCRIPT',
        function_name: 'TEXT_SIMILARITY',
        url: 'https://example.com/model.zip',
        model_content_hash_value: 'a'.repeat(64),
        model_config: {
          model_type: 'bert',
          embedding_dimension: 1,
          framework_type: 'huggingface_transformers',
        },
      },
      { depends_on: ['ClusterSettings/few'] },
    );
    const both = (allowed: boolean): string =>
      settings({ [setting]: allowed }) +
      manifest('ModelGroup', 'group', { name }, { depends_on: ['ClusterSettings/few'] }) +
      model;
    expect(refusalsOf(await bench.planOf(both(false)))).toMatchObject([
      { code: 'RCTL_ML_URL_REGISTRATION_OFF' },
    ]);
    expect(refusalsOf(await bench.planOf(both(true)))).toEqual([]);
    const resources = await load(both(true));
    const off = {
      version: '3.6.0',
      plugins: undefined,
      nodeRoles: undefined,
      processors: undefined,
      setting: () => 'false',
    };
    expect(withSettings(off, resources).setting(setting)).toBe('true');
    expect(withSettings(off, resources).setting('another')).toBe('false');
  });
});

describe('ClusterSettings in manifests', () => {
  const settings = (name: string, persistent: object): string =>
    manifest('ClusterSettings', name, { persistent });

  it('name a setting once among them', async () => {
    const both = settings('one', { a: { b: 1 } }) + settings('two', { 'a.b': 2 });
    await expect(load(both)).rejects.toThrow(
      /RCTL_SETTING_TWICE.*a\.b is set by ClusterSettings\/one as well \(<stdin>:2\)/s,
    );
    await expect(load(settings('one', { a: { b: 1 }, 'a.b': 2 }))).rejects.toThrow('RCTL_SETTING_TWICE');
  });

  it('hold no secrets', async () => {
    await expect(load(settings('one', { 'a.b': { $env: 'PATH' } }))).rejects.toThrow(
      /RCTL_SETTING_SECRET|RCTL_ENV/,
    );
  });

  it('that a model may need come before it, or are warned of', async () => {
    const setting = { 'plugins.ml_commons.only_run_on_ml_node': false };
    const group = (metadata: object): string =>
      manifest('ModelGroup', 'group', { name: 'a group' }, metadata);
    const warned = async (yaml: string): Promise<unknown> => checkResources(await load(yaml));
    expect(await warned(settings('one', setting) + group({}))).toMatchObject([
      {
        severity: 'warning',
        code: 'RCTL_SETTING_ORDER',
        address: 'ClusterSettings/one',
        message: expect.stringMatching(/^ModelGroup\/group may be made before/),
        remedy: expect.stringContaining('depends_on: [ClusterSettings/one]'),
      },
    ]);
    expect(await warned(settings('one', setting) + group({ depends_on: ['ClusterSettings/one'] }))).toEqual(
      [],
    );
    expect(await warned(settings('one', { 'search.max_buckets': 1 }) + group({}))).toEqual([]);
  });
});
