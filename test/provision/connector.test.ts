import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dig, listAt, textAt } from '../../src/core/json.ts';
import { openDesk } from '../support/export.ts';
import { uniqueName } from '../support/node.ts';
import { type Provider, startProvider } from '../support/provider.ts';
import {
  type Bench,
  idsOf,
  manifest,
  openBench,
  refusalsOf,
  SERVERS,
  stateOfModel,
  summaryOf,
} from '../support/provision.ts';
import { connectorOf, connectorSpec, REMOTE_QUERY, remoteModelOf, remoteStory } from '../support/remote.ts';

const PRUNE = { removals: { maxDeletes: 100, allowDataLoss: true } };
const OLD = 'old-key-b4d1c9f7';
const NEW = 'new-key-77e02ab3';

/** What an export calls the credential `key` of a connector. */
function variableOf(name: string): string {
  return `${name}_key`.toUpperCase().replaceAll('-', '_');
}

describe.each(SERVERS)('Connector on %s', (_title, server) => {
  const env: Record<string, string> = { PROVIDER_KEY: OLD };
  let bench: Bench;
  let provider: Provider;
  beforeAll(async () => {
    provider = await startProvider();
    provider.keys.set(OLD, undefined).set(NEW, undefined);
    bench = await openBench(server, 'prov-conn', env);
  });
  afterAll(async () => {
    await bench.cleanUp();
    await provider.close();
  });

  async function only(name: string): Promise<string> {
    const ids = await idsOf(bench.cluster, 'connectors', name);
    expect(ids).toHaveLength(1);
    return ids[0] ?? '';
  }

  const liveOf = (id: string): Promise<unknown> => bench.raw('GET', `/_plugins/_ml/connectors/${id}`);
  const searched = (name: string): Promise<unknown> =>
    bench.raw('POST', `/${name}/_search?search_pipeline=${name}`, {
      query: { match_all: {} },
      ext: { rerank: { query_context: { query_text: REMOTE_QUERY } } },
    });

  it('is made as it is declared, and then nothing is left to do', async () => {
    const name = uniqueName('conn');
    await bench.settle(connectorOf(name, provider, { client_config: { max_connection: 7 } }));
    const live = await liveOf(await only(name));
    expect(live).toMatchObject({
      name,
      version: '1',
      parameters: { model: 'rerank-v3.5', priority: '5', dry: 'false', list: '["a",1]' },
      client_config: { max_connection: 7 },
    });
    // Text of the server's own, word for word.
    expect(textAt(live, 'actions', 0, 'headers', 'Authorization')).toBe('Bearer ${credential.key}');
  });

  it('is updated in place while no deployed model uses it', async () => {
    const name = uniqueName('conn');
    await bench.provision(connectorOf(name, provider));
    const id = await only(name);
    const { description: _gone, ...changed } = connectorSpec(name, provider.url, {
      version: 2,
      parameters: { model: 'other', priority: 6, dry: false, list: ['a', 1] },
    });
    const change = await bench.onlyChange(manifest('Connector', name, changed));
    expect(change).toMatchObject({ action: 'update', steps: ['update'] });
    expect(change.fields.map(({ pointer }) => pointer).sort()).toEqual([
      '/description',
      '/parameters/model',
      '/parameters/priority',
      '/version',
    ]);
    await bench.settle(manifest('Connector', name, changed));
    expect(await only(name)).toBe(id);
    expect(await liveOf(id)).toMatchObject({
      description: '',
      version: '2',
      parameters: { model: 'other', priority: '6' },
    });
  });

  it('is made anew for what no update brings about, and the old one goes', async () => {
    const name = uniqueName('conn');
    await bench.provision(connectorOf(name, provider));
    const id = await only(name);
    const less = connectorOf(name, provider, { parameters: { model: 'rerank-v3.5' } });
    expect(await bench.onlyChange(less)).toMatchObject({ action: 'replace', id });
    await bench.settle(less);
    const second = await only(name);
    expect(second).not.toBe(id);
    const signed = connectorOf(name, provider, {
      protocol: 'aws_sigv4',
      parameters: { model: 'rerank-v3.5', region: 'us-west-2', service_name: 'bedrock' },
      credential: { access_key: { $env: 'PROVIDER_KEY' }, secret_key: { $env: 'PROVIDER_KEY' } },
      actions: [{ action_type: 'predict', method: 'POST', url: `${provider.url}/rerank` }],
    });
    expect(await bench.onlyChange(signed)).toMatchObject({ action: 'replace' });
    await bench.settle(signed);
    expect(await only(name)).not.toBe(second);
  });

  it('is seen to have drifted, in what can be read', async () => {
    const name = uniqueName('conn');
    const yaml = connectorOf(name, provider);
    await bench.provision(yaml);
    const id = await only(name);
    await bench.raw('PUT', `/_plugins/_ml/connectors/${id}`, { parameters: { model: 'cheap' } });
    await expect
      .poll(async () => summaryOf(await bench.planOf(yaml)), { timeout: 5_000 })
      .toEqual([`Connector/${name} update: update`]);
    expect((await bench.onlyChange(yaml)).fields).toEqual([
      { pointer: '/parameters/model', before: 'cheap', after: 'rerank-v3.5', by: 'cluster' },
    ]);
    await bench.settle(yaml);
    // A credential that somebody else changed is not.
    await bench.raw('PUT', `/_plugins/_ml/connectors/${id}`, { credential: { key: 'other' } });
    expect(summaryOf(await bench.planOf(yaml))).toEqual([]);
  });

  it('gets a new credential in place, and the state knows no more than its trace', async () => {
    const name = uniqueName('conn');
    const yaml = connectorOf(name, provider);
    await bench.provision(yaml);
    const id = await only(name);
    env.PROVIDER_KEY = NEW;
    try {
      const change = await bench.onlyChange(yaml);
      expect(change).toMatchObject({ action: 'update', id });
      expect(change.fields).toEqual([
        { pointer: '/credential/key', before: '(sensitive, before)', after: '(sensitive)', by: 'git' },
      ]);
      await bench.settle(yaml);
    } finally {
      env.PROVIDER_KEY = OLD;
    }
    await bench.settle(yaml);
    expect(await only(name)).toBe(id);
    const state = JSON.stringify(
      await bench.raw('POST', '/.rerankctl-state/_search', {
        size: 1000,
        query: { term: { stack: bench.stack } },
      }),
    );
    expect(state).toContain('scrypt:');
    expect(state).not.toContain(OLD);
    expect(state).not.toContain(NEW);
  });

  it('is recognised when the state is lost, and two of one name are not', async () => {
    const name = uniqueName('conn');
    const yaml = connectorOf(name, provider);
    await bench.provision(yaml);
    const id = await only(name);
    await bench.loseState();
    const change = await bench.onlyChange(yaml);
    expect(change).toMatchObject({ action: 'adopt', id });
    expect(change.notes.join()).toContain('credential cannot be read');
    await bench.settle(yaml);
    await bench.loseState();
    const spec = connectorSpec(name, provider.url, { credential: { key: OLD } });
    const twin = textAt(await bench.raw('POST', '/_plugins/_ml/connectors/_create', spec), 'connector_id');
    const [refusal] = refusalsOf(await bench.planOf(yaml));
    expect(refusal).toMatchObject({ code: 'RCTL_AMBIGUOUS_CONNECTOR' });
    expect(refusal?.message).toContain(id);
    expect(refusal?.message).toContain(twin);
  });

  it('is finished after a run was killed before it was told its ID', async () => {
    const name = uniqueName('conn');
    const yaml = connectorOf(name, provider);
    const mended = bench.proxy.inject({
      method: 'POST',
      path: '/connectors/_create',
      fault: { do: 'drop-answer' },
    });
    await bench.tryProvision(yaml);
    mended();
    expect(await idsOf(bench.cluster, 'connectors', name)).toHaveLength(1);
    await bench.settle(yaml);
    expect(await idsOf(bench.cluster, 'connectors', name)).toHaveLength(1);
  });

  it('is refused where the cluster trusts no such address, with the setting that would', async () => {
    const name = uniqueName('conn');
    const [action] = listAt(connectorSpec(name, provider.url), 'actions');
    const actions = [{ ...(action as object), url: 'http://rerank.example.org/v1' }];
    const [refusal] = refusalsOf(await bench.planOf(connectorOf(name, provider, { actions })));
    expect(refusal).toMatchObject({ code: 'RCTL_CONNECTOR_NOT_TRUSTED', pointer: '/spec/actions/0/url' });
    expect(refusal?.remedy).toContain('^http://rerank\\\\.example\\\\.org/.*$');
    expect(refusal?.remedy).toContain('127');
  });

  it('serves a remote model, whose searches are reranked', async () => {
    const name = uniqueName('conn');
    await bench.settle(remoteStory(name, provider));
    const hits = listAt(await searched(name), 'hits', 'hits').map((hit) => dig(hit, '_source', 'text'));
    expect(hits).toEqual(['alpha beta gamma', 'alpha gamma', 'gamma epsilon', 'delta']);
    expect(provider.asked.at(-1)).toMatchObject({ key: OLD, query: REMOTE_QUERY, status: 200 });
    await bench.loseState();
    expect(
      new Set((await bench.planOf(remoteStory(name, provider))).changes.map(({ action }) => action)),
    ).toEqual(new Set(['adopt']));
    await bench.settle(remoteStory(name, provider));
  });

  it('gets a new credential without an outage: a new one, a new model, and the old ones last', async () => {
    const name = uniqueName('conn');
    const yaml = remoteStory(name, provider);
    await bench.provision(yaml);
    const connector = await only(name);
    const [model] = await idsOf(bench.cluster, 'models', name);
    env.PROVIDER_KEY = NEW;
    let done = false;
    const searches = (async () => {
      let failed = 0;
      while (!done) await searched(name).catch(() => failed++);
      return failed;
    })();
    try {
      const planned = await bench.planOf(yaml);
      expect(summaryOf(planned)).toEqual([
        `Connector/${name} replace: create, delete the old one`,
        `Model/${name} replace: register, deploy, probe, retire the old one`,
        `SearchPipeline/${name} update: update`,
      ]);
      expect(JSON.stringify(planned)).not.toContain(NEW);
      await bench.settle(yaml);
      done = true;
      expect(await searches).toBe(0);
      expect(await only(name)).not.toBe(connector);
      const models = await idsOf(bench.cluster, 'models', name);
      expect(models).toHaveLength(1);
      expect(models).not.toContain(model);
      await searched(name);
      expect(provider.asked.at(-1)).toMatchObject({ key: NEW, status: 200 });
    } finally {
      done = true;
      env.PROVIDER_KEY = OLD;
    }
  });

  it('that the service does not let in reaches no search, and no word of its key an error', async () => {
    const name = uniqueName('conn');
    const yaml = remoteStory(name, provider);
    await bench.provision(yaml);
    const connector = await only(name);
    const [model] = await idsOf(bench.cluster, 'models', name);
    env.PROVIDER_KEY = 'wrong-key-0f0f0f';
    try {
      const { report } = await bench.tryProvision(yaml);
      const failed = report.outcomes.find(({ result }) => result === 'failed');
      expect(failed).toMatchObject({ address: `Model/${name}`, error: { code: 'RCTL_REMOTE_REFUSED' } });
      expect(JSON.stringify(failed)).toContain('invalid api token: (sensitive)');
      expect(JSON.stringify(report)).not.toContain('wrong-key');
      expect(dig(await searched(name), 'hits', 'hits', 0, '_source', 'text')).toBe('alpha beta gamma');
    } finally {
      env.PROVIDER_KEY = OLD;
    }
    // Back to the key that works: what the failed run has made goes, or takes its place.
    await bench.settle(yaml);
    expect(await idsOf(bench.cluster, 'models', name)).toHaveLength(1);
    await only(name);
    expect([connector, model]).toHaveLength(2);
  });

  it('is taken back with its model when the verification does not hold', async () => {
    const name = uniqueName('conn');
    await bench.provision(remoteStory(name, provider));
    const connector = await only(name);
    const models = await idsOf(bench.cluster, 'models', name);
    const { report } = await bench.tryProvision(
      remoteStory(name, provider, { connector: { version: 2 }, expected: 'delta' }),
    );
    expect(report.release?.verdict).toBe('fail');
    expect(report.diagnostics).toEqual([]);
    expect(await only(name)).toBe(connector);
    expect(await idsOf(bench.cluster, 'models', name)).toEqual(models);
    await bench.settle(remoteStory(name, provider));
    await bench.settle(remoteStory(name, provider, { connector: { version: 2 } }));
    expect(await only(name)).not.toBe(connector);
  });

  it('goes after its models, and stays while somebody else’s model names it', async () => {
    const name = uniqueName('conn');
    const other = uniqueName('conn-other');
    await bench.provision(remoteStory(name, provider) + manifest('ModelGroup', other, { name: other }));
    const id = await only(name);
    const [group] = await idsOf(bench.cluster, 'model_groups', other);
    const foreign = { name: other, function_name: 'remote', model_group_id: group, connector_id: id };
    const model = textAt(await bench.raw('POST', '/_plugins/_ml/models/_register', foreign), 'model_id');
    const kept = manifest('ModelGroup', other, { name: other });
    expect(refusalsOf(await bench.planOf(kept, PRUNE))).toEqual([]);
    const { report } = await bench.tryProvision(kept, PRUNE);
    expect(report.outcomes.find(({ result }) => result === 'failed')).toMatchObject({
      address: `Connector/${name}`,
      error: { code: 'RCTL_CONNECTOR_IN_USE' },
    });
    expect(JSON.stringify(report)).toContain(model);
    await bench.raw('DELETE', `/_plugins/_ml/models/${model}`);
    await bench.provision(kept, PRUNE);
    expect(await idsOf(bench.cluster, 'connectors', name)).toEqual([]);
  }, 60_000);

  it('is exported with variables in the place of its credentials, and its model with a reference', async () => {
    const name = uniqueName('conn');
    await bench.provision(
      connectorOf(name, provider, { client_config: { max_connection: 9 } }) +
        remoteModelOf(name, { description: 'remote', rate_limiter: { limit: 50, unit: 'SECONDS' } }),
    );
    const desk = await openDesk(bench, { PROVIDER_KEY: OLD, [variableOf(name)]: OLD });
    try {
      const { code, stdout } = await desk.rerankctl('export', '--name', name);
      expect(code).toBe(0);
      expect(stdout).toContain(`key: { $env: ${variableOf(name)} }`);
      expect(stdout).toContain(`connector_id: { $ref: Connector/${name} }`);
      expect(stdout).toContain('No server gives credentials out');
      expect(stdout).not.toContain(OLD);
      await writeFile(join(desk.home, 'all.yaml'), stdout);
      expect(await desk.isAdopted('all.yaml')).toEqual([
        `Connector/${name}`,
        `Model/${name}`,
        `ModelGroup/${name}`,
      ]);
    } finally {
      await desk.clear();
    }
  });

  describe('its model', () => {
    const declared = { description: 'one', rate_limiter: { limit: 1000, unit: 'SECONDS' } };

    it('is updated in place in what changes no score', async () => {
      const name = uniqueName('conn');
      const yaml = (model: object): string => connectorOf(name, provider) + remoteModelOf(name, model);
      await bench.settle(yaml({ ...declared, interface: { input: { type: 'object' } }, is_enabled: true }));
      const [id = ''] = await idsOf(bench.cluster, 'models', name);
      const changed = {
        description: 'two',
        rate_limiter: { limit: 2000, unit: 'SECONDS' },
        deploy_setting: { is_auto_deploy_enabled: false },
        interface: { input: { type: 'object' } },
      };
      expect(await bench.onlyChange(yaml(changed))).toMatchObject({ action: 'update', steps: ['update'] });
      await bench.settle(yaml(changed));
      const { description: _gone, ...rest } = changed;
      await bench.settle(yaml({ ...rest, is_enabled: false }));
      const live = await bench.raw('GET', `/_plugins/_ml/models/${id}`);
      expect(live).toMatchObject({
        description: '',
        is_enabled: false,
        rate_limiter: { limit: '2000', unit: 'SECONDS' },
        model_state: 'DEPLOYED',
      });
      await bench.settle(yaml(rest));
      expect(await idsOf(bench.cluster, 'models', name)).toEqual([id]);
    });

    it('is made anew for what it is asked and answers', async () => {
      const name = uniqueName('conn');
      const yaml = (model: object): string =>
        connectorOf(name, provider) + remoteModelOf(name, model, { keep: 0 });
      await bench.provision(yaml(declared));
      const [id] = await idsOf(bench.cluster, 'models', name);
      const stricter = yaml({ ...declared, interface: { input: { type: 'object' } } });
      expect(await bench.onlyChange(stricter)).toMatchObject({ action: 'replace', id });
      await bench.settle(stricter);
      const [second] = await idsOf(bench.cluster, 'models', name);
      expect(second).not.toBe(id);
      const guarded = yaml({
        ...declared,
        guardrails: { type: 'local_regex', input_guardrail: { regex: ['.*forbidden.*'] } },
      });
      expect(await bench.onlyChange(guarded)).toMatchObject({ action: 'replace', id: second });
      await bench.settle(guarded);
    });

    it('is deployed again, and undeployed when that is wanted', async () => {
      const name = uniqueName('conn');
      const yaml = (deploy: boolean): string =>
        connectorOf(name, provider) + remoteModelOf(name, { deploy, description: 'same' });
      await bench.provision(yaml(true));
      const [id = ''] = await idsOf(bench.cluster, 'models', name);
      await bench.raw('POST', `/_plugins/_ml/models/${id}/_undeploy`);
      await expect
        .poll(async () => summaryOf(await bench.planOf(yaml(true))), { timeout: 5_000 })
        .toEqual([`Model/${name} update: deploy, probe`]);
      await bench.settle(yaml(true));
      await bench.settle(yaml(false));
      expect(await stateOfModel(bench.cluster, id)).toBe('UNDEPLOYED');
      // The server deploys it by itself when it is asked: no drift.
      await bench.raw('POST', `/_plugins/_ml/_predict/text_similarity/${id}`, {
        query_text: 'a',
        text_docs: ['a', 'b'],
      });
      await expect.poll(() => stateOfModel(bench.cluster, id), { timeout: 5_000 }).toBe('DEPLOYED');
      expect(summaryOf(await bench.planOf(yaml(false)))).toEqual([]);
    });

    it('that gives fewer scores than passages is found out', async () => {
      const name = uniqueName('conn');
      const [action] = listAt(connectorSpec(name, provider.url), 'actions');
      const post = 'return \'[{"name":"similarity","data_type":"FLOAT32","shape":[1],"data":[0.5]}]\';';
      const actions = [{ ...(action as object), post_process_function: post }];
      const { report } = await bench.tryProvision(
        connectorOf(name, provider, { actions }) + remoteModelOf(name),
      );
      expect(report.outcomes.find(({ result }) => result === 'failed')).toMatchObject({
        address: `Model/${name}`,
        error: {
          code: 'RCTL_MODEL_PROBE_FAILED',
          message: expect.stringContaining('for 2 passages it gave 1'),
        },
      });
    });
  });
});
