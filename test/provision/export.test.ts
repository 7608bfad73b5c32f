import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { listAt, numberAt, textAt } from '../../src/core/json.ts';
import { type Desk, deleteGroups, openDesk } from '../support/export.ts';
import { deleteModel, undeployedModel } from '../support/model.ts';
import { uniqueName } from '../support/node.ts';
import { type Bench, idsOf, openBench, SERVERS } from '../support/provision.ts';

describe.each(SERVERS)('export from %s', (_title, server) => {
  let bench: Bench;
  let desk: Desk;
  beforeAll(async () => {
    bench = await openBench(server, 'prov-export');
    desk = await openDesk(bench);
  });
  afterAll(async () => {
    await bench.cleanUp();
    await desk.clear();
  });

  const specOf = (text: string, name: string, kind?: string): Record<string, unknown> => {
    const all = parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>);
    const found = all.find(
      (manifest) =>
        textAt(manifest, 'metadata', 'name') === name && (kind ?? manifest.kind) === manifest.kind,
    );
    return (found?.spec ?? {}) as Record<string, unknown>;
  };

  const nameOnly = (name: string): string[] => ['--name', `${name}*`];

  const INDEX = {
    settings: {
      number_of_shards: 2,
      number_of_replicas: 0,
      refresh_interval: '7s',
      'query.default_field': ['title', 'passage_text'],
      analysis: {
        analyzer: { words: { type: 'custom', tokenizer: 'standard', filter: ['lowercase', 'few'] } },
        filter: { few: { type: 'stop', stopwords: ['a', 'the'], ignore_case: true } },
      },
    },
    mappings: {
      dynamic: false,
      _meta: { owner: 'search', tags: ['yes', '2024', '1.0', ' # '] },
      properties: {
        passage_text: {
          type: 'text',
          analyzer: 'words',
          fields: { raw: { type: 'keyword', ignore_above: 99 } },
        },
        embedding: { type: 'knn_vector', dimension: 2 },
        year: { type: 'integer' },
      },
    },
  };

  it('tells everything that reranking is made of, so that a plan of it only adopts', async () => {
    const name = uniqueName('export');
    const model = await undeployedModel(bench.cluster, `${name}/a model`);
    await bench.raw('POST', `/_plugins/_ml/models/${model}/_deploy`);
    await expect
      .poll(async () => textAt(await bench.raw('GET', `/_plugins/_ml/models/${model}`), 'model_state'), {
        timeout: 60_000,
      })
      .toBe('DEPLOYED');
    const rerank = { ml_opensearch: { model_id: model }, context: { document_fields: ['passage_text'] } };
    const normalize = {
      'normalization-processor': {
        normalization: { technique: 'min_max' },
        combination: { technique: 'arithmetic_mean', parameters: { weights: [0.3, 0.7] } },
      },
    };
    try {
      await bench.raw('PUT', `/_search/pipeline/${name}-rerank`, {
        description: 'by hand: "yes"',
        request_processors: [
          { neural_query_enricher: { neural_field_default_id: { a: model, b: 'other' } } },
        ],
        response_processors: [{ rerank }],
      });
      await bench.raw('PUT', `/_search/pipeline/${name}-hybrid`, {
        version: 3,
        phase_results_processors: [normalize],
      });
      await bench.raw('PUT', `/${name}-i`, {
        ...INDEX,
        settings: { ...INDEX.settings, knn: true, 'search.default_pipeline': `${name}-rerank` },
        aliases: {
          [`${name}-alias`]: { filter: { term: { year: 2024 } }, routing: '1', is_write_index: true },
        },
      });
      await bench.raw('PUT', `/${name}-i/_doc/first?refresh=true`, { passage_text: 'One', year: 1 });
      await bench.raw('PUT', `/${name}-i/_doc/second?refresh=true`, {
        passage_text: 'a "b"\n\u2028c',
        deep: { _id: 1 },
      });

      const ran = await desk.rerankctl('export', '--to', `${name}/out`, '--with-data', ...nameOnly(name));
      expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('6 resources exported')]);
      const folder = join(desk.home, name, 'out');
      expect(
        (await readdir(folder, { recursive: true })).filter((file) => file.includes('.')).sort(),
      ).toEqual([
        '.rerankctl-export.json',
        `documents/${name}-i.ndjson`,
        'index.yaml',
        'model-group.yaml',
        'model.yaml',
        'models/a-model.zip',
        'search-pipeline.yaml',
        'seed-data.yaml',
      ]);
      const text = async (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
      expect(specOf(await text('model.yaml'), 'a-model')).toMatchObject({
        name: `${name}/a model`,
        function_name: 'TEXT_SIMILARITY',
        model_format: 'TORCH_SCRIPT',
        model_group_id: { $ref: 'ModelGroup/a-model' },
        model_config: { model_type: 'bert' },
        file: 'models/a-model.zip',
        deploy: true,
      });
      expect(specOf(await text('search-pipeline.yaml'), `${name}-rerank`)).toEqual({
        description: 'by hand: "yes"',
        request_processors: [
          {
            neural_query_enricher: { neural_field_default_id: { a: { $ref: 'Model/a-model' }, b: 'other' } },
          },
        ],
        response_processors: [
          { rerank: { ...rerank, ml_opensearch: { model_id: { $ref: 'Model/a-model' } } } },
        ],
      });
      const { settings, aliases } = specOf(await text('index.yaml'), `${name}-i`);
      expect(settings).toEqual({
        knn: true,
        number_of_shards: 2,
        number_of_replicas: 0,
        refresh_interval: '7s',
        'query.default_field': ['title', 'passage_text'],
        'search.default_pipeline': { $ref: `SearchPipeline/${name}-rerank` },
        analysis: {
          analyzer: { words: { type: 'custom', tokenizer: 'standard', filter: ['lowercase', 'few'] } },
          filter: { few: { type: 'stop', stopwords: ['a', 'the'], ignore_case: true } },
        },
      });
      expect(aliases).toHaveProperty(`${name}-alias`);
      expect(
        (await text(`documents/${name}-i.ndjson`))
          .trim()
          .split('\n')
          .sort()
          .map((line) => JSON.parse(line)),
      ).toEqual([
        { _id: 'first', passage_text: 'One', year: 1 },
        { _id: 'second', passage_text: 'a "b"\n\u2028c', deep: { _id: 1 } },
      ]);
      expect(await desk.isAdopted(folder)).toEqual([
        `Index/${name}-i`,
        'Model/a-model',
        'ModelGroup/a-model',
        `SearchPipeline/${name}-hybrid`,
        `SearchPipeline/${name}-rerank`,
        `SeedData/${name}-i`,
      ]);

      // Without a folder there is no room for the zip: it is recognised by its hash.
      const printed = await desk.rerankctl('export', '--with-data', ...nameOnly(name));
      expect(printed.stderr).toContain('RCTL_EXPORT_NO_CONTENT');
      expect(printed.stderr).toContain('RCTL_EXPORT_NO_FILES');
      await writeFile(join(desk.home, `${name}.yaml`), printed.stdout);
      expect(await desk.isAdopted(`${name}.yaml`)).toHaveLength(5);
    } finally {
      for (const path of [
        `/${name}-i`,
        `/_search/pipeline/${name}-rerank`,
        `/_search/pipeline/${name}-hybrid`,
      ]) {
        await bench.cluster.request({ method: 'DELETE', path, accept: [404] });
      }
      await deleteModel(bench.cluster, model);
      await deleteGroups(bench, `${name}/a model`);
    }
  });

  it('puts what it exported back where it is gone, documents with their IDs', async () => {
    const name = uniqueName('export');
    await bench.raw('PUT', `/${name}`, INDEX);
    const lines = Array.from({ length: 1203 }, (_, i) => [{ index: { _id: `d/${i}` } }, { year: i }]).flat();
    const body = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
    const path = `/${name}/_bulk`;
    try {
      await bench.cluster.request({
        method: 'POST',
        path,
        query: { refresh: true },
        body,
        contentType: 'application/x-ndjson',
      });
      expect((await desk.rerankctl('export', '--to', name, '--with-data', '--name', name)).code).toBe(0);
      expect(await desk.isAdopted(name)).toEqual([`Index/${name}`, `SeedData/${name}`]);
      await bench.raw('DELETE', `/${name}`);
      const again = await desk.rerankctl('apply', '-y', '-f', name, '--stack', bench.stack);
      expect(again).toMatchObject({ code: 0 });
      expect(await bench.raw('GET', `/${name}/_doc/${encodeURIComponent('d/1202')}`)).toMatchObject({
        _source: { year: 1202 },
      });
      expect(numberAt(await bench.raw('GET', `/${name}/_count`), 'count')).toBe(1203);
      // The same question into the same folder is answered anew; what people have changed is not overwritten.
      expect((await desk.rerankctl('export', '--to', name, '--with-data', '--name', name)).code).toBe(0);
      await writeFile(join(desk.home, name, 'index.yaml'), 'mine');
      const refused = await desk.rerankctl('export', '--to', name, '--with-data', '--name', name);
      expect([refused.code, refused.stderr]).toEqual([8, expect.stringContaining('index.yaml changed')]);
      expect(await readdir(desk.home)).not.toContainEqual(expect.stringContaining('.partial-'));
      await bench.loseState();
    } finally {
      await bench.cluster.request({ method: 'DELETE', path: `/${name}`, accept: [404] });
    }
  });

  it('gives groups of one slug names of their own, and leaves out what cannot be told', async () => {
    const name = uniqueName('export');
    const groups = [`${name} Größe (a)`, `${name} grosse: a`, `${name} GROßE a`];
    for (const group of groups) {
      await bench.raw('POST', '/_plugins/_ml/model_groups/_register', {
        name: group,
        description: 'By "hand"',
      });
    }
    try {
      await bench.raw('PUT', `/${name}`, { mappings: { _meta: { $ref: 'no reference' } } });
      await bench.raw('PUT', `/${name}-hidden`, { settings: { hidden: true } });
      await bench.raw('PUT', `/_search/pipeline/${encodeURIComponent(`${name} spaced`)}`, {});
      const told = await desk.json('export', '--to', name, ...nameOnly(name));
      expect(listAt(told, 'resources').map((resource) => textAt(resource, 'address'))).toHaveLength(3);
      expect(told.diagnostics).toMatchObject([
        { code: 'RCTL_EXPORT_LEFT_OUT' },
        { code: 'RCTL_EXPORT_LEFT_OUT' },
      ]);
      expect(await desk.isAdopted(name)).toHaveLength(3);
    } finally {
      for (const path of [
        `/${name}`,
        `/${name}-hidden`,
        `/_search/pipeline/${encodeURIComponent(`${name} spaced`)}`,
      ]) {
        await bench.cluster.request({ method: 'DELETE', path, accept: [404] });
      }
      for (const group of groups) await deleteGroups(bench, group);
    }
  });

  it('leaves models out that are not whole or cannot be told apart, and keeps their IDs where they are named', async () => {
    const name = uniqueName('export');
    const one = await undeployedModel(bench.cluster, name);
    const other = await undeployedModel(bench.cluster, name);
    try {
      const { body } = await bench.cluster.request({ method: 'GET', path: `/_plugins/_ml/models/${one}` });
      const unfinished = {
        name: `${name}-half`,
        function_name: 'TEXT_SIMILARITY',
        model_format: 'TORCH_SCRIPT',
        model_group_id: textAt(body, 'model_group_id'),
        model_content_hash_value: '0'.repeat(64),
        model_content_size_in_bytes: 9,
        total_chunks: 2,
        model_config: {
          model_type: 'bert',
          embedding_dimension: 1,
          framework_type: 'huggingface_transformers',
        },
      };
      await bench.raw('POST', '/_plugins/_ml/models/_register_meta', unfinished);
      const reranked = { ml_opensearch: { model_id: one }, context: { document_fields: ['a'] } };
      await bench.raw('PUT', `/_search/pipeline/${name}`, { response_processors: [{ rerank: reranked }] });
      const { stdout, stderr } = await desk.rerankctl('export', ...nameOnly(name));
      expect(stderr).toContain('it is still REGISTERING');
      expect(stderr).toContain('cannot be told from');
      expect(stderr).toContain('RCTL_EXPORT_RAW_NAME');
      expect(specOf(stdout, name, 'SearchPipeline')).toEqual({ response_processors: [{ rerank: reranked }] });
      await writeFile(join(desk.home, `${name}.yaml`), stdout);
      expect(await desk.isAdopted(`${name}.yaml`)).toEqual([`ModelGroup/${name}`, `SearchPipeline/${name}`]);
    } finally {
      await bench.cluster.request({ method: 'DELETE', path: `/_search/pipeline/${name}`, accept: [404] });
      for (const id of await idsOf(bench.cluster, 'models', `${name}-half`))
        await deleteModel(bench.cluster, id);
      await deleteModel(bench.cluster, one);
      await deleteModel(bench.cluster, other);
      await deleteGroups(bench, name);
    }
  });

  it('says so when there is nothing', async () => {
    const name = uniqueName('export');
    const { code, stdout, stderr } = await desk.rerankctl('export', '--to', name, '--name', name);
    expect([code, stdout, stderr]).toEqual([0, '', expect.stringContaining('There is nothing to export')]);
    expect(await desk.json('export', '--name', name)).toMatchObject({
      exitCode: 0,
      resources: [],
      files: [],
    });
    expect(await readdir(desk.home)).not.toContain(name);
  });

  it('refuses a folder with files of others, and a kind that does not exist', async () => {
    await writeFile(join(desk.home, 'file'), '');
    expect(await desk.rerankctl('export', '--to', '.')).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('is not empty'),
    });
    expect(await desk.rerankctl('export', '--to', 'file')).toMatchObject({ code: 8 });
    expect(await desk.rerankctl('export', '--kind', 'SearchPipline')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('`SearchPipeline`'),
    });
    expect(await desk.rerankctl('export', 'folder')).toMatchObject({ code: 3 });
  });
});
