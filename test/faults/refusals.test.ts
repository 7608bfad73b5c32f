import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RerankctlError, ServerError } from '../../src/core/errors.ts';
import { textAt } from '../../src/core/json.ts';
import { down, type NodeOptions, up } from '../../src/dev/index.ts';
import { MODEL_REFUSALS } from '../../src/kinds/model/refusals.ts';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { connect } from '../../src/opensearch/connect.ts';
import { findRule } from '../../src/opensearch/refusals/rule.ts';
import { failureOf } from '../opensearch/failing.ts';
import { SHORT_LIVED } from '../support/node.ts';
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
    javaOpts: SHORT_LIVED,
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
const NATIVE = 'plugins.ml_commons.native_memory_threshold';
const MAX_MODELS = 'plugins.ml_commons.max_model_on_node';
const DISK = 'plugins.ml_commons.disk_free_space_threshold';
const LOCAL = 'plugins.ml_commons.local_model.enabled';
const REMOTE = 'plugins.ml_commons.remote_inference.enabled';
const PRIVATE = 'plugins.ml_commons.connector.private_ip_enabled';
const SAFE_DELETE = 'plugins.ml_commons.safe_delete_model';

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
    const settings = [
      URL_ON,
      FILE_ON,
      ML_NODE_ONLY,
      HEAP,
      DISK,
      NATIVE,
      MAX_MODELS,
      LOCAL,
      REMOTE,
      PRIVATE,
      SAFE_DELETE,
    ];
    await set(Object.fromEntries(settings.map((setting) => [setting, null])));
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
      const examined = await story.run('doctor', url);
      expect(examined.stdout).toMatch(new RegExp(`refuses all work on .*${setting.replaceAll('.', '\\.')}`));
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

  it('words that only a setting brings about are told by their code, and the remedy works', async () => {
    story = openStory(url);
    const ran = await story.run('apply', url);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    const [model = ''] = await story.models();
    const predict = `/_plugins/_ml/_predict/text_similarity/${model}`;
    const question = { query_text: 'a', text_docs: ['b'] };
    const ask = (path: string, body: object = {}, method: 'POST' | 'DELETE' = 'POST'): Promise<unknown> =>
      cluster.request(method === 'POST' ? { method, path, body } : { method, path });
    const connector = {
      name: story.name,
      version: 1,
      protocol: 'http',
      credential: { key: 'unused' },
      parameters: { x: 'y' },
      actions: [{ action_type: 'predict', method: 'POST', url: 'https://127.0.0.1:9/x', request_body: '{}' }],
    };
    await set({ 'plugins.ml_commons.trusted_connector_endpoints_regex': ['^https://127.0.0.1:9/.*$'] });
    const { body: made } = await cluster.request({
      method: 'POST',
      path: '/_plugins/_ml/connectors/_create',
      body: connector,
    });
    const remote = { name: story.name, function_name: 'remote', connector_id: textAt(made, 'connector_id') };
    const { body: registered } = await cluster.request({
      method: 'POST',
      path: '/_plugins/_ml/models/_register',
      body: remote,
    });
    const id = textAt(registered, 'model_id') ?? '';
    const path = `/_plugins/_ml/models/${id}`;

    await set({ [LOCAL]: false });
    expectWords(await failureOf(ask(predict, question)), 'RCTL_ML_LOCAL_MODELS_OFF', LOCAL);
    await set({ [LOCAL]: true, [REMOTE]: false });
    await ask(predict, question);
    expectWords(
      await failureOf(ask(`${path}/_predict`, { parameters: {} })),
      'RCTL_REMOTE_MODELS_OFF',
      REMOTE,
    );
    await set({ [REMOTE]: true, [PRIVATE]: false });
    const refused = await failureOf(ask(`${path}/_predict`, { parameters: {} }));
    expectWords(refused, 'RCTL_CONNECTOR_PRIVATE_ADDRESS', PRIVATE);
    await ask(`${path}/_undeploy`);
    await ask(path, {}, 'DELETE');

    await set({ [SAFE_DELETE]: true });
    await ask(`/_plugins/_ml/models/${model}/_undeploy`);
    const kept = await failureOf(ask(`/_plugins/_ml/models/${model}`, {}, 'DELETE'));
    const told = findRule(kept as ServerError, MODEL_REFUSALS);
    expect(told?.code, kept.message).toBe('RCTL_MODEL_IN_USE');
    await set({ [SAFE_DELETE]: null, [MAX_MODELS]: 0 });
    const full = await story.run('apply', url);
    expect(full.stderr).toContain('RCTL_ML_MODEL_LIMIT');
    expect(full.stderr).toContain(MAX_MODELS);
    await set({ [MAX_MODELS]: null });
    const after = await story.run('apply', url);
    expect(after.code, after.stdout + after.stderr).toBe(0);
  });

  function expectWords(failure: RerankctlError, code: string, setting: string): void {
    expect(failure.code, failure.message).toBe(code);
    expect(failure.remedy).toContain(setting);
  }

  it('is examined by doctor, which sets what is in the way when it is asked to, and nothing else', async () => {
    story = openStory(url);
    await set({ [FILE_ON]: false, [ML_NODE_ONLY]: true });
    const seen = await story.run('doctor', proxy.url);
    expect(seen.code, seen.stdout).toBe(8);
    expect(seen.stdout).toMatch(/✗ models-from-file .*Model\//);
    expect(seen.stdout).toMatch(/✗ model-nodes .*Model\//);
    const unasked = await story.run('doctor', proxy.url, '--fix');
    expect(unasked.code).toBe(8);
    expect(unasked.stderr).toContain('there is nobody to ask');
    expect(proxy.writes()).toEqual([]);

    // The threshold for native memory does nothing, whatever it is.
    await set({ [FILE_ON]: false, [ML_NODE_ONLY]: false, [NATIVE]: 0, [MAX_MODELS]: 0 });
    const tight = await story.run('doctor', proxy.url);
    expect(tight.stdout).not.toContain('native');
    expect(tight.stdout).toMatch(/✗ model-limit .*of at most 0/);
    const fixed = await story.run('doctor', proxy.url, '--fix', '--yes');
    expect(fixed.code, fixed.stdout + fixed.stderr).toBe(0);
    expect(fixed.stderr).toContain(`${FILE_ON} to true (now false)`);
    expect(fixed.stderr).not.toContain(NATIVE);
    expect(fixed.stdout).toContain('Nothing stands in the way.');
    expect(proxy.writes().map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT /_cluster/settings']);
    const applied = await story.run('apply', url);
    expect(applied.code, applied.stdout + applied.stderr).toBe(0);
  });

  it('that has no place for another index, and whose disk is full, is told so', async () => {
    story = openStory(url);
    const marks = 'cluster.routing.allocation.disk.watermark';
    const limits = { [`${marks}.low`]: '1%', [`${marks}.high`]: '1%', [`${marks}.flood_stage`]: '1%' };
    await set({ 'cluster.max_shards_per_node': 1, ...limits });
    const seen = await story.run('doctor', proxy.url).finally(async () => {
      const none = Object.fromEntries(Object.keys(limits).map((setting) => [setting, null]));
      await set({ 'cluster.max_shards_per_node': null, ...none });
    });
    expect(seen.code, seen.stdout).toBe(8);
    expect(seen.stdout).toMatch(/✗ shards .* a new index will be refused/);
    expect(seen.stdout).toMatch(/✗ disk .*flood-stage/);
    expect(proxy.writes()).toEqual([]);
  });
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
    const examined = await openStory(url).run('doctor', proxy.url);
    expect(examined.code, examined.stdout).toBe(8);
    expect(examined.stdout).toMatch(new RegExp(`✗ plugins +The plugin ${plugin} is not on every node`));
    const refused = await openStory(url).run('apply', proxy.url);
    expect(refused.code, refused.stdout + refused.stderr).toBe(8);
    expect(refused.stderr).toContain('RCTL_PLUGIN_MISSING');
    expect(refused.stderr).toContain(needs);
    expect(refused.stderr).toContain(`opensearch-plugin install ${plugin}`);
    expect(proxy.writes()).toEqual([]);
  });
});
