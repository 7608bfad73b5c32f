import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dig, listAt } from '../../src/core/json.ts';
import { type Ran, rerankctl as run } from '../support/cli.ts';
import { uniqueName } from '../support/node.ts';
import { type Provider, startProvider } from '../support/provider.ts';
import { type Bench, idsOf, openBench, SERVERS } from '../support/provision.ts';

const KEY = 'local-secret-8c1f2ab93d';
const ACCESS_KEY = 'AKIALOCALTEST8C1F';
const QUERY = 'What is the capital of the United States?';
const REGION = 'us-west-2';

interface Tutorial {
  readonly folder: string;
  /** Of the connector on the server. */
  readonly connector: string;
  readonly index: string;
  readonly pipeline: string;
  /** Where the service is asked, below the address of the provider. */
  readonly path: string;
  readonly vars: (url: string) => Readonly<Record<string, string>>;
}

const aws = { AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: KEY };

const TUTORIALS: Tutorial[] = [
  {
    folder: 'cohere-tutorial',
    connector: 'cohere-rerank',
    index: 'cohere-passages',
    pipeline: 'rerank_pipeline_cohere',
    path: '/v2/rerank',
    vars: (cohere_url) => ({ cohere_url, cohere_model: 'rerank-english-v2.0' }),
  },
  {
    folder: 'bedrock-tutorial',
    connector: 'Amazon Bedrock Rerank API',
    index: 'bedrock-passages',
    pipeline: 'rerank_pipeline_bedrock',
    path: '/rerank',
    vars: (bedrock_url) => ({ bedrock_url, bedrock_region: REGION, bedrock_model: 'amazon.rerank-v1:0' }),
  },
  {
    folder: 'sagemaker-tutorial',
    connector: 'Sagemaker cross-encoder model',
    index: 'sagemaker-passages',
    pipeline: 'rerank_pipeline_sagemaker',
    path: '/endpoints/cross-encoder/invocations',
    vars: (sagemaker_url) => ({ sagemaker_url, sagemaker_region: REGION }),
  },
  {
    folder: 'sagemaker-bge-tutorial',
    connector: 'Sagemaker BGE reranker',
    index: 'sagemaker-bge-passages',
    pipeline: 'rerank_pipeline_sagemaker_bge',
    path: '/endpoints/bge/invocations',
    vars: (sagemaker_url) => ({ sagemaker_url, sagemaker_region: REGION }),
  },
  {
    folder: 'cohere-bedrock-tutorial',
    connector: 'Amazon Bedrock Cohere rerank model',
    index: 'cohere-bedrock-passages',
    pipeline: 'rerank_pipeline_cohere_bedrock',
    path: '/model/cohere.rerank-v3-5:0/invoke',
    vars: (bedrock_url) => ({ bedrock_url, bedrock_region: REGION }),
  },
];

