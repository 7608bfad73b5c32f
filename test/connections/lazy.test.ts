import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { listAt, textAt } from '../../src/core/json.ts';
import { rerankctlProcess } from '../support/cli.ts';
import { nodeUrl } from '../support/node.ts';

const QUICKSTART = fileURLToPath(new URL('../../manifests/quickstart', import.meta.url));
const OURS = ['settings', 'client', 'certificates', 'proxy', 'sigv4'];

/** Which of our modules, and whether the AWS SDK, a run of the built command has loaded: V8 writes down every script. */
async function loadedBy(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rerankctl-loaded-'));
  await rerankctlProcess(args, { env: { ...env, NODE_V8_COVERAGE: folder } });
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  await rm(folder, { recursive: true });
  const urls = texts.flatMap((text) =>
    listAt(JSON.parse(text), 'result').map((script) => textAt(script, 'url') ?? ''),
  );
  expect(urls.some((url) => url.endsWith('/dist/main.js'))).toBe(true);
  const names = urls.map((url) => basename(url).replace(/-[A-Z0-9]{8}\.js$/, ''));
  const sdk = urls.some((url) => url.includes('/@aws-sdk/')) ? ['aws-sdk'] : [];
  return [...OURS.filter((name) => names.includes(name)), ...sdk];
}

it.each([[['--version']], [['--help']], [['plan', '--help']], [['validate', '-f', QUICKSTART]]])(
  '%j loads nothing that reaches a cluster',
  async (args) => {
    const env = {
      OPENSEARCH_TOKEN: 'x',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      OPENSEARCH_URL: 'https://127.0.0.1:1',
    };
    expect(await loadedBy(args, env)).toEqual([]);
  },
);

it.each([
  ['http', [nodeUrl()], ['settings', 'client']],
  ['https', ['https://127.0.0.1:1'], ['settings', 'client', 'certificates']],
  [
    'a proxy',
    ['https://127.0.0.1:1', '--proxy', '127.0.0.1:1'],
    ['settings', 'client', 'certificates', 'proxy'],
  ],
  [
    'AWS',
    [nodeUrl(), '--aws-service', 'es', '--aws-region', 'eu-central-1'],
    ['settings', 'client', 'sigv4', 'aws-sdk'],
  ],
])('%s loads what it needs, and no more', async (_, args, modules) => {
  const env = { AWS_ACCESS_KEY_ID: 'AKIDTEST', AWS_SECRET_ACCESS_KEY: 'secret' };
  expect(await loadedBy(['state', 'list', '--url', ...args], env)).toEqual(modules);
});
