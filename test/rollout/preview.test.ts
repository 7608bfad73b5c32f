import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, rerankctl } from '../support/cli.ts';
import { uniqueName } from '../support/node.ts';
import { type Bench, manifest, openBench, SERVERS } from '../support/provision.ts';
import { type ModelFile, TINY, writeTinyModel } from '../support/tiny-model.ts';
import { schemaErrors } from '../verify/support.ts';
import { models, production, rollout } from './story.ts';

describe.each(SERVERS)('a preview on %s', (_title, server) => {
  const name = uniqueName('preview');
  const files: ModelFile[] = [];
  let bench: Bench;
  let folder: string;
  let both: string;

  /** The pipeline asks the one model or the other; both are there. */
  const pointedAt = (model: string): string =>
    both.replace(`"model_id":{"$ref":"Model/${name}"}`, `"model_id":{"$ref":"Model/${model}"}`);

  beforeAll(async () => {
    bench = await openBench(server, 'preview');
    folder = await mkdtemp(join(tmpdir(), 'rerankctl-preview-'));
    for (const scoring of ['best', 'worst'] as const) files.push(await writeTinyModel(0, scoring));
    const [best = '', worst = ''] = files.map(({ path }) => path);
    const lenient = {
      gate: { not_first: { text: 'nothing' } },
      more: {
        queries: [
          {
            id: 'q1',
            query_text: 'which?',
            body: { query: { match_all: {} }, size: 4 },
          },
        ],
      },
    };
    const other = `${name}-other`;
    both =
      rollout(name, best, lenient) +
      manifest('Model', other, {
        name: other,
        model_group_id: { $ref: `ModelGroup/${name}` },
        ...TINY,
        file: worst,
      });
    await bench.settle(both);
  });
  afterAll(async () => {
    await bench.cleanUp();
    for (const file of files) await file.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const { username = '', password = '' } = server.login;
  const env = { OPENSEARCH_USERNAME: username, OPENSEARCH_PASSWORD: password };

  async function run(command: string, yaml: string, ...flags: string[]): Promise<Ran> {
    await writeFile(join(folder, 'm.yaml'), yaml);
    const args = [command, '-f', 'm.yaml', '--url', bench.proxy.url, ...flags];
    return rerankctl(command === 'verify' ? args : [...args, '--stack', bench.stack], { cwd: folder, env });
  }

  /** What is remembered of each resource. */
  async function stateOf(): Promise<unknown> {
    const args = ['state', 'list', '--stack', bench.stack, '--url', bench.proxy.url, '--output', 'json'];
    return JSON.parse((await rerankctl(args, { env })).stdout).records;
  }

  const ranks = (hits: { text: string }[]): string[] => hits.map(({ text }) => text);

  it('the ranks that a preview predicts are those that are measured after the apply', async () => {
    const changed = pointedAt(`${name}-other`);
    let previewed: Ran | undefined;
    const writes = await bench.writesOf(async () => {
      previewed = await run(
        'plan',
        changed,
        '--preview',
        '--output',
        'json',
        '--report',
        'markdown=preview.md',
      );
    });
    expect(writes.filter((write) => !/_search|^POST \/_plugins\/_ml\/.*_search/.test(write))).toEqual([]);
    const { preview } = JSON.parse(previewed?.stdout ?? '');
    expect(preview.unseen).toEqual([]);
    expect(preview.reports.flatMap(schemaErrors)).toEqual([]);
    const [report] = preview.reports;
    expect(report.arms).toEqual(['today', 'proposed']);
    const [query] = report.queries;
    expect(ranks(query.unreranked.hits)).toEqual(['best', 'good', 'fair', 'poor']);
    expect(ranks(query.reranked.hits)).toEqual(['poor', 'fair', 'good', 'best']);
    expect(query.reranked.hits[0]).toMatchObject({ was: 4, move: 3 });
    expect(await readFile(join(folder, 'preview.md'), 'utf8')).toContain('poor');

    await bench.provision(changed);
    const after = JSON.parse((await run('verify', changed, '--output', 'json')).stdout).reports[0];
    expect(ranks(after.queries[0].reranked.hits)).toEqual(ranks(query.reranked.hits));
    const scores = (hits: { score: number }[]): number[] => hits.map(({ score }) => score);
    expect(scores(after.queries[0].reranked.hits)).toEqual(scores(query.reranked.hits));
    await bench.settle(both);
  });

  it('shows people what moves', async () => {
    const shown = await run('plan', pointedAt(`${name}-other`), '--preview');
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('Preview: today and as proposed');
    expect(shown.stdout).toMatch(/1 +4 +↑3/);
    expect(shown.stdout).not.toContain('unreranked');
    expect((await run('plan', both, '--preview')).stdout).toContain('Searches would see nothing');
  });

  it('a canary deploys the new model beside, measures, and leaves everything as it was', async () => {
    const changed = both.replace(JSON.stringify(files[0]?.path), JSON.stringify(files[1]?.path));
    const before = {
      pipeline: await production(bench, name),
      models: await models(bench, name),
      state: await stateOf(),
    };
    expect(
      JSON.parse((await run('plan', changed, '--preview', '--output', 'json')).stdout).preview,
    ).toMatchObject({
      reports: [],
      unseen: [{ because: `Model/${name} is not on the server yet` }],
    });
    const shown = await run('plan', changed, '--canary', '--output', 'json');
    const { preview } = JSON.parse(shown.stdout);
    expect(preview.unseen).toEqual([]);
    const [query] = preview.reports[0].queries;
    expect(ranks(query.unreranked.hits)).toEqual(['best', 'good', 'fair', 'poor']);
    expect(ranks(query.reranked.hits)).toEqual(['poor', 'fair', 'good', 'best']);
    expect(await production(bench, name)).toEqual(before.pipeline);
    expect(await models(bench, name)).toEqual(before.models);
    expect(await stateOf()).toEqual(before.state);
    await bench.settle(both);
  });

  it('says of a model that is not there yet that reads alone cannot show it', async () => {
    const renamed = both.replaceAll(`"name":"${name}-other"`, `"name":"${name}-new"`);
    const repointed = renamed.replace(
      `"model_id":{"$ref":"Model/${name}"}`,
      `"model_id":{"$ref":"Model/${name}-new"}`,
    );
    const shown = await run('plan', repointed, '--preview', '--output', 'json');
    expect(JSON.parse(shown.stdout).preview).toEqual({
      reports: [],
      unseen: [{ address: `SearchPipeline/${name}`, because: `Model/${name}-new is not on the server yet` }],
    });
  });

  it('of a judged query set shows what it does to the figures, and which documents come and go', async () => {
    const asked = ['which?', 'good or best', 'best of all', 'a fair one', 'poor but fair', 'the best'];
    const judged = {
      document_id: 'text',
      measures: ['ndcg@2', 'success@1'],
      queries: asked.map((query_text, i) => ({
        id: `q${i + 1}`,
        query_text,
        body: { query: { match_all: {} }, size: 4 },
        judgments: { best: 3, good: 1 },
      })),
    };
    const yaml = both.replace(/"queries":\[.*?\]\}\}\n/, `${JSON.stringify(judged).slice(1)}}\n`);
    const changed = yaml.replace(
      `"model_id":{"$ref":"Model/${name}"}`,
      `"model_id":{"$ref":"Model/${name}-other"}`,
    );
    const shown = await run('plan', changed, '--preview', '--report', 'markdown=preview.md');
    expect(shown.code, shown.stdout + shown.stderr).toBe(0);
    expect(shown.stdout).toMatch(/ndcg@2 +1\.0000 +0\.0000 +-1\.0000 \[-1\.000, -1\.000\]/);
    expect(shown.stdout).toMatch(/success@1 +1\.0000 +0\.0000/);
    expect(shown.stdout).toMatch(/today +proposed/);
    const markdown = await readFile(join(folder, 'preview.md'), 'utf8');
    expect(markdown).toContain('### 🔎 preview');
    expect(markdown).toContain('| `ndcg@2` | 1.0000 | 0.0000 | -1.0000');
    const { preview } = JSON.parse((await run('plan', changed, '--preview', '--output', 'json')).stdout);
    expect(preview.reports[0]).toMatchObject({
      change: { queries: 6, newFirst: 1, meanDisplacement: 2 },
      latency: { today: { p50Ms: expect.any(Number) }, proposed: { p50Ms: expect.any(Number) } },
    });
  });
});
