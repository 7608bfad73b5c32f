import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { type Ran, rerankctl } from '../support/cli.ts';
import { deployedModel } from '../support/model.ts';
import { connectToNode, nodeUrl, uniqueName } from '../support/node.ts';
import { startProxy } from '../support/proxy.ts';
import { PASSAGES, schemaErrors } from './support.ts';

/** Questions about the passages of the tutorial, with what a person would call relevant to them. */
const QUESTIONS = [
  ['q1', 'What is the capital of the United States?', 'washington', 'head'],
  ['q2', 'What is the capital of Nevada?', 'nevada', 'head'],
  ['q3', 'Which islands have Saipan as their capital?', 'mariana', 'tail'],
  ['q4', 'Is the death penalty legal in the United States?', 'punishment', 'tail'],
  ['q5', 'Which city is a federal district?', 'washington', 'tail'],
  ['q6', 'In how many states is capital punishment legal?', 'punishment', 'tail'],
  ['q7', 'Where is the Commonwealth of the Northern Mariana Islands?', 'mariana', 'head'],
] as const;

describe('verify with judgments, on the node', () => {
  const name = uniqueName('judged');
  let cluster: Cluster;
  let folder: string;

  beforeAll(async () => {
    cluster = connectToNode();
    folder = await mkdtemp(join(tmpdir(), 'rerankctl-judged-'));
    const model = await deployedModel(cluster);
    const mappings = { properties: { passage_text: { type: 'text' }, code: { type: 'keyword' } } };
    const settings = { number_of_shards: 1, number_of_replicas: 0 };
    await cluster.request({ method: 'PUT', path: `/${name}`, body: { settings, mappings } });
    const lines = Object.entries(PASSAGES).flatMap(([id, passage_text], i) => [
      { index: { _id: String(i) } },
      { passage_text, code: id },
    ]);
    await cluster.request({
      method: 'POST',
      path: `/${name}/_bulk`,
      query: { refresh: true },
      body: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
      contentType: 'application/x-ndjson',
    });
    const rerank = {
      ml_opensearch: { model_id: model },
      context: { document_fields: ['passage_text'] },
    };
    await cluster.request({
      method: 'PUT',
      path: `/_search/pipeline/${name}`,
      body: { response_processors: [{ rerank }] },
    });
    await cluster.request({
      method: 'PUT',
      path: `/_search/pipeline/${name}-empty`,
      body: { response_processors: [{ truncate_hits: { target_size: 4 } }] },
    });
    await writeFile(
      join(folder, 'queries.jsonl'),
      QUESTIONS.map(
        ([id, text, , group]) =>
          `${JSON.stringify({ query_id: id, query_text: text, labels: { group }, size: 4 })}\n`,
      ).join(''),
    );
    await writeFile(
      join(folder, 'qrels.txt'),
      QUESTIONS.map(([id, , document]) => `${id} 0 ${document} 1\n`).join(''),
    );
  });
  afterAll(async () => {
    await cluster.request({ method: 'DELETE', path: `/${name}`, accept: [404] });
    for (const pipeline of [name, `${name}-empty`]) {
      await cluster.request({ method: 'DELETE', path: `/_search/pipeline/${pipeline}`, accept: [404] });
    }
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  });

  function manifest(more: JsonObject = {}): string {
    const spec = {
      index: name,
      search_pipeline: name,
      document_id: 'code',
      query_set: {
        file: 'queries.jsonl',
        // Each passage has the same score: the unreranked order is that of the IDs.
        body: { query: { match_all: {} }, size: '{{size}}' },
      },
      judgments: { files: ['qrels.txt'] },
      measures: ['ndcg@10', 'mrr@10', 'success@1'],
      ...more,
    };
    const document = { apiVersion: 'rerankctl/v1', kind: 'Verification', metadata: { name: 'judged' }, spec };
    return JSON.stringify(document);
  }

  async function verify(more: JsonObject = {}, ...flags: string[]): Promise<Ran> {
    await writeFile(join(folder, 'v.json'), manifest(more));
    return rerankctl(['verify', '-f', 'v.json', '--url', nodeUrl(), ...flags], { cwd: folder });
  }

  async function report(more: JsonObject = {}, ...flags: string[]) {
    const ran = await verify(more, '--output', 'json', ...flags);
    const { reports, exitCode } = JSON.parse(ran.stdout);
    expect(reports?.flatMap(schemaErrors), ran.stdout + ran.stderr).toEqual([]);
    return { ran, exitCode, report: reports[0] };
  }

  it('measures both arms, by a field, from files, with segments and headroom', async () => {
    const { ran, report: found } = await report();
    expect(ran.code).toBe(0);
    const [ndcg, mrr, success] = found.relevance.measures;
    expect(ndcg.convention).toBe('ndcg@10[gain=linear,ideal=cut,ties=server]');
    // Every question is answered by the first hit, reranked; unreranked the order is nevada, mariana, washington, punishment.
    expect(success.arms.reranked.mean).toBe(1);
    expect(mrr.arms.unreranked.mean).toBeCloseTo((1 / 3 + 1 + 1 / 2 + 1 / 4 + 1 / 3 + 1 / 4 + 1 / 2) / 7, 12);
    expect(mrr.lift.reranked).toMatchObject({ n: 7, wins: 6, ties: 1, losses: 0, exact: true });
    expect(found.relevance.headroom).toMatchObject({ windowRecall: 1, oracle: 1, used: 1 });
    expect(
      found.relevance.segments.map(({ value, queries }: { value: string; queries: number }) => [
        value,
        queries,
      ]),
    ).toEqual([
      ['head', 3],
      ['tail', 4],
    ]);
    expect(found.queries[0].reranked.hits[0]).toMatchObject({ document: 'washington', grade: 1 });
  });

  it('says the same twice, byte by byte, but for times', async () => {
    const plain = (text: string): string =>
      JSON.stringify(JSON.parse(text).reports, (key, value) =>
        key.endsWith('Ms') || key === 'latency' ? undefined : value,
      );
    const gates = [{ measure: 'ndcg@10', lift_at_least: 0.1 }];
    const [first, second] = [await report({ gates }), await report({ gates })];
    expect(plain(second.ran.stdout)).toBe(plain(first.ran.stdout));
  });

  it('ends with 6 when a gate fails and with 7 when one cannot be decided, and names its line', async () => {
    const failed = await verify({ gates: [{ measure: 'mrr@10', at_least: 0.9, arm: 'unreranked' }] });
    expect(failed.code).toBe(6);
    expect(failed.stdout).toContain('mrr@10 of unreranked >= 0.9');
    expect(failed.stdout).toMatch(/v\.json:1/);
    const open = await report({ gates: [{ latency: 'p99', at_most_ms: 10_000 }] });
    expect(open.ran.code).toBe(7);
    expect(open.report.gates[0].because).toContain('too few');
    const lifted = await verify({ gates: [{ measure: 'mrr@10', lift_at_least: 0.1 }] });
    expect(lifted.code, lifted.stdout).toBe(0);
  });

  it('names the line of a gate as the checkout has it, also when it is run below its root', async () => {
    await writeFile(
      join(folder, 'v.json'),
      manifest({ gates: [{ measure: 'mrr@10', at_least: 0.9, arm: 'unreranked' }] }),
    );
    const reports = ['sarif', 'junit', 'markdown'].map((format) => [
      '--report',
      `${format}=placed.${format}`,
    ]);
    const args = ['verify', '-f', 'v.json', '--url', nodeUrl(), '--output', 'github', ...reports.flat()];
    const ran = await rerankctl(args, { cwd: folder, env: { GITHUB_WORKSPACE: dirname(folder) } });
    expect(ran.code, ran.stderr).toBe(6);
    const place = `${basename(folder)}/v.json`;
    expect(ran.stdout).toContain(`::error file=${place},line=1,`);
    const files = await Promise.all(
      ['sarif', 'junit', 'markdown'].map((format) => readFile(join(folder, `placed.${format}`), 'utf8')),
    );
    expect(files[0]).toContain(`"uri": "${place}"`);
    expect(files[1]).toContain(`file="${place}" line="1"`);
    expect(files[2]).toContain(`${place}:1`);
  });

  it('writes a baseline, keeps to it, and refuses one of other data', async () => {
    const baseline = 'relevance.baseline.json';
    const gates = [{ measure: 'ndcg@10', drop_at_most: 0.01 }];
    await rm(join(folder, baseline), { force: true });
    expect((await verify({ baseline, gates })).code).toBe(7);
    const written = await verify({ baseline, gates }, '--update-baseline');
    expect(written.code, written.stdout).toBe(0);
    expect(written.stderr).toContain(`${baseline} written`);
    expect((await verify({ baseline, gates })).code).toBe(0);
    const text = await readFile(join(folder, baseline), 'utf8');
    expect(JSON.parse(text).measures['ndcg@10'].q1).toBe(1);
    await verify({ baseline, gates }, '--update-baseline');
    expect(await readFile(join(folder, baseline), 'utf8')).toBe(text);
    // The same baseline and a window of one hit: four of seven answers are lost.
    const worse = { file: 'queries.jsonl', body: { query: { match_all: {} }, size: 1 } };
    const other = await report({ baseline, gates, query_set: worse });
    expect(other.ran.code).toBe(7);
    expect(other.report.baseline).toMatchObject({ state: 'different', differences: ['other queries'] });
    await writeFile(
      join(folder, baseline),
      text.replaceAll(/"q\d": [\d.]+/g, (each) => `${each.split(':')[0]}: 2`),
    );
    expect((await verify({ baseline, gates })).code).toBe(6);
  });

  it('compares further pipelines', async () => {
    const { report: found } = await report({ arms: [{ name: 'nothing', search_pipeline: `${name}-empty` }] });
    expect(found.arms).toEqual(['unreranked', 'reranked', 'nothing']);
    expect(found.relevance.measures[0].lift.nothing).toMatchObject({ meanDelta: 0, p: 1, ties: 7 });
  });

  it('asks the model itself with canaries', async () => {
    const canaries = [
      {
        query_text: 'What is the capital of the United States?',
        passages: [PASSAGES.washington, PASSAGES.nevada],
        scores: [5.432, 4.156],
        tolerance: 0.01,
      },
      { query_text: 'What is the capital of Nevada?', passages: [PASSAGES.nevada, PASSAGES.mariana] },
    ];
    const good = await report({ canaries });
    expect(good.ran.code).toBe(0);
    expect(good.report.canaries.map(({ pass }: { pass: boolean }) => pass)).toEqual([true, true]);
    const wrong = await report({ canaries: [{ ...canaries[0], scores: [9, 4.156] }] });
    expect(wrong.ran.code).toBe(6);
    expect(wrong.report.canaries[0].problem).toMatch(/passage 1 scores 5\.43\d* and not 9 ± 0\.01/);
  });

  it('leaves text out where nobody may see it', async () => {
    const ran = await verify(
      {},
      '--no-text',
      '--output',
      'json',
      ...['html=r.html', 'markdown=r.md'].flatMap((file) => ['--report', file]),
    );
    const files = await Promise.all(['r.html', 'r.md'].map((file) => readFile(join(folder, file), 'utf8')));
    for (const text of [ran.stdout, ...files]) {
      expect(text).not.toContain('capital of');
      expect(text).not.toContain('Saipan');
    }
  });

  it('writes run files that anyone can measure again, without a cluster', async () => {
    const online = await report({}, '--runs', 'runs', '--report', 'junit=r.xml');
    expect((await readdir(join(folder, 'runs'))).sort()).toEqual([
      'judged.reranked.trec',
      'judged.unreranked.trec',
    ]);
    const runs = ['--run', 'runs/judged.unreranked.trec', '--run', 'runs/judged.reranked.trec'];
    const measures = ['--measure', 'ndcg@10', '--measure', 'mrr@10'];
    const args = ['verify', ...runs, '--qrels', 'qrels.txt', ...measures, '--output', 'json'];
    const offline = await rerankctl(args, { cwd: folder });
    expect(offline.code, offline.stderr).toBe(0);
    const [found] = JSON.parse(offline.stdout).reports;
    expect(schemaErrors(found)).toEqual([]);
    expect(found.relevance.measures[0].lift['judged.reranked']).toEqual(
      online.report.relevance.measures[0].lift.reranked,
    );
  });

  it('keeps what the cluster does apart from what the reranker does', async () => {
    const missing = await report({ search_pipeline: 'no-such-pipeline' });
    expect(missing.ran.code).toBe(6);
    expect(missing.report.queries[0].proof.reasons[0].code).toBe('pipeline_missing');
    const nowhere = await report({ index: 'no-such-index' });
    expect(nowhere.ran.code).toBe(1);
    const proxy = await startProxy(nodeUrl());
    try {
      // The same query gets no answer in time; the others have time enough on a busy machine, too.
      proxy.strike(async ({ path, body }) =>
        /_search/.test(path) && String(body).includes('Saipan') ? { do: 'delay', ms: 12_000 } : undefined,
      );
      const args = [
        'verify',
        '-f',
        'v.json',
        '--url',
        proxy.url,
        '--request-timeout',
        '5',
        '--output',
        'json',
      ];
      await writeFile(join(folder, 'v.json'), manifest());
      const slow = await rerankctl(args, { cwd: folder });
      expect(slow.code).toBe(1);
      const [found] = JSON.parse(slow.stdout).reports;
      const verdicts = found.queries.map(({ verdict }: { verdict: string }) => verdict);
      expect(verdicts).toEqual(['pass', 'pass', 'error', 'pass', 'pass', 'pass', 'pass']);
      expect(found.relevance.unanswered).toEqual(['q3']);
    } finally {
      await proxy.close();
    }
  });

  it('does not take hits without the named field for unjudged ones', async () => {
    const { ran, report: found } = await report({ document_id: 'no_such_field' });
    expect(ran.code).toBe(1);
    expect(found.queries[0].error.code).toBe('RCTL_VERIFY_NO_DOCUMENT_ID');
  });
});

