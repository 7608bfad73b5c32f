import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLoaded } from '../../src/kinds/held-models.ts';
import { rest } from '../../src/kinds/model/deploy.ts';
import { getModel } from '../../src/kinds/model/live.ts';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { deleteModel, undeployedModel } from '../support/model.ts';
import { connectToNode, uniqueName } from '../support/node.ts';

let cluster: Cluster;
let id: string;
beforeAll(async () => {
  cluster = connectToNode();
  id = await undeployedModel(cluster, uniqueName('undeploy'));
});
afterAll(async () => {
  await deleteModel(cluster, id);
  await cluster.close();
});

/** As a run that was killed may have asked for it. */
const deploy = () => cluster.request({ method: 'POST', path: `/_plugins/_ml/models/${id}/_deploy` });
const context = () => ({
  cluster,
  signal: new AbortController().signal,
  waitMs: 30_000,
  polled: () => undefined,
});

async function staysUndeployed(): Promise<void> {
  // Longer than a deployment of this model takes.
  await sleep(2_000);
  expect((await getModel(cluster, id))?.state).not.toMatch(/DEPLOYING|^DEPLOYED/);
  expect((await readLoaded(cluster))?.has(id)).toBe(false);
}

it.each([0, 20, 50, 100])(
  'a model whose deployment began %i ms ago is undeployed, and stays so',
  async (ms) => {
    await deploy();
    await sleep(ms);
    expect(await rest(context(), id)).toBe(true);
    await staysUndeployed();
  },
);

it('a model whose deployment is asked for while it is being undeployed is undeployed in the end', async () => {
  await deploy();
  await expect.poll(async () => (await getModel(cluster, id))?.state, { timeout: 30_000 }).toBe('DEPLOYED');
  let late: Promise<unknown> | undefined;
  const through: Cluster = {
    ...cluster,
    url: cluster.url,
    request: async (request) => {
      const answer = await cluster.request(request);
      if (request.path.endsWith('_undeploy')) late ??= deploy();
      await late;
      return answer;
    },
  };
  expect(await rest({ ...context(), cluster: through }, id)).toBe(true);
  await staysUndeployed();
});
