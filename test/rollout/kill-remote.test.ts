import { afterAll, beforeAll, expect, it } from 'vitest';
import { dig } from '../../src/core/json.ts';
import { again, type Scene, said, sweep } from '../faults/sweep.ts';
import { rerankctl } from '../support/cli.ts';
import { nodeUrl, uniqueName } from '../support/node.ts';
import { type Provider, startProvider } from '../support/provider.ts';
import { type Bench, idsOf, openBench, SERVERS } from '../support/provision.ts';
import { REMOTE_QUERY, remoteStory } from '../support/remote.ts';

const OLD = 'old-key-5e1d77aa';
const NEW = 'new-key-90bb21fe';
// The killed runs are processes of their own, which get them from here.
process.env.RERANKCTL_TEST_OLD_KEY = OLD;
process.env.RERANKCTL_TEST_NEW_KEY = NEW;

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
  provider.keys.set(OLD, undefined).set(NEW, undefined);
});
afterAll(() => provider.close());

const [, server] = SERVERS[0] ?? [];

function storyOf(name: string, variable: string): string {
  return remoteStory(name, provider, { connector: { credential: { key: { $env: variable } } } });
}

async function sceneOf(before: 'nothing' | 'the old key', then: 'finished' | 'taken back'): Promise<Scene> {
  if (server === undefined) throw new Error('no server');
  const bench = await openBench(server, 'kill-remote', { RERANKCTL_TEST_OLD_KEY: OLD });
  const name = uniqueName('killed');
  const old = storyOf(name, 'RERANKCTL_TEST_OLD_KEY');
  const next = storyOf(name, 'RERANKCTL_TEST_NEW_KEY');
  // So that it is taken down in the end, whatever becomes of it.
  if (before === 'nothing') await bench.planOf(old);
  else await bench.provision(old);
  const args = (url: string): string[] => ['apply', '--yes', '-f', '-', '--stack', bench.stack, '--url', url];
  return {
    name,
    args,
    stdin: next,
    exitCode: 0,
    async finish() {
      const last = then === 'finished' ? next : old;
      const second = await again(() => rerankctl(args(nodeUrl()), { stdin: last }));
      expect(second.code, said(second)).toBe(0);
      await isWhole(bench, name, then === 'finished' ? NEW : OLD);
      // Of a creation whose answer nobody heard, and which is then taken back, nobody knows the ID: it stays, unused.
      if (then === 'finished') expect(await idsOf(bench.cluster, 'connectors', name)).toHaveLength(1);
      const plan = ['plan', ...args(nodeUrl()).slice(2), '--detailed-exitcode'];
      const left = await rerankctl(plan, { stdin: last });
      expect(left.code, said(left)).toBe(0);
    },
    cleanUp: () => bench.cleanUp(),
  };
}

/** One model, and searches go through it with the key that is wanted. */
async function isWhole(bench: Bench, name: string, key: string): Promise<void> {
  expect(await idsOf(bench.cluster, 'models', name)).toHaveLength(1);
  const asked = provider.asked.length;
  const query_text = `${REMOTE_QUERY} ${name}`;
  const found = await bench.raw('POST', `/${name}/_search?search_pipeline=${name}`, {
    query: { match_all: {} },
    ext: { rerank: { query_context: { query_text } } },
  });
  expect(dig(found, 'hits', 'hits', 0, '_source', 'text')).toBe('alpha beta gamma');
  const own = provider.asked.slice(asked).find(({ query }) => query === query_text);
  expect(own).toMatchObject({ key, status: 200 });
}

it('a remote reranker whose making is killed at any request is finished by the next apply', async () => {
  const { problems, figures } = await sweep(
    ['before', 'after', 'late'],
    () => sceneOf('nothing', 'finished'),
    'a sample',
  );
  process.stdout.write(`kill sweep of a remote reranker: ${figures}\n`);
  expect(problems).toBe('');
}, 900_000);

it('a rotation that is killed at any request is finished by the next apply', async () => {
  const { problems, figures } = await sweep(
    ['before', 'after'],
    () => sceneOf('the old key', 'finished'),
    'a sample',
  );
  process.stdout.write(`kill sweep of a rotation: ${figures}\n`);
  expect(problems).toBe('');
}, 900_000);

it('a rotation that is killed at any request and then taken back leaves the old key', async () => {
  const { problems, figures } = await sweep(
    ['after'],
    () => sceneOf('the old key', 'taken back'),
    'a sample',
  );
  process.stdout.write(`kill sweep of a rotation taken back: ${figures}\n`);
  expect(problems).toBe('');
}, 900_000);
