import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dig, textAt } from '../../src/core/json.ts';
import { uniqueName } from '../support/node.ts';
import {
  type Bench,
  idsOf,
  isStateWrite,
  manifest,
  openBench,
  SERVERS,
  stateOfModel,
  summaryOf,
} from '../support/provision.ts';
import { TINY } from '../support/tiny-model.ts';
import { storedZip } from '../support/zip.ts';

const RERANKER = fileURLToPath(new URL('../../manifests/quickstart/minilm-l6-scorer.zip', import.meta.url));
const CONFIG = { model_type: 'bert', embedding_dimension: 1, framework_type: 'huggingface_transformers' };

/** A zip laid out like a model, which no server could deploy. */
function emptyModel(content: string): Buffer {
  return storedZip({ 'tokenizer.json': '{}', 'model.pt': content });
}

/** Without earlier releases, so that there is one model of the name. */
const modelOf = (name: string, file: string, more: object = {}): string =>
  manifest(
    'Model',
    name,
    {
      name,
      model_group_id: { $ref: `ModelGroup/${name}` },
      ...TINY,
      file,
      ...more,
    },
    { lifecycle: { keep: 0 } },
  );
const groupOf = (name: string): string => manifest('ModelGroup', name, { name });
const pipelineOf = (name: string): string =>
  manifest('SearchPipeline', name, {
    response_processors: [
      {
        rerank: {
          ml_opensearch: { model_id: { $ref: `Model/${name}` } },
          context: { document_fields: ['passage_text'] },
        },
      },
    ],
  });

