import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { down, type NodeOptions, up } from '../../src/dev/index.ts';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { connect } from '../../src/opensearch/connect.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { openStory, type Story } from './story.ts';

const io = { onEvent: () => undefined };

async function boot(name: string, more: Partial<NodeOptions>): Promise<string> {
  await discard(name);
  const plain = {
    name,
    version: '3.6.0',
    security: false,
    nodes: 1,
    settings: {},
    javaOpts: [],
    without: [],
  } as const;
  return (await up({ ...plain, ...more }, io)).url;
}

async function discard(name: string): Promise<void> {
  await down({ name, all: false, purge: true }, io);
}

const URL_ON = 'plugins.ml_commons.allow_registering_model_via_url';
const FILE_ON = 'plugins.ml_commons.allow_registering_model_via_local_file';
const ML_NODE_ONLY = 'plugins.ml_commons.only_run_on_ml_node';
const HEAP = 'plugins.ml_commons.jvm_heap_memory_threshold';
const DISK = 'plugins.ml_commons.disk_free_space_threshold';

describe('a node whose settings forbid it', () => {
  const NODE = 'test-settings';
  let url: string;
  let cluster: Cluster;
  let proxy: FaultyProxy;
  let story: Story;

  beforeAll(async () => {
    url = await boot(NODE, {});
    cluster = connect({ url });
    proxy = await startProxy(url);
  });
  beforeEach(() => proxy.reset());
  afterEach(async () => {
    await set({ [URL_ON]: null, [FILE_ON]: null, [ML_NODE_ONLY]: null, [HEAP]: null, [DISK]: null });
    await story.cleanUp();
  });
  afterAll(async () => {
    await proxy.close();
    await cluster.close();
    await discard(NODE);
  });

  function set(persistent: Record<string, unknown>): Promise<unknown> {
    return cluster.request({ method: 'PUT', path: '/_cluster/settings', body: { persistent } });
  }

  /** The request that a remedy spells out, as a user would copy it. */
  function remedyIn(stderr: string): { path: string; body: object } {
    const [, path = '', body = ''] = /PUT (\S+) (\{.*\}\})/.exec(stderr) ?? [];
    return { path, body: JSON.parse(body) as object };
  }

  it.each([
    ['uploading', FILE_ON, false, undefined, 'RCTL_ML_FILE_REGISTRATION_OFF'],
    [
      'registering by URL',
      URL_ON,
      false,
      `url: http://127.0.0.1:9/x.zip\n  model_content_hash_value: ${'a'.repeat(64)}`,
      'RCTL_ML_URL_REGISTRATION_OFF',
    ],
    ['running models on data nodes', ML_NODE_ONLY, true, undefined, 'RCTL_ML_NO_ELIGIBLE_NODE'],
  ])(
    '%s is refused before anything is changed, and the remedy works',
    async (_what, setting, value, source, code) => {
      story = source === undefined ? openStory(url) : openStory(url, source);
      await set({ [setting]: value });
      const refused = await story.run('apply', proxy.url);
      expect(refused.code).toBe(8);
      expect(refused.stderr).toContain(code);
      expect(refused.stderr).toContain(setting);
      expect(refused.stderr).toMatch(/<stdin>:\d+:\d+: error/);
      expect(proxy.writes()).toEqual([]);

      const { path, body } = remedyIn(refused.stderr);
      await cluster.request({ method: 'PUT', path, body });
      const after = await story.run(source === undefined ? 'apply' : 'plan', proxy.url);
      expect(after.code, after.stdout + after.stderr).toBe(0);
    },
  );

  it.each([
    ['memory', { [HEAP]: 1 }, { [HEAP]: 100 }, 'RCTL_ML_MEMORY_BREAKER', HEAP],
    ['disk', { [DISK]: '900000gb' }, { [DISK]: '1mb' }, 'RCTL_ML_DISK_BREAKER', DISK],
  ])(
    'an open %s breaker is told in words, and the apply after it finishes',
    async (_what, open, closed, code, setting) => {
      story = openStory(url);
      await set(open);
      const first = await story.run('apply', url);
      expect(first.code, first.stdout + first.stderr).toBe(5);
      expect(first.stderr).toContain(code);
      expect(first.stderr).toContain(setting);
      await set(closed);
      const second = await story.run('apply', url);
      expect(second.code, second.stdout + second.stderr).toBe(0);
      await story.expectWhole();
    },
  );
});

describe('a node without', () => {
  const NODE = 'test-without';
  let proxy: FaultyProxy;
  afterEach(() => proxy.close());
  afterAll(() => discard(NODE));

  it.each([
    ['neural-search', 'opensearch-neural-search', 'The processor rerank'],
    ['opensearch-ml', 'opensearch-ml', 'A Model'],
  ])('%s is recognised before anything is changed', async (without, plugin, needs) => {
    const url = await boot(NODE, { without: [without], heap: '1g' });
    proxy = await startProxy(url);
    const refused = await openStory(url).run('apply', proxy.url);
    expect(refused.code, refused.stdout + refused.stderr).toBe(8);
    expect(refused.stderr).toContain('RCTL_PLUGIN_MISSING');
    expect(refused.stderr).toContain(needs);
    expect(refused.stderr).toContain(`opensearch-plugin install ${plugin}`);
    expect(proxy.writes()).toEqual([]);
  });
});
