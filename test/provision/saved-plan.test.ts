import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Ran, rerankctl } from '../support/cli.ts';
import { nodeUrl, securedNode, uniqueName } from '../support/node.ts';
import { manifest } from '../support/provision.ts';

let folder: string;
let name: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rerankctl-plan-'));
});
beforeEach(() => {
  name = uniqueName('saved');
});
afterEach(() => run('destroy', '--stack', name, '--confirm', name, '--allow-data-loss'));
afterAll(() => rm(folder, { recursive: true }));

function run(command: string, ...args: string[]): Promise<Ran> {
  const env = { API_KEY: 'topsecret-1234' };
  return rerankctl([command, ...args, '--url', nodeUrl()], { cwd: folder, env });
}

async function write(description: string, more = ''): Promise<void> {
  const text = manifest('SearchPipeline', name, { description }) + more;
  await writeFile(join(folder, 'stack.yaml'), text);
}

const save = () => run('plan', '-f', 'stack.yaml', '--stack', name, '-o', 'plan.json');

function putPipeline(description: string): Promise<Response> {
  return fetch(`${nodeUrl()}/_search/pipeline/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ description }),
  });
}

it('a saved plan is applied exactly, once', async () => {
  await write('a');
  const saved = await save();
  expect(saved).toMatchObject({ code: 0, stderr: expect.stringContaining('rerankctl apply plan.json') });
  expect(await run('apply', 'plan.json')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 change applied'),
  });
  const again = await run('apply', 'plan.json');
  expect(again.code).toBe(8);
  expect(again.stderr).toContain('RCTL_PLAN_STALE');
  expect(again.stderr).toContain(`SearchPipeline/${name} needs no change any more`);
});

it('holds no secret', async () => {
  await writeFile(
    join(folder, 'stack.yaml'),
    manifest('SearchPipeline', name, { description: { $env: 'API_KEY' } }),
  );
  expect(await save()).toMatchObject({ code: 0 });
  expect(await readFile(join(folder, 'plan.json'), 'utf8')).not.toContain('topsecret');
  expect(await run('apply', 'plan.json')).toMatchObject({ code: 0 });
});

it.each([
  ['the manifests have changed', () => write('b'), 'the manifests have changed'],
  ['the object has changed in the cluster', () => putPipeline('by hand'), 'would now be another change'],
])('is refused when %s', async (_what, change, reason) => {
  await write('a');
  expect(await save()).toMatchObject({ code: 0 });
  await change();
  const ran = await run('apply', 'plan.json');
  expect(ran.code).toBe(8);
  expect(ran.stderr).toContain(reason);
  expect(ran.stderr).toContain('Nothing was changed');
});

it('is refused when a field it would change has moved meanwhile', async () => {
  await write('a');
  await run('apply', '--yes', '-f', 'stack.yaml', '--stack', name);
  await write('b');
  await save();
  await putPipeline('by hand');
  const ran = await run('apply', 'plan.json');
  expect(ran).toMatchObject({ code: 8, stderr: expect.stringContaining('is not as it was') });
});

it('is refused when a file that it would send has other content', async () => {
  await writeFile(join(folder, 'docs.ndjson'), '{"text":"one"}\n');
  const seed = manifest('SeedData', 'seed', { index: { $ref: `Index/${name}` }, files: ['docs.ndjson'] });
  await write('a', manifest('Index', name, {}) + seed);
  await save();
  await writeFile(join(folder, 'docs.ndjson'), '{"text":"two"}\n');
  const ran = await run('apply', 'plan.json');
  expect(ran).toMatchObject({ code: 8, stderr: expect.stringContaining('SeedData/seed is not as it was') });
});

it('is refused on another cluster', async () => {
  const other = securedNode();
  if (other === undefined) return;
  await write('a');
  await save();
  const { url, username, password, caFile } = other;
  const ran = await rerankctl(
    ['apply', 'plan.json', '--url', url, '--username', username, '--ca-file', caFile],
    {
      cwd: folder,
      env: { OPENSEARCH_PASSWORD: password },
    },
  );
  expect(ran, ran.stderr).toMatchObject({
    code: 8,
    stderr: expect.stringContaining('it was made for the cluster'),
  });
});

it.each([
  [['plan', '-f', '-', '-o', 'plan.json'], 'stdin cannot be saved'],
  [['plan', '-f', 'stack.yaml', '-o', 'json'], 'write --output json'],
  [['plan', '-f', 'stack.yaml', '-o', 'plan.yaml'], 'a plan is saved as JSON'],
  [['plan', '-f', 'stack.yaml', '-o', 'no/such/folder/plan.json'], 'cannot be written'],
])('%j is refused as usage', async ([command = '', ...args], message) => {
  await write('a');
  expect(await run(command, ...args)).toMatchObject({ code: 3, stderr: expect.stringContaining(message) });
});

it('takes no further flags that a plan is made with, and no plan of another format', async () => {
  await write('a');
  await save();
  expect(await run('apply', 'plan.json', '--prune')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('--prune has no place beside it'),
  });
  await writeFile(join(folder, 'plan.json'), '{"rerankctlPlan":"9.0"}');
  expect(await run('apply', 'plan.json')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('RCTL_PLAN_FORMAT'),
  });
});
