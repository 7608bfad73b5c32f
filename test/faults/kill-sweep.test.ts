import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { searchAll } from '../../src/opensearch/paging.ts';
import { poll } from '../../src/opensearch/poll.ts';
import { connectToNode, nodeUrl } from '../support/node.ts';
import { stateOfModel } from '../support/provision.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { openStory, type Story } from './story.ts';
import { again, type Scene, said, sweep } from './sweep.ts';

let cluster: Cluster;
let model: ModelFile;
beforeAll(async () => {
  cluster = connectToNode();
  // Two chunks: the last one is another thing to the server than the others.
  model = await writeTinyModel(10_000_000);
});
afterAll(async () => {
  await cluster.close();
  await model.remove();
});

async function open(): Promise<Scene> {
  const story = openStory(nodeUrl(), `file: ${model.path}`);
  return {
    name: story.name,
    args: (url) => story.args('apply', url),
    stdin: story.yaml,
    exitCode: 0,
    finish: () => finish(story),
    cleanUp: () => story.cleanUp(),
  };
}

async function finish(story: Story): Promise<void> {
  const second = await again(() => story.run('apply', nodeUrl()));
  expect(second.code, said(second)).toBe(0);
  await story.expectWhole();
  await expectSettled(story);
}

/** Deployed by its own account, and no task of it under way. */
async function expectSettled(story: Story): Promise<void> {
  const [id = ''] = await story.models();
  expect(await stateOfModel(cluster, id)).toBe('DEPLOYED');
  const query = {
    bool: { filter: [{ term: { model_id: id } }, { terms: { state: ['CREATED', 'RUNNING'] } }] },
  };
  await poll({
    what: 'the tasks of the model to have ended',
    read: () => searchAll(cluster, '/_plugins/_ml/tasks/_search', query),
    done: (tasks) => tasks.length === 0,
    describe: (tasks) => JSON.stringify(tasks.map(({ _source }) => _source)),
    // The search is up to a second behind, and a duplicate that was refused ends by itself.
    deadlineMs: 5_000,
  });
}

it('an apply that is killed at any request is finished by the next one', async () => {
  const { problems, figures } = await sweep(['before', 'after'], open);
  process.stdout.write(`kill sweep of an apply: ${figures}\n`);
  expect(problems).toBe('');
}, 900_000);

it('a write of a killed apply that arrives while the next one is at work changes nothing', async () => {
  const { problems, figures } = await sweep(['late'], open, 'a sample');
  process.stdout.write(`kill sweep of an apply, requests that come late: ${figures}\n`);
  expect(problems).toBe('');
}, 900_000);
