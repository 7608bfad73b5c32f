import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { nodeUrl } from '../support/node.ts';
import { storedZip } from '../support/zip.ts';
import { openStory, RERANKER, type Story } from './story.ts';

/** The node itself reads these files, under an account of its own. */
let folder: string;
let story: Story;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rerankctl-downloads-'));
  await chmod(folder, 0o755);
});
afterEach(() => story.cleanUp());
afterAll(() => rm(folder, { recursive: true, force: true }));

function byUrl(url: string, hash: string): Story {
  return openStory(nodeUrl(), `url: ${url}\n  model_content_hash_value: ${hash}`);
}

async function fileUrl(name: string, content: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  await chmod(path, 0o644);
  return pathToFileURL(path).href;
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

async function expectFailure(code: string, ...words: string[]): Promise<void> {
  const ran = await story.run('apply', nodeUrl());
  expect(ran.code, ran.stdout + ran.stderr).toBe(5);
  for (const word of [code, ...words]) expect(ran.stderr).toContain(word);
  expect(await story.models()).toEqual([]);
}

it('a model from a URL with its hash is registered, deployed and proven', async () => {
  await copyFile(RERANKER, join(folder, 'reranker.zip'));
  await chmod(join(folder, 'reranker.zip'), 0o644);
  const hash = sha256(await readFile(RERANKER));
  story = byUrl(pathToFileURL(join(folder, 'reranker.zip')).href, hash);
  expect(await story.run('apply', nodeUrl())).toMatchObject({ code: 0 });
  await story.expectWhole();
});

it('a host that nobody knows is named in a sentence', async () => {
  story = byUrl('http://no-such-host.invalid/reranker.zip', 'a'.repeat(64));
  await expectFailure('RCTL_MODEL_HOST_UNREACHABLE', 'it cannot reach no-such-host.invalid', 'spec.file');
});

it('a host that refuses the connection', async () => {
  story = byUrl('http://127.0.0.1:9/reranker.zip', 'a'.repeat(64));
  await expectFailure('RCTL_MODEL_HOST_UNREACHABLE', 'refused');
});

it('content of another hash', async () => {
  const zip = storedZip({ 'tokenizer.json': '{}', 'model.pt': 'weights' });
  story = byUrl(await fileUrl('other.zip', zip), 'a'.repeat(64));
  await expectFailure('RCTL_MODEL_HASH_MISMATCH', 'model_content_hash_value');
});

it('a zip without tokenizer.json', async () => {
  const zip = storedZip({ 'model.pt': 'weights' });
  story = byUrl(await fileUrl('bare.zip', zip), sha256(zip));
  await expectFailure('RCTL_MODEL_ZIP_LAYOUT', 'tokenizer.json');
});

it('something that is no zip', async () => {
  const page = Buffer.from('<html>please log in</html>');
  story = byUrl(await fileUrl('page.zip', page), sha256(page));
  await expectFailure('RCTL_MODEL_', 'zip');
});

it.each([
  ['without tokenizer.json', storedZip({ 'model.pt': 'x' }), 'has no tokenizer.json'],
  ['with its files in a folder', storedZip({ 'm/tokenizer.json': '{}', 'm/model.pt': 'x' }), 'in a folder'],
  ['of the other format', storedZip({ 'tokenizer.json': '{}', 'model.onnx': 'x' }), 'model.onnx'],
  ['that is none', Buffer.from('no zip'), 'cannot be read as a zip'],
])('a file %s is refused before anything is contacted', async (_what, content, words) => {
  const path = join(folder, 'refused.zip');
  await writeFile(path, content);
  story = openStory(nodeUrl(), `file: ${path}`);
  const ran = await story.run('apply', 'http://127.0.0.1:9');
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain(words);
  expect(ran.stderr).toMatch(/<stdin>:\d+:\d+: error RCTL_MODEL_ZIP/);
});