describe.each(SERVERS)('Model on %s', (_title, server) => {
  let bench: Bench;
  let folder: string;
  beforeAll(async () => {
    bench = await openBench(server, 'prov-model');
    folder = await mkdtemp(join(tmpdir(), 'rerankctl-models-'));
  });
  afterAll(async () => {
    await bench.cleanUp();
    await rm(folder, { recursive: true });
  });

  /** The one model of this name: more than one is a duplicate. */
  async function only(name: string): Promise<{ id: string; state: string; body: unknown }> {
    const ids = await idsOf(bench.cluster, 'models', name);
    expect(ids).toHaveLength(1);
    const id = ids[0] ?? '';
    const body = await bench.raw('GET', `/_plugins/_ml/models/${id}`);
    return { id, state: (await stateOfModel(bench.cluster, id)) ?? '', body };
  }

  const PIPELINE_MODEL = ['response_processors', 0, 'rerank', 'ml_opensearch', 'model_id'];

  async function modelOfPipeline(name: string): Promise<unknown> {
    return dig(await bench.raw('GET', `/_search/pipeline/${name}`), name, ...PIPELINE_MODEL);
  }

  /** Plans until the search of the server has caught up with what was just done behind rerankctl's back. */
  const eventually = (yaml: string) =>
    expect.poll(async () => summaryOf(await bench.planOf(yaml)), { timeout: 15_000, interval: 200 });

  describe('that reranks', () => {
    const name = uniqueName('prov-m');
    const story = (more: object = {}): string =>
      groupOf(name) + modelOf(name, RERANKER, more) + pipelineOf(name);
    let first = '';

    it('is uploaded, deployed, probed, and put into its pipeline; then there is nothing to do', async () => {
      expect(summaryOf(await bench.planOf(story()))).toEqual([
        `ModelGroup/${name} create: register`,
        `Model/${name} create: upload, deploy, probe`,
        `SearchPipeline/${name} create: create`,
      ]);
      await bench.settle(story());
      const model = await only(name);
      expect(model).toMatchObject({ state: 'DEPLOYED', body: { algorithm: 'TEXT_SIMILARITY' } });
      expect(await modelOfPipeline(name)).toBe(model.id);
      first = model.id;
    });

    it('that was undeployed behind its back is deployed again under the same ID', async () => {
      await bench.raw('POST', `/_plugins/_ml/models/${first}/_undeploy`);
      await eventually(story()).toEqual([`Model/${name} update: deploy, probe`]);
      const change = await bench.onlyChange(story());
      expect(change).toMatchObject({ id: first, reason: expect.stringContaining('UNDEPLOYED') });
      await bench.settle(story());
      expect(await only(name)).toMatchObject({ id: first, state: 'DEPLOYED' });
    });

    it('is adopted with its group and pipeline when the state is lost', async () => {
      await bench.loseState();
      expect(summaryOf(await bench.planOf(story()))).toEqual([
        `ModelGroup/${name} adopt`,
        `Model/${name} adopt`,
        `SearchPipeline/${name} adopt`,
      ]);
      const writes = await bench.writesOf(() => bench.provision(story()));
      expect(writes.filter((write) => !isStateWrite(write))).toEqual([]);
      await bench.settle(story());
      expect(await only(name)).toMatchObject({ id: first, state: 'DEPLOYED' });
    });

    it('whose config changes is replaced: the new one first, then the pipeline, then the old one goes', async () => {
      const changed = story({ model_config: { ...CONFIG, all_config: '{"revision":2}' } });
      const made = await bench.planOf(changed);
      expect(summaryOf(made)).toEqual([
        `Model/${name} replace: upload, deploy, probe, retire the old one`,
        `SearchPipeline/${name} update: update`,
      ]);
      expect(made.changes.find(({ kind }) => kind === 'Model')?.fields).toMatchObject([
        { pointer: '/model_config/all_config', after: '{"revision":2}' },
      ]);
      expect(made.changes.find(({ kind }) => kind === 'SearchPipeline')?.fields).toMatchObject([
        {
          pointer: `/${PIPELINE_MODEL.join('/')}`,
          before: first,
          after: `(known after apply: Model/${name})`,
        },
      ]);
      const writes = await bench.writesOf(() => bench.provision(changed));
      const at = (start: string): number => writes.findIndex((write) => write.startsWith(start));
      const second = await only(name);
      expect(second).toMatchObject({
        state: 'DEPLOYED',
        body: { model_config: { all_config: '{"revision":2}' } },
      });
      expect(second.id).not.toBe(first);
      expect(await modelOfPipeline(name)).toBe(second.id);
      // Until the pipeline points at a model that has answered, the old one serves.
      expect(at(`POST /_plugins/_ml/models/${second.id}/_deploy`)).toBeGreaterThan(-1);
      expect(at(`PUT /_search/pipeline/${name}`)).toBeGreaterThan(
        at(`POST /_plugins/_ml/models/${second.id}/_deploy`),
      );
      expect(at(`POST /_plugins/_ml/models/${first}/_undeploy`)).toBeGreaterThan(
        at(`PUT /_search/pipeline/${name}`),
      );
      await bench.settle(changed);
      first = second.id;
    });

    it('with `deploy: false` is undeployed and stays registered', async () => {
      const idle = story({ model_config: { ...CONFIG, all_config: '{"revision":2}' }, deploy: false });
      expect(summaryOf(await bench.planOf(idle))).toEqual([`Model/${name} update: undeploy`]);
      await bench.settle(idle);
      expect(await only(name)).toMatchObject({ id: first, state: 'UNDEPLOYED' });
    });
  });

  describe('that is only registered', () => {
    async function file(content: string): Promise<string> {
      const path = join(folder, `${uniqueName('model')}.zip`);
      await writeFile(path, emptyModel(content));
      return path;
    }
    const story = (name: string, path: string, more: object = {}): string =>
      groupOf(name) + modelOf(name, path, { deploy: false, ...more });

    it('is uploaded and left at that; then there is nothing to do', async () => {
      const name = uniqueName('prov-m');
      const yaml = story(name, await file(name));
      expect(summaryOf(await bench.planOf(yaml))).toContain(`Model/${name} create: upload`);
      await bench.settle(yaml);
      expect(await only(name)).toMatchObject({ state: 'REGISTERED' });
    });

    it('is replaced when the content of its file changes, and not when the file moves', async () => {
      const name = uniqueName('prov-m');
      const path = await file('one');
      await bench.settle(story(name, path));
      const { id } = await only(name);
      const moved = await file('one');
      await bench.settle(story(name, moved));
      expect((await only(name)).id).toBe(id);
      await writeFile(moved, emptyModel('two'));
      expect(await bench.onlyChange(story(name, moved))).toMatchObject({
        action: 'replace',
        id,
        fields: [{ pointer: '/model_content_hash_value' }],
      });
      await bench.settle(story(name, moved));
      expect((await only(name)).id).not.toBe(id);
    });

    it('is replaced when its name changes', async () => {
      const name = uniqueName('prov-m');
      const path = await file(name);
      await bench.settle(story(name, path));
      const renamed = story(name, path, { name: `${name}-renamed` });
      expect((await bench.onlyChange(renamed)).fields).toMatchObject([
        { pointer: '/name', before: name, after: `${name}-renamed` },
      ]);
      await bench.settle(renamed);
      expect(await only(`${name}-renamed`)).toMatchObject({ state: 'REGISTERED' });
      expect(await idsOf(bench.cluster, 'models', name)).toEqual([]);
    });

    it('that was deleted behind its back is registered again, and says so', async () => {
      const name = uniqueName('prov-m');
      const yaml = story(name, await file(name));
      await bench.settle(yaml);
      const { id } = await only(name);
      await bench.raw('DELETE', `/_plugins/_ml/models/${id}`);
      await eventually(yaml).toEqual([`Model/${name} create: upload`]);
      expect((await bench.onlyChange(yaml)).reason).toContain(id);
      await bench.settle(yaml);
      expect((await only(name)).id).not.toBe(id);
    });

    it('is adopted by name, group and content when the state is lost; other content is another model', async () => {
      const name = uniqueName('prov-m');
      const yaml = story(name, await file(name));
      await bench.settle(yaml);
      const { id } = await only(name);
      await bench.loseState();
      const other = story(name, await file(`${name}, differently`));
      expect(summaryOf(await bench.planOf(other))).toContain(`Model/${name} create: upload`);
      expect(summaryOf(await bench.planOf(yaml))).toContain(`Model/${name} adopt`);
      await bench.settle(yaml);
      expect((await only(name)).id).toBe(id);
    });

    it('stays what it is when its group is renamed', async () => {
      const name = uniqueName('prov-m');
      const path = await file(name);
      await bench.settle(story(name, path));
      const { id } = await only(name);
      const renamed =
        manifest('ModelGroup', name, { name: `${name}-renamed` }) + modelOf(name, path, { deploy: false });
      expect(await bench.onlyChange(renamed)).toMatchObject({ kind: 'ModelGroup', action: 'update' });
      await bench.settle(renamed);
      expect((await only(name)).id).toBe(id);
    });

    it('stands beside others of one group, all registered in one apply', async () => {
      const name = uniqueName('prov-m');
      const names = [1, 2, 3].map((n) => `${name}-${n}`);
      const models = await Promise.all(
        names.map(async (own) =>
          modelOf(own, await file(own), { deploy: false, model_group_id: { $ref: `ModelGroup/${name}` } }),
        ),
      );
      await bench.settle(groupOf(name) + models.join(''));
      const [group] = await idsOf(bench.cluster, 'model_groups', name);
      for (const own of names) expect((await only(own)).body).toMatchObject({ model_group_id: group });
    });

    it('takes the ID of a group that no manifest describes', async () => {
      const name = uniqueName('prov-m');
      const answer = await bench.raw('POST', '/_plugins/_ml/model_groups/_register', { name });
      const group = textAt(answer, 'model_group_id') ?? '';
      const yaml = modelOf(name, await file(name), { deploy: false, model_group_id: group });
      await bench.settle(yaml);
      expect((await only(name)).body).toMatchObject({ model_group_id: group });
    });
  });
});
