import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rerankctlProcess } from '../support/cli.ts';
import { uniqueName } from '../support/node.ts';
import { type Provider, startProvider } from '../support/provider.ts';
import { type Bench, manifest, openBench, SERVERS } from '../support/provision.ts';
import type { Seen } from '../support/proxy.ts';

/** What is planted, by its place, and the requests that may carry it. */
const BELONGS = {
  credentialFromEnv: /\/connectors\//,
  credentialFromFile: /\/connectors\//,
  credentialFromVar: /\/connectors\//,
  credentialJoined: /\/connectors\//,
  header: /\/connectors\//,
  parameter: /\/connectors\//,
  group: /\/model_groups\//,
  model: /\/models\//,
  setting: /^\/secrets-/,
  mapping: /^\/secrets-/,
  document: /\/_bulk$/,
  template: /\/_index_template\//,
  alias: /\/_aliases$/,
  ingest: /\/_ingest\/pipeline\//,
  // A search carries the definition that is to come, to measure it.
  searchPipeline: /\/_search(\/pipeline\/|$)/,
  queryBody: /\/_search$/,
} as const;
type Place = keyof typeof BELONGS;
const PLACES = Object.keys(BELONGS) as Place[];

/** A word that stands nowhere else, in two editions: `Old`, and `New` after a rotation. */
const planted = (place: Place, edition: 'Old' | 'New'): string => `Zq${edition}${place}7kX`;
/** Every report that a command writes, into files of this name. */
const reports = (name: string): string[] =>
  ['json', 'ndjson', 'markdown', 'junit', 'sarif', 'html'].flatMap((format) => [
    '--report',
    `${format}=${name}.${format}`,
  ]);
/** What the service says of a key, which a narrow terminal may break. */
const QUOTED = /invalid\s+api\s+token/;
const variableOf = (place: Place): string => `PLANTED_${place.toUpperCase()}`;
const env = (place: Place): object => ({ $env: variableOf(place) });

