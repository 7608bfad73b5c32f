import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { RerankctlError } from '../../../src/core/errors.ts';
import { dig } from '../../../src/core/json.ts';
import { Reference, Unknown } from '../../../src/core/value.ts';
import { seedData } from '../../../src/kinds/seed-data/index.ts';
import { connectToNode, nodeUrl, uniqueName } from '../../support/node.ts';
import { startProxy } from '../../support/proxy.ts';
import { apply, newFolder, plan, resourceOf } from './support.ts';

const cluster = connectToNode();
const indices: string[] = [];
let index = '';
let folder = '';

async function createIndex(name: string, body: object = {}): Promise<void> {
  await cluster.request({ method: 'PUT', path: `/${name}`, body });
}

beforeEach(async () => {
  index = uniqueName('seed-test');
  indices.push(index);
  folder = await newFolder();
  await createIndex(index, { mappings: { properties: { n: { type: 'long' } } } });
});

afterAll(async () => {
  for (const name of indices) await cluster.request({ method: 'DELETE', path: `/${name}`, accept: [404] });
  await cluster.close();
});

async function hits(): Promise<Map<string, unknown>> {
  const { body } = await cluster.request({
    method: 'POST',
    path: `/${index}/_search`,
    body: { size: 1000, sort: ['_doc'] },
  });
  const found = dig(body, 'hits', 'hits');
  const list = Array.isArray(found) ? found : [];
  return new Map(list.map((hit) => [String(dig(hit, '_id')), dig(hit, '_source')]));
}

async function failureOf(work: Promise<unknown>): Promise<RerankctlError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof RerankctlError) return error;
  throw new Error(`no RerankctlError: ${String(error)}`);
}

const four = [1, 2, 3, 4].map((n) => ({ n, text: `passage ${n}` }));

describe('documents that were written and not refreshed, as by a run that was killed in between,', () => {
  const NEVER = { settings: { number_of_replicas: 0, refresh_interval: '-1' } };

  it.each(['documents', 'files'])('are made searchable, and then found in place: %s', async (from) => {
    await writeFile(join(folder, 'four.ndjson'), four.map((each) => `${JSON.stringify(each)}\n`).join(''));
    const source = from === 'files' ? { files: ['four.ndjson'] } : { documents: four };
    const resource = resourceOf({ index, ...source }, folder);
    // Written by a first seeding, whose IDs they have, and again without a refresh.
    await apply(cluster, resource);
    const written = await hits();
    await cluster.request({ method: 'DELETE', path: `/${index}` });
    await createIndex(index, NEVER);
    for (const [id, body] of written) {
      await cluster.request({ method: 'PUT', path: `/${index}/_doc/${id}`, body: body as object });
    }
    // A realtime get lets statistics count what no search finds (3.6.0).
    await plan(cluster, resource);
    expect((await hits()).size).toBe(0);
    expect(await plan(cluster, resource)).toMatchObject({ action: 'create', steps: ['refresh'] });
    expect((await hits()).size).toBe(0);
    await apply(cluster, resource);
    expect(await hits()).toEqual(written);
    expect(await plan(cluster, resource)).toMatchObject({ action: 'adopt' });
  });
});

