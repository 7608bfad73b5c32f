import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { down, type RunningNode, up } from '../../src/dev/index.ts';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { searchAll } from '../../src/opensearch/paging.ts';
import { poll } from '../../src/opensearch/poll.ts';
import { start } from '../support/cli.ts';
import { connectToNode, SHORT_LIVED } from '../support/node.ts';
import { stateOfModel } from '../support/provision.ts';
import { type Fault, type FaultyProxy, startProxy } from '../support/proxy.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { openStory, type Story } from './story.ts';

const NODE = 'test-killed';
/** Far from those that other files take, who look for a free one while this node is down. */
const PORT = 9470;
const io = { onEvent: () => undefined };

function boot(): Promise<RunningNode> {
  const plain = { security: false, nodes: 1, settings: {}, javaOpts: SHORT_LIVED, without: [] };
  return up({ ...plain, name: NODE, version: '3.6.0', port: PORT }, io);
}

async function discard(): Promise<void> {
  await down({ name: NODE, all: false, purge: true }, io);
}

let node: RunningNode;
let cluster: Cluster;
let proxy: FaultyProxy;
let model: ModelFile;
let story: Story;

beforeAll(async () => {
  await discard();
  [node, model] = await Promise.all([boot(), writeTinyModel(10_000_000)]);
  cluster = connectToNode(node.url);
  proxy = await startProxy(node.url);
});
afterEach(async () => {
  proxy.reset();
  await story.cleanUp();
});
afterAll(async () => {
  await proxy.close();
  await cluster.close();
  await model.remove();
  await discard();
});

/** As the power would: nothing is flushed, nobody is told. */
async function killNode(): Promise<void> {
  for (const pid of node.pids) process.kill(pid, 'SIGKILL');
  // Until its ports are free again.
  await poll({
    what: 'the node to be gone',
    read: async () => node.pids.filter(isThere),
    done: (pids) => pids.length === 0,
    describe: (pids) => `${pids.join(', ')} still there`,
    deadlineMs: 20_000,
  });
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** With the data it had, under the same address. */
async function restartNode(): Promise<void> {
  node = await boot();
}

/**
 * Begins an apply; resolves when its request comes that `path` describes and `strike` has been carried out. Without
 * a fault of its own the request is dropped: its node, or its sender, is gone.
 */
async function applyUntil(path: RegExp, strike: (child: ChildProcess) => Promise<Fault | undefined>) {
  let met = (): void => {};
  const struck = new Promise<void>((resolve) => {
    met = resolve;
  });
  let once = false;
  const { child, ended } = start(story.args('apply', proxy.url), { stdin: story.yaml });
  proxy.strike(async (seen) => {
    if (once || !path.test(seen.path)) return undefined;
    once = true;
    const fault = await strike(child);
    met();
    return fault ?? { do: 'drop' };
  });
  await Promise.race([struck, ended]);
  expect(once, 'the apply came to its request').toBe(true);
  await struck;
  return { ended };
}

/** Exactly one of everything, deployed by the account of the model and by that of the node. */
async function applyAgain(): Promise<void> {
  proxy.reset();
  const from = performance.now();
  const second = await story.run('apply', node.url);
  expect(second.code, second.stdout + second.stderr).toBe(0);
  expect(performance.now() - from, 'a dead task was not waited for').toBeLessThan(60_000);
  await story.expectWhole();
  const [id = ''] = await story.models();
  expect(await stateOfModel(cluster, id)).toBe('DEPLOYED');
  const profile = await cluster.request({ method: 'GET', path: `/_plugins/_ml/profile/models/${id}` });
  expect(JSON.stringify(profile.body)).toContain('"model_state":"DEPLOYED"');
}

async function registerTasks(): Promise<unknown[]> {
  const filter = [{ term: { task_type: 'REGISTER_MODEL' } }, { terms: { state: ['CREATED', 'RUNNING'] } }];
  return searchAll(cluster, '/_plugins/_ml/tasks/_search', { bool: { filter } });
}

it.each(['after', 'before'])(
  'an apply that is killed %s the state index is created is finished by the next one',
  async (when) => {
    await cluster.request({ method: 'DELETE', path: '/.rerankctl-state', accept: [404] });
    story = openStory(node.url, `file: ${model.path}`);
    const { ended } = await applyUntil(/^\/\.rerankctl-state$/, async (child) => {
      if (when === 'after') return { do: 'drop-answer', answered: () => child.kill('SIGKILL') };
      child.kill('SIGKILL');
      return undefined;
    });
    expect((await ended).code).toBe(null);
    await applyAgain();
  },
);

describe('a node that is killed and restarted while it downloads a model', () => {
  let publisher: Server;
  let asked: () => void;
  /** Sends the first bytes and no more, until it is healthy. */
  let healthy: boolean;

  beforeAll(async () => {
    publisher = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': model.content.length });
      if (healthy) response.end(model.content);
      else response.write(model.content.subarray(0, 1000), () => asked());
    });
    await new Promise<void>((resolve) => publisher.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    publisher.closeAllConnections();
    await new Promise((resolve) => publisher.close(resolve));
  });

  it.each([
    ['the apply with it', true],
    ['the apply living on', false],
  ])('%s: the next apply registers anew, once', async (_what, killed) => {
    const { port } = publisher.address() as AddressInfo;
    const hash = createHash('sha256').update(model.content).digest('hex');
    const url = `http://127.0.0.1:${port}/tiny.zip`;
    story = openStory(node.url, `url: ${url}\n  model_content_hash_value: ${hash}`);
    healthy = false;
    const downloading = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const { ended } = await applyUntil(/_plugins\/_ml\/tasks\//, async (child) => {
      await downloading;
      // What the apply had journaled is on its way, and the server writes the model down.
      await sleep(500);
      if (killed) child.kill('SIGKILL');
      await killNode();
      healthy = true;
      return undefined;
    });
    await restartNode();
    if (killed) expect(await registerTasks()).toHaveLength(1);
    // The one that lives on finishes by itself, unless the node is away for longer than it asks again (30 s).
    expect(killed ? [null] : [0, 1, 4, 5]).toContain((await ended).code);
    await applyAgain();
    expect(await registerTasks()).toEqual([]);
  });
});

describe('a node that is killed and restarted', () => {
  it.each([
    ['while a model is uploaded', /upload_chunk\/0$/],
    ['while a model is deployed', /_plugins\/_ml\/tasks\//],
  ])('%s: the next apply finishes', async (_what, path) => {
    story = openStory(node.url, `file: ${model.path}`);
    const { ended } = await applyUntil(path, async (child) => {
      child.kill('SIGKILL');
      await killNode();
      return undefined;
    });
    expect((await ended).code).toBe(null);
    await restartNode();
    await applyAgain();
  });

  it('under all that was applied: nothing is registered again, and the model is proven again', async () => {
    story = openStory(node.url, `file: ${model.path}`);
    expect(await story.run('apply', node.url)).toMatchObject({ code: 0 });
    const before = await story.models();
    await killNode();
    await restartNode();
    await applyAgain();
    expect(await story.models()).toEqual(before);
  });
});