describe('verify with files that are not as they should be', () => {
  it.each([
    ['judgments', 'qrels.txt', 'q1 0 a 1\nq1 0 b\n', /qrels\.txt:2/],
    ['queries', 'queries.tsv', 'q1\tone\nq2\n', /queries\.tsv:2/],
    ['judgments of nobody', 'qrels.txt', 'x9 0 a 1\n', /None of the 1 quer/],
  ])('%s: the line, and exit 3 before anything is asked', async (_what, file, content, expected) => {
    const folder = await mkdtemp(join(tmpdir(), 'rerankctl-bad-'));
    try {
      await writeFile(join(folder, 'qrels.txt'), 'q1 0 a 1\n');
      await writeFile(join(folder, 'queries.tsv'), 'q1\tone\n');
      await writeFile(join(folder, file), content);
      const spec = {
        index: 'i',
        search_pipeline: 'p',
        query_set: { file: 'queries.tsv', body: { query: { match_all: {} } } },
        judgments: { files: ['qrels.txt'] },
      };
      const document = { apiVersion: 'rerankctl/v1', kind: 'Verification', metadata: { name: 'v' }, spec };
      await writeFile(join(folder, 'v.json'), JSON.stringify(document));
      for (const command of ['validate', 'verify']) {
        const ran = await rerankctl([command, '-f', 'v.json'], { cwd: folder });
        expect(ran.code, ran.stderr).toBe(3);
        expect(ran.stderr).toMatch(expected);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
