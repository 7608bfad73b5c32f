import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { start } from '../support/cli.ts';
import { nodeUrl } from '../support/node.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { openStory, type Story } from './story.ts';
import { again } from './sweep.ts';

/** Requests in whose midst a run is ended: each is a place where something has been begun. */
const POINTS: readonly [string, RegExp][] = [
  ['the group is registered', /model_groups\/_register$/],
  ['the model is announced', /_register_meta$/],
  ['a chunk is uploaded', /upload_chunk\/1$/],
  ['the last chunk is uploaded', /upload_chunk\/2$/],
  ['the model is deployed', /_deploy$/],
  ['the deployment is waited for', /_ml\/tasks\//],
  ['the model is probed', /_predict\//],
  ['documents are sent', /story[^/]*\/_bulk$/],
  ['the pipeline is put', /_search\/pipeline\/story/],
];

const THREE_CHUNKS = 20_000_000;

/** The plan lists all pipelines; only `apply` puts one. */
function isPlanning({ method, path }: { method: string; path: string }): boolean {
  return method === 'GET' && !path.includes('/tasks/');
}

let proxy: FaultyProxy;
let model: ModelFile;
let story: Story;
beforeAll(async () => {
  proxy = await startProxy(nodeUrl());
  model = await writeTinyModel(THREE_CHUNKS);
});
afterEach(async () => {
  proxy.reset();
  await story.cleanUp();
});
afterAll(async () => {
  await proxy.close();
  await model.remove();
});

describe.each(['SIGINT', 'SIGKILL'] as const)('an apply that gets %s', (signal) => {
  it.each(POINTS)('while %s is finished by the next one', async (_what, path) => {
    story = openStory(nodeUrl(), `file: ${model.path}`);
    let struck = false;
    proxy.onRequest(async (_n, request) => {
      if (struck || !path.test(request.path) || isPlanning(request)) return;
      struck = true;
      child.kill(signal);
      // The request itself still reaches the node, after the process has heard of it.
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    const { child, ended } = start(story.args('apply', proxy.url), { stdin: story.yaml });
    const first = await ended;
    expect(struck).toBe(true);
    expect(first.code).toBe(signal === 'SIGINT' ? 130 : null);
    if (signal === 'SIGINT') expect(first.stderr).toContain('Interrupted');
    proxy.reset();

    const second = await again(() => story.run('apply', nodeUrl()));
    expect(second.code, second.stdout + second.stderr).toBe(0);
    await story.expectWhole();
  });
});

it('a second Ctrl-C ends it at once', async () => {
  story = openStory(nodeUrl(), `file: ${model.path}`);
  proxy.inject({ path: '_register_meta', fault: { do: 'delay', ms: 20_000 } });
  const seen = new Promise<void>((resolve) => {
    proxy.onRequest((_n, request) => {
      if (request.path.endsWith('_register_meta')) resolve();
    });
  });
  const { child, ended } = start(story.args('apply', proxy.url), { stdin: story.yaml });
  await seen;
  const from = performance.now();
  child.kill('SIGINT');
  setTimeout(() => child.kill('SIGINT'), 300);
  expect((await ended).code).toBe(130);
  expect(performance.now() - from).toBeLessThan(5_000);
});

describe('a replacement of a model that is killed', () => {
  let other: ModelFile;
  beforeAll(async () => {
    other = await writeTinyModel(THREE_CHUNKS, 'best');
  });
  afterAll(() => other.remove());

  it.each([
    ['while the new one is uploaded', /upload_chunk\/2$/],
    ['while the pipeline is pointed at the new one', /_search\/pipeline\/story/],
    ['before the old one is removed', /_undeploy$/],
    ['while the old one is removed', /_ml\/models\/[^/]+$/],
  ])('%s leaves one model in the end', async (_what, path) => {
    story = openStory(nodeUrl(), `file: ${model.path}`);
    expect(await story.run('apply', nodeUrl())).toMatchObject({ code: 0 });
    const [before] = await story.models();

    const changed = openStory(nodeUrl(), `file: ${other.path}`, story.name);
    let struck = false;
    proxy.onRequest(async (_n, request) => {
      if (struck || !path.test(request.path) || isPlanning(request)) return;
      struck = true;
      child.kill('SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    const { child, ended } = start(changed.args('apply', proxy.url), { stdin: changed.yaml });
    expect((await ended).code).toBe(null);
    expect(struck).toBe(true);
    proxy.reset();

    const second = await again(() => changed.run('apply', nodeUrl()));
    expect(second.code, second.stdout + second.stderr).toBe(0);
    await changed.expectWhole();
    expect(await story.models()).not.toContain(before);
  });
});