describe('inline documents', () => {
  it('are created once, and found in place afterwards, with and without state', async () => {
    const resource = resourceOf({ index, documents: four });
    expect(await plan(cluster, resource)).toMatchObject({ action: 'create', steps: ['4 documents'] });
    const recorded = await apply(cluster, resource);
    expect(recorded.id).toBe(index);
    expect((await hits()).size).toBe(4);
    expect(await plan(cluster, resource, recorded)).toEqual({ action: 'none', id: index });
    expect(await plan(cluster, resource)).toEqual({ action: 'adopt', id: index, facts: recorded.facts });
    const proxy = await startProxy(nodeUrl());
    const watched = connectToNode(proxy.url);
    await apply(watched, resource, recorded);
    expect(proxy.requests.filter(({ path }) => /_bulk|_refresh/.test(path))).toEqual([]);
    await watched.close();
    await proxy.close();
  });

  it('may carry their own _id, which is taken off, in the manifest and in files', async () => {
    const documents = [
      { _id: 'a/1', n: 1 },
      { n: 2, _id: 7 },
    ];
    const inline = resourceOf({ index, documents, id_field: '_id' });
    const recorded = await apply(cluster, inline);
    const held = new Map([
      ['a/1', { n: 1 }],
      ['7', { n: 2 }],
    ]);
    expect(await hits()).toEqual(held);
    expect(await plan(cluster, inline, recorded)).toEqual({ action: 'none', id: index });
    expect(await plan(cluster, inline)).toMatchObject({ action: 'adopt' });
    await writeFile(join(folder, 'a.ndjson'), documents.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const filed = resourceOf({ index, files: ['a.ndjson'], id_field: '_id' }, folder);
    expect(await plan(cluster, filed)).toMatchObject({ action: 'adopt' });
    await apply(cluster, filed);
    expect(await hits()).toEqual(held);
    await writeFile(join(folder, 'b.ndjson'), '{"n":3}\n');
    const without = resourceOf({ index, files: ['b.ndjson'], id_field: '_id' }, folder);
    expect(await plan(cluster, without)).toMatchObject({ action: 'refuse' });
  });

  it('that changed, came and left are the only ones that are written', async () => {
    const before = resourceOf({ index, documents: four, id_field: 'n' });
    const recorded = await apply(cluster, before);
    const documents = [...four.slice(0, 2), { n: 3, text: 'changed' }, { n: 5, text: 'new' }];
    const after = resourceOf({ index, documents, id_field: 'n' });
    expect(await plan(cluster, after, recorded)).toMatchObject({
      action: 'update',
      steps: ['2 of 4 documents', 'delete 1 document'],
      reason: '1 to add, 1 changed, 1 no longer in the source',
      destructive: 'deletes 1 document',
      fields: [{ pointer: '/documents' }],
    });
    const next = await apply(cluster, after, recorded);
    expect([...(await hits()).keys()].sort()).toEqual(['1', '2', '3', '5']);
    expect((await hits()).get('3')).toEqual({ n: 3, text: 'changed' });
    expect(await plan(cluster, after, next)).toMatchObject({ action: 'none' });
  });

  it('that somebody deleted or changed in the index are written again', async () => {
    const resource = resourceOf({ index, documents: four, id_field: 'n' });
    const recorded = await apply(cluster, resource);
    await cluster.request({ method: 'DELETE', path: `/${index}/_doc/1` });
    await cluster.request({ method: 'PUT', path: `/${index}/_doc/2`, body: { n: 2, text: 'by hand' } });
    expect(await plan(cluster, resource, recorded)).toMatchObject({
      action: 'update',
      steps: ['2 of 4 documents'],
      reason: '1 missing from the index, 1 changed in the index',
    });
    expect(await plan(cluster, resource)).toMatchObject({ action: 'create', steps: ['2 of 4 documents'] });
    const next = await apply(cluster, resource, recorded);
    expect(await plan(cluster, resource, next)).toMatchObject({ action: 'none' });
  });

  it('that an ingest pipeline changes are no drift', async () => {
    const pipeline = uniqueName('seed-pipeline');
    const path = `/_ingest/pipeline/${pipeline}`;
    const processors = [{ set: { field: 'text', value: 'replaced' } }];
    const made = await cluster.request({ method: 'PUT', path, body: { processors }, accept: [400] });
    if (made.status === 400) return;
    await cluster.request({
      method: 'PUT',
      path: `/${index}/_settings`,
      body: { 'index.default_pipeline': pipeline },
    });
    const resource = resourceOf({ index, documents: four });
    const recorded = await apply(cluster, resource);
    expect((await hits()).values().next().value).toMatchObject({ text: 'replaced' });
    expect(await plan(cluster, resource, recorded)).toMatchObject({ action: 'none' });
    await cluster.request({
      method: 'PUT',
      path: `/${index}/_settings`,
      body: { 'index.default_pipeline': null },
    });
    await cluster.request({ method: 'DELETE', path });
  });

  it('are seeded again when the index was created again or is gone', async () => {
    const resource = resourceOf({ index, documents: four });
    const recorded = await apply(cluster, resource);
    await cluster.request({ method: 'DELETE', path: `/${index}` });
    expect(await plan(cluster, resource, recorded)).toMatchObject({
      action: 'create',
      reason: 'the index is gone',
    });
    const missing = await failureOf(apply(cluster, resource, recorded));
    expect(missing).toMatchObject({ code: 'RCTL_SEED_INDEX_MISSING' });
    const { status } = await cluster.request({ method: 'HEAD', path: `/${index}`, accept: [404] });
    expect(status).toBe(404);
    await createIndex(index);
    expect(await plan(cluster, resource, recorded)).toMatchObject({
      action: 'create',
      steps: ['4 documents'],
      reason: 'the index has been created again',
    });
    expect(await plan(cluster, resource, await apply(cluster, resource, recorded))).toMatchObject({
      action: 'none',
    });
  });

  it('wait for an index that is not known yet', async () => {
    const name = uniqueName('seed-absent');
    const resource = resourceOf({ index: new Reference(`Index/${name}`), documents: four });
    const spec = { ...resource.spec, index: new Unknown(`Index/${name}`) };
    const steps = { action: 'create', steps: ['4 documents'] };
    expect(await plan(cluster, resource, undefined, spec)).toMatchObject(steps);
    expect(await plan(cluster, resource, undefined, { ...spec, index: name })).toMatchObject(steps);
  });

  it('go through an alias', async () => {
    const alias = uniqueName('seed-alias');
    await cluster.request({ method: 'PUT', path: `/${index}/_alias/${alias}` });
    const resource = resourceOf({ index: alias, documents: four });
    const recorded = await apply(cluster, resource);
    expect(await plan(cluster, resource, recorded)).toMatchObject({ action: 'none', id: alias });
  });

  it('that the server refuses are reported at their place, and the others are written', async () => {
    const documents = [{ n: 1 }, { n: 'no number' }, { n: 3 }];
    const error = await failureOf(apply(cluster, resourceOf({ index, documents })));
    expect(error).toMatchObject({ failure: 'server', code: 'RCTL_SEED_REJECTED' });
    expect(error.diagnostics).toHaveLength(1);
    expect(error.diagnostics[0]).toMatchObject({ pointer: '/spec/documents/1', code: 'RCTL_SEED_REJECTED' });
    expect(error.diagnostics[0]?.message).toMatch(
      /document 2 was refused: mapper_parsing.*caused by.*no number/,
    );
    await cluster.request({ method: 'POST', path: `/${index}/_refresh` });
    expect((await hits()).size).toBe(2);
  });

  it('that are refused with 429 are sent again, alone', async () => {
    const proxy = await startProxy(nodeUrl());
    const body = { errors: true, items: [201, 429, 201, 429].map((status) => ({ index: { status } })) };
    proxy.inject({ path: '/_bulk', times: 1, fault: { do: 'answer', status: 200, body } });
    const watched = connectToNode(proxy.url);
    const told: string[] = [];
    await apply(watched, resourceOf({ index, documents: four, id_field: 'n' }), undefined, (detail) => {
      told.push(detail);
    });
    expect([...(await hits()).keys()].sort()).toEqual(['2', '4']);
    expect(told.some((detail) => /overloaded: 2 documents/.test(detail))).toBe(true);
    await watched.close();
    await proxy.close();
  });
});

describe('files', () => {
  it('plain and packed are the same documents, numbers as they are written', async () => {
    const lines = '\ufeff{"n": 9007199254740993, "text":"a"}\r\n\r\n{"n":2,"text":"b"}\n{"text":"b","n":2.0}';
    await writeFile(join(folder, 'a.ndjson'), lines);
    const plain = resourceOf({ index, files: ['a.ndjson'] }, folder);
    await apply(cluster, plain);
    const text = await fetch(`${nodeUrl()}/${index}/_search`).then((answer) => answer.text());
    expect(text).toContain('"n": 9007199254740993');
    expect((await hits()).size).toBe(2);
    await writeFile(join(folder, 'b.jsonl.gz'), gzipSync(lines));
    const packed = resourceOf({ index, files: ['*.gz'] }, folder);
    expect(await plan(cluster, packed)).toMatchObject({ action: 'adopt' });
  });

  it('are checked to the last line before anything is sent', async () => {
    await writeFile(join(folder, 'bad.ndjson'), '{"n":1}\n{"n":\n[1]\n{"id":1}\n');
    const resource = resourceOf({ index, files: ['bad.ndjson'], id_field: 'n' }, folder);
    const verdict = await plan(cluster, resource);
    if (verdict.action !== 'refuse') throw new Error(verdict.action);
    const file = join(folder, 'bad.ndjson');
    expect(verdict.diagnostics).toMatchObject([
      { location: { file, line: 2 }, snippet: '{"n":', message: expect.stringMatching(/line 2 is not JSON/) },
      { location: { file, line: 3 }, message: 'line 3 is not a JSON object' },
      { location: { file, line: 4 }, message: expect.stringMatching(/no field "n"/) },
    ]);
    expect(await failureOf(apply(cluster, resource))).toMatchObject({ failure: 'manifest' });
    expect((await hits()).size).toBe(0);
  });

  it('with two documents of one ID, action lines or broken packing are refused', async () => {
    await writeFile(join(folder, 'twice.ndjson'), '{"n":1}\n{"n":1}\n');
    await writeFile(join(folder, 'bulk.ndjson'), '{"index":{"_id":"1"}}\n{"n":1}\n');
    await writeFile(join(folder, 'cut.ndjson.gz'), gzipSync('{"n":1}\n'.repeat(100)).subarray(0, 20));
    const codes = async (file: string): Promise<unknown> => {
      const verdict = await plan(cluster, resourceOf({ index, files: [file], id_field: 'n' }, folder));
      return verdict.action === 'refuse' ? verdict.diagnostics[0]?.code : verdict;
    };
    expect(await codes('twice.ndjson')).toBe('RCTL_SEED_DUPLICATE_ID');
    expect(await codes('bulk.ndjson')).toBe('RCTL_SEED_BULK_FORMAT');
    expect(await codes('cut.ndjson.gz')).toBe('RCTL_SEED_DOCUMENT');
  });

  it('that are missing or of another kind are found without a cluster', async () => {
    await writeFile(join(folder, 'a.json'), '{}');
    const resource = resourceOf({ index, files: ['none.ndjson', 'x/*.ndjson', 'a.json', '.'] }, folder);
    const diagnostics = await seedData.check?.(resource, new Map());
    expect(diagnostics?.map(({ code, pointer }) => [pointer, code])).toEqual([
      ['/spec/files/0', 'RCTL_SEED_NO_FILE'],
      ['/spec/files/1', 'RCTL_SEED_NO_FILE'],
      ['/spec/files/2', 'RCTL_SEED_FILE_TYPE'],
      ['/spec/files/3', 'RCTL_SEED_UNREADABLE'],
    ]);
  });

  it('of many documents are streamed, and refusals name file and line', async () => {
    const count = 30_000;
    const lines = Array.from({ length: count }, (_, n) =>
      JSON.stringify({ n, text: `passage ${n} `.repeat(20) }),
    );
    await writeFile(join(folder, 'many.ndjson'), lines.join('\n'));
    const resource = resourceOf({ index, files: ['many.ndjson'] }, folder);
    expect(await plan(cluster, resource)).toMatchObject({ action: 'create', steps: ['30,000 documents'] });
    const recorded = await apply(cluster, resource);
    expect(recorded.facts).toMatchObject({ documents: count, atLeast: count });
    expect(recorded.facts).not.toHaveProperty('held');
    expect(await plan(cluster, resource, recorded)).toEqual({ action: 'none', id: index });
    expect(await plan(cluster, resource)).toMatchObject({ action: 'adopt' });

    lines[20_000] = '{"n":"no number"}';
    await writeFile(join(folder, 'many.ndjson'), lines.join('\n'));
    expect(await plan(cluster, resource, recorded)).toMatchObject({
      action: 'update',
      steps: ['30,000 documents'],
      reason: 'the source has changed',
    });
    const error = await failureOf(apply(cluster, resource, recorded));
    expect(error.diagnostics).toMatchObject([
      { location: { file: join(folder, 'many.ndjson'), line: 20_001 }, snippet: lines[20_000] },
    ]);
  });
});