describe.each(SERVERS)('on %s', (_title, server) => {
  let bench: Bench;
  let provider: Provider;
  let home: string;
  beforeAll(async () => {
    provider = await startProvider();
    bench = await openBench(server, 'remote-tutorial');
    home = await mkdtemp(join(tmpdir(), 'rerankctl-remote-'));
  });
  afterAll(async () => {
    await bench.cleanUp();
    await provider.close();
    await rm(home, { recursive: true });
  });

  describe.each(TUTORIALS)(
    'the tutorial in $folder',
    ({ folder, connector, index, pipeline, path, vars }) => {
      const stack = uniqueName('remote-tutorial');
      const manifests = fileURLToPath(new URL(`../../manifests/${folder}`, import.meta.url));
      const seen: string[] = [];

      async function rerankctl(...args: string[]): Promise<Ran> {
        const given = Object.entries(vars(`${provider.url}${path}`)).flatMap(([name, value]) => [
          '--var',
          `${name}=${value}`,
        ]);
        const { username = '', password = '' } = server.login;
        const env = {
          ...aws,
          COHERE_KEY: KEY,
          OPENSEARCH_URL: bench.proxy.url,
          OPENSEARCH_USERNAME: username,
          OPENSEARCH_PASSWORD: password,
        };
        const files = ['state', 'destroy'].includes(args[0] ?? '') ? [] : ['-f', manifests, ...given];
        const named = args[0] === 'verify' ? [] : ['--stack', stack];
        const ran = await run([...args, ...files, ...named], { env });
        seen.push(ran.stdout, ran.stderr);
        return ran;
      }

      const order = async (): Promise<string[]> => {
        const found = await bench.raw('POST', `/${index}/_search?search_pipeline=${pipeline}`, {
          query: { match_all: {} },
          ext: { rerank: { query_context: { query_text: QUERY } } },
        });
        return listAt(found, 'hits', 'hits').map((hit) =>
          String(dig(hit, '_source', 'passage_text')).slice(0, 10),
        );
      };

      it('is planned, applied, searched through and verified, and then nothing is left to do', async () => {
        provider.keys.set(KEY, undefined).set(ACCESS_KEY, KEY);
        const saved = join(home, `${folder}.json`);
        const planned = await rerankctl('plan', '--output', 'json', '-o', saved);
        expect(planned.code, planned.stdout + planned.stderr).toBe(0);
        seen.push(await readFile(saved, 'utf8'));
        expect((await rerankctl('plan')).stdout).toContain('create');
        const applied = await rerankctl('apply', '--yes', '--debug');
        expect(applied.code, applied.stdout + applied.stderr).toBe(0);
        const plain = await bench.raw('POST', `/${index}/_search`, { query: { match_all: {} } });
        expect(dig(plain, 'hits', 'hits', 0, '_source', 'passage_text')).toContain('Carson City');
        expect((await order())[0]).toBe('Washington');
        expect(provider.asked.at(-1)).toMatchObject({ path, query: QUERY, status: 200 });
        const verified = await rerankctl('verify');
        expect(verified.code, verified.stdout + verified.stderr).toBe(0);
        expect(verified.stdout).toContain('reranker ran: yes');
        await rerankctl('verify', '--output', 'json');
        const again = await rerankctl('plan', '--detailed-exitcode');
        expect(again.code, again.stdout + again.stderr).toBe(0);
      }, 60_000);

      it('hands passages with quotation marks, line ends and backslashes on as they are', async () => {
        const text = 'Say "Washington \\ D.C.",\n\tis the capital of the United States? What is the';
        await bench.raw('PUT', `/${index}/_doc/odd?refresh=true`, { passage_text: text });
        expect((await order())[0]).toBe(text.slice(0, 10));
        expect(provider.asked.at(-1)?.documents).toContain(text);
        await bench.raw('DELETE', `/${index}/_doc/odd?refresh=true`);
      });

      it('says what the service says when it lets nobody in, and keeps the old key out of it', async () => {
        provider.keys.clear();
        const refused = await rerankctl('verify', '--debug');
        provider.keys.set(KEY, undefined).set(ACCESS_KEY, KEY);
        expect(refused.code).not.toBe(0);
        // Tables are laid out for 80 columns.
        expect((refused.stdout + refused.stderr).replace(/\s+/g, ' ')).toMatch(/invalid api token/);
      });

      it('has told its secret to the service and to nobody else', async () => {
        await rerankctl('state', 'list');
        const state = await bench.raw('POST', '/.rerankctl-state/_search', {
          size: 1000,
          query: { term: { stack } },
        });
        seen.push(JSON.stringify(state));
        expect(seen.length).toBeGreaterThan(10);
        for (const text of seen) {
          expect(text).not.toContain(KEY);
          expect(text).not.toContain(ACCESS_KEY);
        }
      });

      it('goes as it came', async () => {
        const gone = await rerankctl('destroy', '--confirm', stack, '--allow-data-loss');
        expect(gone.code, gone.stdout + gone.stderr).toBe(0);
        expect(await idsOf(bench.cluster, 'connectors', connector)).toEqual([]);
      }, 30_000);
    },
  );
});
