import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dig, listAt } from '../../src/core/json.ts';
import { type Ran, rerankctl as run } from '../support/cli.ts';
import { uniqueName } from '../support/node.ts';
import { type Provider, startProvider } from '../support/provider.ts';
import { type Bench, openBench, SERVERS } from '../support/provision.ts';

const ACCESS_KEY = 'AKIALOCALBYFIELD';
const KEY = 'local-secret-5d20cc91';

describe.each(SERVERS)('reranking by a field on %s', (_title, server) => {
  let bench: Bench;
  let provider: Provider;
  beforeAll(async () => {
    provider = await startProvider();
    provider.keys.set(ACCESS_KEY, KEY);
    bench = await openBench(server, 'by-field');
  });
  afterAll(async () => {
    await bench.cleanUp();
    await provider.close();
  });

  const { username = '', password = '' } = server.login;
  const tutorial = (folder: string) => {
    const stack = uniqueName('by-field');
    const manifests = fileURLToPath(new URL(`../../manifests/${folder}`, import.meta.url));
    return async (...args: string[]): Promise<Ran> => {
      const url = `${provider.url}/endpoints/cross-encoder/invocations`;
      const vars = ['--var', `sagemaker_url=${url}`, '--var', 'sagemaker_region=us-west-2'];
      const files = args[0] === 'destroy' ? ['--confirm', stack] : ['-f', manifests, ...vars];
      const named = args[0] === 'verify' ? [] : ['--stack', stack];
      const login = { OPENSEARCH_USERNAME: username, OPENSEARCH_PASSWORD: password };
      const env = { ...login, OPENSEARCH_URL: bench.proxy.url };
      return run([...args, ...files, ...named], {
        env: { ...env, AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: KEY },
      });
    };
  };
  const succeeds = (ran: Ran): Ran => {
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    return ran;
  };
  const search = async (index: string, pipeline: string, query: object): Promise<unknown[]> =>
    listAt(
      await bench.raw('POST', `/${index}/_search?search_pipeline=${pipeline}`, { query }),
      'hits',
      'hits',
    );

  it('the tutorial: books by their stars, the score from before beside the new one', async () => {
    const rerankctl = tutorial('by-field-tutorial');
    expect(succeeds(await rerankctl('plan')).stderr).not.toContain('RCTL_LINT');
    succeeds(await rerankctl('apply', '--yes'));
    const hits = await search('book-index', 'rerank_byfield_pipeline', { match_all: {} });
    expect(
      hits.map((hit) => [dig(hit, '_id'), dig(hit, '_score'), dig(hit, '_source', 'previous_score')]),
    ).toEqual([
      ['4', 4.8, 1],
      ['2', 4.7, 1],
      ['3', 4.5, 1],
      ['1', 4.2, 1],
    ]);
    expect(succeeds(await rerankctl('verify')).stdout).toContain('reranker ran: yes');
    succeeds(await rerankctl('plan', '--detailed-exitcode'));
    succeeds(await rerankctl('destroy', '--allow-data-loss'));
  }, 60_000);

  it('the tutorial with a cross-encoder: ml_inference scores, and by_field sorts by it', async () => {
    const rerankctl = tutorial('by-field-cross-encoder-tutorial');
    succeeds(await rerankctl('apply', '--yes'));
    const query = {
      multi_match: { query: 'artists art creative community', fields: ['description', 'facts'] },
    };
    const hits = await search('nyc_areas', 'nyc_rerank_pipeline', query);
    expect(hits.length).toBeGreaterThan(1);
    const scores = hits.map((hit) => Number(dig(hit, '_score')));
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    // The words that `facts` shares with the query decide, as the provider counts them.
    expect(dig(hits[0], '_source', 'area_name')).toBe('Astoria');
    expect(dig(hits[0], '_source', 'previous_score')).toBeGreaterThan(0);
    expect(dig(hits[0], '_source')).not.toHaveProperty('rank_score');
    expect(provider.asked.at(-1)).toMatchObject({ query: 'artists art creative community', status: 200 });
    const verified = succeeds(await rerankctl('verify'));
    expect(verified.stdout).toContain('reranker ran: yes (ml_inference, rerank');
    succeeds(await rerankctl('plan', '--detailed-exitcode'));
    succeeds(await rerankctl('destroy', '--allow-data-loss'));
  }, 60_000);
});