// One server is enough: what is said, written and sent is the same on all, and users and passwords are on this one.
describe.each(SERVERS.slice(-1))('Secrets on %s', (_title, server) => {
  const name = uniqueName('secrets');
  const password = server.login.password ?? 'Zq$Pass@word/7kX';
  const texts: { from: string; text: string }[] = [];
  let bench: Bench;
  let provider: Provider;
  let home: string;
  let edition: 'Old' | 'New' = 'Old';
  let requests: Seen[] = [];

  const connector = (): string =>
    manifest('Connector', name, {
      name,
      version: 1,
      protocol: 'http',
      parameters: { token: env('parameter') },
      credential: {
        key: env('credentialFromEnv'),
        file: { $file: 'key.txt' },
        var: { $var: 'planted' },
        joined: { $join: ['Bearer ', env('credentialJoined')] },
      },
      actions: [
        {
          action_type: 'predict',
          method: 'POST',
          url: `${provider.url}/v1/rerank`,
          headers: { Authorization: 'Bearer ${credential.key}', 'X-Api-Key': env('header') },
          request_body:
            '{ "documents": ${parameters.documents}, "query": "${parameters.query}", "top_n": ${parameters.top_n} }',
          pre_process_function: 'connector.pre_process.cohere.rerank',
          post_process_function: 'connector.post_process.cohere.rerank',
        },
      ],
    });
  const verification = (more: object = {}): string =>
    manifest('Verification', name, {
      index: name,
      search_pipeline: name,
      queries: [
        {
          query_text: 'alpha',
          body: { query: { bool: { should: [{ match_all: {} }, { match: { text: env('queryBody') } }] } } },
          ...more,
        },
      ],
    });
  const ingest = (lifecycle: object = {}): string =>
    manifest(
      'IngestPipeline',
      name,
      { processors: [{ set: { field: 'from', value: env('ingest') } }] },
      { lifecycle },
    );
  const everything = (): string =>
    [
      connector(),
      manifest('ModelGroup', name, { name, description: env('group') }),
      manifest('Model', name, {
        name,
        description: env('model'),
        function_name: 'remote',
        model_group_id: { $ref: `ModelGroup/${name}` },
        connector_id: { $ref: `Connector/${name}` },
      }),
      manifest(
        'Index',
        name,
        {
          settings: { number_of_replicas: 0, default_pipeline: name, 'query.default_field': env('setting') },
          mappings: { _meta: { token: env('mapping') }, properties: { text: { type: 'text' } } },
        },
        { depends_on: [`IngestPipeline/${name}`] },
      ),
      manifest('SeedData', name, {
        index: { $ref: `Index/${name}` },
        documents: [{ text: 'alpha', note: env('document') }, { text: 'beta' }],
      }),
      manifest('IndexTemplate', name, {
        index_patterns: [`${name}-t*`],
        template: { mappings: { _meta: { token: env('template') } } },
      }),
      manifest('Alias', `${name}-a`, {
        indices: [{ $ref: `Index/${name}` }],
        filter: { term: { text: env('alias') } },
      }),
      ingest(),
      manifest('SearchPipeline', name, {
        description: env('searchPipeline'),
        response_processors: [
          {
            rerank: {
              ml_opensearch: { model_id: { $ref: `Model/${name}` } },
              context: { document_fields: ['text'] },
            },
          },
        ],
      }),
      verification(),
    ].join('');

  async function rotate(to: 'Old' | 'New'): Promise<void> {
    edition = to;
    await writeFile(join(home, 'in', 'key.txt'), `${planted('credentialFromFile', to)}\n`);
  }

  /** As a user runs it, with the password in the URL; what it says is kept. */
  async function run(
    command: string,
    ...args: string[]
  ): Promise<{ code: number | null; all: string; stdout: string }> {
    const url = new URL(bench.proxy.url);
    url.username = server.login.username ?? 'planted';
    url.password = encodeURIComponent(password);
    const alone = /^(state|destroy|rollback|export)/.test(command);
    const saved = command === 'apply' && args[0]?.endsWith('.json') === true;
    const manifests = alone || saved || args.includes('-f') ? [] : ['-f', 'in/all.yaml'];
    const vars = alone ? [] : ['--var', `planted=${planted('credentialFromVar', edition)}`];
    const stack = saved || /^(verify|export|validate|graph)/.test(command) ? [] : ['--stack', bench.stack];
    const argv = [...command.split(' '), ...args, ...manifests, ...vars, ...stack];
    const planting = Object.fromEntries(PLACES.map((place) => [variableOf(place), planted(place, edition)]));
    const ran = await rerankctlProcess(argv, {
      cwd: home,
      env: { ...planting, OPENSEARCH_URL: String(url) },
    });
    const from = `rerankctl ${[command, ...args].join(' ')}`;
    texts.push({ from, text: ran.stdout }, { from: `${from}, stderr`, text: ran.stderr });
    requests = [...requests, ...bench.proxy.requests];
    bench.proxy.reset();
    return { code: ran.code, all: ran.stdout + ran.stderr, stdout: ran.stdout };
  }

  async function expectCode(code: number, command: string, ...args: string[]): Promise<string> {
    const ran = await run(command, ...args);
    expect(ran.code, `${command} ${args.join(' ')}\n${ran.all}`).toBe(code);
    return ran.all;
  }

  beforeAll(async () => {
    provider = await startProvider();
    bench = await openBench(server, 'secrets');
    home = await mkdtemp(join(tmpdir(), 'rerankctl-secrets-'));
    await mkdir(join(home, 'in'));
    await writeFile(join(home, 'in', 'all.yaml'), everything());
    await writeFile(join(home, 'in', 'verification.yaml'), verification());
    for (const each of ['Old', 'New'] as const)
      provider.keys.set(planted('credentialFromEnv', each), undefined);
    await rotate('Old');
  });
  afterAll(async () => {
    await bench.cleanUp();
    await provider.close();
    await rm(home, { recursive: true });
  });

  it('serve where they belong, in every command', async () => {
    await expectCode(0, 'validate', '--debug');
    await writeFile(join(home, 'in', 'query.yaml'), verification({ query_text: env('queryBody') }));
    expect(await expectCode(3, 'validate', '-f', 'in/query.yaml', '--debug')).toContain('RCTL_VERIFY_SECRET');
    await expectCode(0, 'graph');
    await expectCode(0, 'doctor', '--output', 'json', '--debug');
    await expectCode(0, 'plan', '--debug');
    await expectCode(0, 'plan', '-o', 'plan-1.json', '--output', 'json');
    await expectCode(0, 'apply', 'plan-1.json', '--output', 'json', '--debug');
    await expectCode(0, 'plan', '--detailed-exitcode');
    await expectCode(0, 'verify', '--runs', 'runs', ...reports('verified'), '--debug');
    await expectCode(0, 'verify', '--output', 'json');
    await expectCode(0, 'drift', '--output', 'json');
    await expectCode(0, 'plan', '--preview', ...reports('preview'));
    await expectCode(0, 'state list', '--output', 'json');
    for (const kind of ['Connector', 'Index']) {
      await expectCode(0, 'state show', `${kind}/${name}`);
    }
    await expectCode(0, 'state history', '--output', 'json');
    expect(provider.asked.at(-1)).toMatchObject({ key: planted('credentialFromEnv', 'Old'), status: 200 });
  });

  it('that are rotated are told as changed, and neither edition is said', async () => {
    await rotate('New');
    const said = await expectCode(2, 'plan', '--detailed-exitcode', '--output', 'json');
    expect(said).toContain('(sensitive');
    await expectCode(0, 'plan', ...reports('rotated'));
    await expectCode(0, 'apply', '--yes', ...reports('applied'));
    await expectCode(0, 'plan', '--detailed-exitcode');
    // The model before went with its connector, and that with the old key.
    await expectCode(8, 'plan', '--rollback', '--output', 'json', '--debug');
    expect(provider.asked.at(-1)).toMatchObject({ key: planted('credentialFromEnv', 'New'), status: 200 });
  });

  it('that were changed behind our back are drift, without the value that is there now', async () => {
    // What is there now is what somebody has put back: the old secret.
    const was = (place: Place): string => planted(place, 'Old');
    await bench.raw('PUT', `/${name}/_mapping`, { _meta: { token: was('mapping') } });
    await bench.raw('PUT', `/${name}/_settings`, { 'index.query.default_field': was('setting') });
    await bench.raw('PUT', `/_ingest/pipeline/${name}`, {
      processors: [{ set: { field: 'from', value: was('ingest') } }],
    });
    // To leave it as it is, it would have to be sent back, and what is masked would be sent.
    await writeFile(
      join(home, 'in', 'ignored.yaml'),
      ingest({ ignore_changes: ['/processors/0/set/value'] }),
    );
    expect(await expectCode(8, 'plan', '-f', 'in/ignored.yaml')).toContain('RCTL_IGNORED_SECRET');
    await expectCode(2, 'drift', '--output', 'json');
    await expectCode(2, 'drift', ...reports('drifted'));
    await expectCode(0, 'plan', '--debug');
    await expectCode(0, 'apply', '--yes', '--output', 'json');
  });

  it('that the service refuses and quotes are not said again', async () => {
    provider.keys.clear();
    expect(await expectCode(6, 'verify', ...reports('refused'), '--debug')).toMatch(QUOTED);
    // Nothing in these manifests says what the key is.
    const alone = ['-f', 'in/verification.yaml', '--debug'];
    expect(await expectCode(6, 'verify', ...alone)).toMatch(QUOTED);
    // And here it is another one by now.
    await rotate('Old');
    expect(await expectCode(6, 'verify', '--debug')).toMatch(QUOTED);
    expect(await expectCode(5, 'apply', '--yes', ...reports('failed'), '--debug')).toMatch(QUOTED);
    await expectCode(0, 'state show', `Connector/${name}`);
    for (const each of ['Old', 'New'] as const)
      provider.keys.set(planted('credentialFromEnv', each), undefined);
    await expectCode(0, 'apply', '--yes');
  });

  it('of the connection are in no failure to connect', async () => {
    const user = encodeURIComponent(password);
    const wrong = [
      `http://planted:${user}@127.0.0.1:1`,
      `ftp://planted:${user}@127.0.0.1`,
      `http://planted:${user}@`,
      `${bench.proxy.url.replace('http', 'https').replace('//', `//planted:${user}@`)}`,
    ];
    for (const url of wrong) {
      const args = ['plan', '-f', 'in/verification.yaml', '--debug', '--output', 'json'];
      const planting = Object.fromEntries(
        PLACES.map((place) => [variableOf(place), planted(place, edition)]),
      );
      const ran = await rerankctlProcess([...args, '--request-timeout', '5'], {
        cwd: home,
        env: { ...planting, OPENSEARCH_URL: url },
      });
      expect(ran.code, ran.stderr).toBeGreaterThan(2);
      texts.push({ from: `plan at a wrong address`, text: ran.stdout + ran.stderr });
    }
    bench.proxy.inject({ fault: { do: 'answer', status: 401, body: 'Unauthorized' } });
    await expectCode(4, 'plan', '--debug', '--output', 'json');
  });

  it('leave with the stack', async () => {
    await expectCode(0, 'destroy', '--confirm', bench.stack, '--output', 'json', '--debug');
  });

  it('were in nothing that was said, written down or sent elsewhere', async () => {
    for (const file of await readdir(home, { recursive: true, withFileTypes: true })) {
      if (!file.isFile() || file.parentPath.endsWith('/in')) continue;
      const path = join(file.parentPath, file.name);
      texts.push({ from: path.slice(home.length + 1), text: await readFile(path, 'utf8') });
    }
    expect(texts.map(({ from }) => from)).toEqual(
      expect.arrayContaining([
        'plan-1.json',
        'verified.html',
        'verified.markdown',
        'verified.junit',
        'preview.markdown',
        'refused.html',
        'failed.sarif',
      ]),
    );
    const login = `${server.login.username ?? 'planted'}:${password}`;
    const ofConnection = [password, encodeURIComponent(password), Buffer.from(login).toString('base64')];
    const secrets = [
      ...PLACES.flatMap((place) => [planted(place, 'Old'), planted(place, 'New')]),
      ...ofConnection,
    ];
    const holds = (text: string, secret: string): boolean =>
      text.includes(secret) || text.replaceAll(/\s+/g, '').includes(secret);
    const told = texts.flatMap(({ from, text }) =>
      secrets.filter((secret) => holds(text, secret)).map((secret) => `${secret} in ${from}`),
    );
    expect([...new Set(told)]).toEqual([]);

    const sent = requests.flatMap(({ method, path, query, headers, body }) => {
      const { authorization: _own, ...others } = headers;
      const whole = `${path}?${query}\n${JSON.stringify(others)}\n${body.toString('latin1')}`;
      const mine = (secret: string): boolean =>
        PLACES.some((place) => secret.endsWith(`${place}7kX`) && BELONGS[place].test(path));
      return secrets
        .filter((secret) => whole.includes(secret) && !mine(secret))
        .map((secret) => `${secret} in ${method} ${path}`);
    });
    expect([...new Set(sent)]).toEqual([]);
    expect(requests.filter(({ path }) => path.startsWith('/.rerankctl-state')).length).toBeGreaterThan(0);
    expect(requests.some(({ body }) => body.includes(planted('credentialJoined', 'New')))).toBe(true);
  });
});
