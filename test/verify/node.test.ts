import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { connect } from '../../src/opensearch/connect.ts';
import type { QueryReport } from '../../src/verify/report.ts';
import { overallVerdict } from '../../src/verify/report.ts';
import { verify } from '../../src/verify/verify.ts';
import { deleteModel, deployedModel, undeployedModel } from '../support/model.ts';
import { connectToNode, securedNode, uniqueName } from '../support/node.ts';
import { PASSAGES, QUESTION, schemaErrors, verificationOf } from './support.ts';

const secured = securedNode();
const nodes: [string, () => Cluster][] = [['the node', connectToNode]];
if (secured !== undefined) nodes.push(['the secured node of another version', () => connect(secured)]);

describe.each(nodes)('verify on %s', (_name, open) => {
  let cluster: Cluster;
  let model: string;
  let asleep: string;
  const name = uniqueName('verify');
  const pipelines: string[] = [];

  beforeAll(async () => {
    cluster = open();
    model = await deployedModel(cluster);
    asleep = await undeployedModel(cluster, name);
    const mappings = { properties: { passage_text: { type: 'text' }, n: { type: 'integer' } } };
    const settings = { number_of_shards: 1, number_of_replicas: 0 };
    await cluster.request({ method: 'PUT', path: `/${name}`, body: { settings, mappings } });
    const lines = Object.entries(PASSAGES).flatMap(([id, passage_text], n) => [
      { index: { _id: id } },
      { passage_text, n, meta: { lang: 'en' }, ...(id === 'nevada' ? { partial: 'x' } : {}) },
    ]);
    await cluster.request({
      method: 'POST',
      path: `/${name}/_bulk`,
      query: { refresh: true },
      body: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
      contentType: 'application/x-ndjson',
    });
  }, 300_000);

  afterAll(async () => {
    await cluster.request({ method: 'DELETE', path: `/${name}`, accept: [404] });
    for (const pipeline of pipelines) {
      await cluster.request({ method: 'DELETE', path: `/_search/pipeline/${pipeline}`, accept: [404] });
    }
    if (asleep !== undefined) await deleteModel(cluster, asleep);
    await cluster.close();
  }, 60_000);

  async function pipeline(...processors: JsonObject[]): Promise<string> {
    const id = uniqueName('verify');
    pipelines.push(id);
    const body = { response_processors: processors };
    await cluster.request({ method: 'PUT', path: `/_search/pipeline/${id}`, body });
    return id;
  }

  function rerank(modelId: string, fields: string[], more: JsonObject = {}): JsonObject {
    return {
      rerank: { ml_opensearch: { model_id: modelId }, context: { document_fields: fields }, ...more },
    };
  }

  async function reportOf(
    search_pipeline: string,
    query: JsonObject = {},
    index = name,
  ): Promise<QueryReport> {
    const body = { query: { match_all: {} }, size: 4 };
    const spec: JsonObject = { index, search_pipeline, queries: [{ query_text: QUESTION, body, ...query }] };
    const reports = await verify(cluster, [{ resource: verificationOf(spec), spec }]);
    expect(reports.flatMap(schemaErrors)).toEqual([]);
    const query0 = reports[0]?.queries[0];
    if (query0 === undefined) throw new Error('no report');
    expect(reports[0]?.verdict).toBe(query0.verdict);
    return query0;
  }

  const reasons = (report: QueryReport): string[] => (report.proof?.reasons ?? []).map(({ code }) => code);
  const washington = { passage_text: { contains: 'Washington, D.C.' } };

  it('shows what reranking does to the passages of the tutorial', async () => {
    const report = await reportOf(await pipeline(rerank(model, ['passage_text'])), {
      expect: {
        first: washington,
        top: [{ _id: 'nevada' }, { _id: 'washington' }],
        not_first: { _id: 'nevada' },
      },
    });
    expect(report.unreranked?.hits.map(({ _id, score, now }) => [_id, score, now])).toEqual([
      ['nevada', 1, 2],
      ['mariana', 1, 4],
      ['washington', 1, 1],
      ['punishment', 1, 3],
    ]);
    expect(
      report.reranked?.hits.map(({ _id, rank, was, move, score }) => [
        _id,
        rank,
        was,
        move,
        score?.toFixed(3),
      ]),
    ).toEqual([
      ['washington', 1, 3, 2, '5.432'],
      ['nevada', 2, 1, -1, '4.156'],
      ['punishment', 3, 4, 1, '3.156'],
      ['mariana', 4, 2, -2, '2.711'],
    ]);
    expect(report.reranked?.hits[0]?.text).toBe(PASSAGES.washington);
    expect(report.proof).toMatchObject({
      ran: true,
      processor: 'rerank',
      fields: ['passage_text'],
      reasons: [],
    });
    // In milliseconds, whatever unit the server has.
    expect(report.proof?.tookMs).toBeGreaterThan(5);
    expect(report.proof?.tookMs).toBeLessThanOrEqual((report.reranked?.elapsedMs ?? 0) + 1);
    expect(report.expectations.map(({ pass }) => pass)).toEqual([true, true, true, true]);
    expect(report).toMatchObject({ verdict: 'pass', window: 4, id: 'q1' });
  });

  it('keeps other extensions and what a pasted body says of reranking out of the plain arm', async () => {
    const id = await pipeline(rerank(model, ['passage_text']));
    const report = await reportOf(id, {
      body: {
        query: { match_all: {} },
        size: 2,
        search_pipeline: id,
        ext: { rerank: { query_context: { query_text: QUESTION } } },
      },
    });
    expect(report.verdict).toBe('pass');
    expect(report.unreranked?.hits.map(({ score }) => score)).toEqual([1, 1]);
  });

  it('fails an expectation that is not met, and says where the hit is', async () => {
    const report = await reportOf(await pipeline(rerank(model, ['passage_text'])), {
      expect: { first: { passage_text: { contains: 'Saipan' } } },
    });
    expect(report).toMatchObject({ verdict: 'fail', proof: { ran: true } });
    expect(report.expectations).toMatchObject([{ kind: 'first', pass: false, foundAt: 4 }]);
    expect(report.expectations[0]?.actual).toContain('_id washington');
  });

  it('never passes a pipeline without a reranker', async () => {
    const report = await reportOf(await pipeline(), { expect: { first: { _id: 'nevada' } } });
    expect(reasons(report)).toEqual(['processor_absent']);
    expect(report).toMatchObject({ verdict: 'fail', proof: { ran: false, processor: null } });
    expect(report.expectations[0]?.pass).toBe(true);
  });

  it.each([
    ['hidden by ignore_failure', true, 'ignored_failure'],
    ['that every search would end with', false, 'processor_failed'],
  ])('names a failure %s', async (_how, ignore_failure, code) => {
    const silent = await reportOf(await pipeline(rerank(asleep, ['passage_text'], { ignore_failure })));
    expect(reasons(silent)).toEqual([code, 'model_not_deployed']);
    const unknown = await reportOf(
      await pipeline(rerank('no-such-model', ['passage_text'], { ignore_failure })),
    );
    expect(reasons(unknown)).toEqual([code, 'model_missing']);
    expect([silent.verdict, unknown.verdict]).toEqual(['fail', 'fail']);
  });

  it('names the hits whose field is empty', async () => {
    const all = await reportOf(await pipeline(rerank(model, ['passage'])));
    expect(reasons(all)).toEqual(['empty_document_field']);
    expect(all.proof?.reasons[0]?.message).toContain('4 of 4 hits have no text in passage;');
    const some = await reportOf(await pipeline(rerank(model, ['partial'])));
    expect(some.proof?.reasons[0]?.message).toContain('3 of 4 hits have no text in partial;');
    const cut = await reportOf(await pipeline(rerank(model, ['passage_text'])), {
      body: { query: { match_all: {} }, _source: ['n'] },
    });
    expect(reasons(cut)).toEqual(['empty_document_field']);
    expect([all.verdict, some.verdict, cut.verdict]).toEqual(['fail', 'fail', 'fail']);
  });

  it('knows whether this server follows a dotted path', async () => {
    const report = await reportOf(await pipeline(rerank(model, ['meta.lang'])));
    const scores = new Set(report.reranked?.hits.map(({ score }) => score));
    // `en` four times: one score, which is not the score of the empty string.
    const empty = await reportOf(await pipeline(rerank(model, ['passage'])));
    const readIt = [...scores][0] !== empty.reranked?.hits[0]?.score;
    expect(scores.size).toBe(1);
    expect(report.proof?.ran).toBe(readIt);
  });

  it('accepts reranking by a field, and names what it lacks', async () => {
    const by = await reportOf(await pipeline({ rerank: { by_field: { target_field: 'n' } } }));
    expect(by).toMatchObject({ verdict: 'pass', proof: { fields: [] } });
    expect(by.reranked?.hits.map(({ score }) => score)).toEqual([3, 2, 1, 0]);
    const lost = await reportOf(await pipeline({ rerank: { by_field: { target_field: 'nope' } } }));
    expect(reasons(lost)).toEqual(['processor_failed']);
  });

  it('fails when there is nothing to rerank', async () => {
    const report = await reportOf(await pipeline(rerank(model, ['passage_text'])), {
      body: { query: { match_none: {} } },
    });
    expect(reasons(report)).toEqual(['no_hits']);
    expect(report).toMatchObject({ verdict: 'fail', window: 0 });
  });

  it('names a pipeline that does not exist, and still shows the plain arm', async () => {
    const report = await reportOf('no-such-pipeline');
    expect(reasons(report)).toEqual(['pipeline_missing']);
    expect(report).toMatchObject({ verdict: 'fail', reranked: null });
    expect(report.unreranked?.hits).toHaveLength(4);
  });

  it('gives a query that has no answer a verdict, and goes on', async () => {
    const search_pipeline = await pipeline(rerank(model, ['passage_text']));
    const queries: JsonObject[] = [
      { id: 'broken', query_text: 'x', body: { query: { nonsense: {} } } },
      { id: 'whole', query_text: QUESTION, body: { query: { match_all: {} } } },
    ];
    const spec: JsonObject = { index: name, search_pipeline, queries };
    const absent: JsonObject = { ...spec, index: uniqueName('absent') };
    const events: string[] = [];
    const reports = await verify(
      cluster,
      [spec, absent].map((each) => ({ resource: verificationOf(each), spec: each })),
      { listener: (event) => events.push(event.type) },
    );
    expect(reports[0]?.queries.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['broken', 'error'],
      ['whole', 'pass'],
    ]);
    expect(reports[0]?.queries[0]?.error?.message).toContain('nonsense');
    expect(reports[1]?.queries[1]?.error?.code).toBe('RCTL_INDEX_NOT_FOUND');
    expect(overallVerdict(reports)).toBe('error');
    expect(events).toEqual(Array.from({ length: 4 }, () => ['step.started', 'step.done']).flat());
    expect(reports.flatMap(schemaErrors)).toEqual([]);
  });

  it('ends when it is interrupted', async () => {
    const spec: JsonObject = { index: name, search_pipeline: 'p', queries: [{ query_text: 'x', body: {} }] };
    const run = verify(cluster, [{ resource: verificationOf(spec), spec }], { signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ failure: 'interrupted' });
  });
});
