import { afterAll, beforeAll, expect, it } from 'vitest';
import { textAt } from '../../src/core/json.ts';
import { rerankctl } from '../support/cli.ts';
import { nodeUrl, uniqueName } from '../support/node.ts';
import { type Provider, startProvider } from '../support/provider.ts';
import { type Bench, idsOf, openBench, SERVERS } from '../support/provision.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { connectorOf, connectorSpec } from '../support/remote.ts';

const ML = '/_plugins/_ml';
const KEY = 'key-of-ids-41c2';
process.env.PROVIDER_KEY = KEY;

let bench: Bench;
let provider: Provider;
let proxy: FaultyProxy;
beforeAll(async () => {
  const [, server] = SERVERS[0] ?? [];
  if (server === undefined) throw new Error('no server');
  bench = await openBench(server, 'connector-ids', { PROVIDER_KEY: KEY });
  provider = await startProvider();
  proxy = await startProxy(nodeUrl());
});
afterAll(async () => {
  await bench.cleanUp();
  await proxy.close();
  await provider.close();
});

/** A connector whose ID the server gives to one in some thousand. Only a node without security lets it be written. */
async function plant(name: string, id: string): Promise<void> {
  const spec = { ...connectorSpec(name, provider.url), credential: { key: KEY } };
  const made = textAt(await bench.raw('POST', `${ML}/connectors/_create`, spec), 'connector_id') ?? '';
  const found = (await bench.raw('GET', `/.plugins-ml-connector/_doc/${made}`)) as { _source: object };
  await bench.raw('PUT', `/.plugins-ml-connector/_doc/${id}?refresh=true`, found._source);
  await bench.raw('DELETE', `${ML}/connectors/${made}`);
}

/** Applies while the server seems to give the planted ID to the first connector that is created. */
async function applyGiven(name: string, id: string) {
  let given = false;
  proxy.strike(async ({ path }) => {
    if (given || !path.endsWith('/connectors/_create')) return undefined;
    given = true;
    await plant(name, id);
    return { do: 'answer', status: 200, body: { connector_id: id } };
  });
  const args = ['apply', '--yes', '-f', '-', '--stack', bench.stack, '--url', proxy.url];
  const ran = await rerankctl(args, { stdin: connectorOf(name, provider) });
  proxy.reset();
  return ran;
}

it('an ID that the server would mistake for another is given back, and another is taken', async () => {
  const name = uniqueName('conn');
  const mistakable = `a-${name.replaceAll('-', '')}-b`;
  const ran = await applyGiven(name, mistakable);
  expect(ran.code, ran.stderr).toBe(0);
  const ids = await idsOf(bench.cluster, 'connectors', name);
  expect(ids).toHaveLength(1);
  expect(ids).not.toContain(mistakable);
});

it('one that the server mistakes at once is kept, and said to be when it cannot be deleted', async () => {
  const name = uniqueName('conn');
  const middle = name.replaceAll('-', '');
  // The model of somebody else, with a connector whose ID has the same middle.
  const registered = await bench.raw('POST', `${ML}/models/_register`, {
    name,
    function_name: 'remote',
    connector_id: await planted(`c-${middle}-d`),
  });
  const model = textAt(registered, 'model_id') ?? '';
  try {
    const ran = await applyGiven(name, `a-${middle}-b`);
    expect(ran.code, ran.stderr).toBe(0);
    expect(await idsOf(bench.cluster, 'connectors', name)).toEqual([`a-${middle}-b`]);

    const args = ['destroy', '--confirm', bench.stack, '--stack', bench.stack, '--url', nodeUrl()];
    const refused = await rerankctl(args);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain(model);
    expect(refused.stderr).toMatch(/the\s+server\s+mistakes\s+its\s+ID/);
  } finally {
    await bench.raw('DELETE', `${ML}/models/${model}`);
    await bench.raw('DELETE', `${ML}/connectors/c-${middle}-d`);
  }

  async function planted(id: string): Promise<string> {
    await plant(`${name}-other`, id);
    return id;
  }
});
