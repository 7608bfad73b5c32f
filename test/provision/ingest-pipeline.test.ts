import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, openDesk } from '../support/export.ts';
import { uniqueName } from '../support/node.ts';
import {
  type Bench,
  isStateWrite,
  load,
  manifest,
  openBench,
  SERVERS,
  summaryOf,
} from '../support/provision.ts';

const RULES = { removals: { maxDeletes: 10, allowDataLoss: true } };

describe.each(SERVERS)('IngestPipeline on %s', (_title, server) => {
  let bench: Bench;
  let desk: Desk;
  beforeAll(async () => {
    bench = await openBench(server, 'prov-ingest');
    desk = await openDesk(bench);
  });
  afterAll(async () => {
    await bench.cleanUp();
    await desk.clear();
  });

  const pipeline = (name: string, spec: object): string => manifest('IngestPipeline', name, spec);
  const live = async (name: string): Promise<unknown> => {
    const body = (await bench.raw('GET', `/_ingest/pipeline/${name}`)) as Record<string, unknown>;
    return body[name];
  };
  const CLEAN = {
    description: 'Clean text, and its length',
    version: 3,
    processors: [
      {
        set: {
          tag: 'first',
          field: 'weight',
          value: 1.5,
          override: false,
          if: 'ctx.text != null',
          on_failure: [{ set: { field: 'why', value: '{{ _ingest.on_failure_message }}' } }],
        },
      },
      { script: { lang: 'painless', source: 'ctx.n = params.n', params: { n: 3, none: null, big: 1e21 } } },
      { text_embedding: { model_id: 'abc', field_map: { text: 'vector' } } },
    ],
    on_failure: [{ set: { field: 'failed', value: true } }],
  };

  it('is created as the manifest says, and then there is nothing to do', async () => {
    const name = uniqueName('prov-ing');
    const yaml = pipeline(name, CLEAN);
    expect(summaryOf(await bench.planOf(yaml))).toEqual([`IngestPipeline/${name} create: create`]);
    await bench.settle(yaml);
    expect(await live(name)).toEqual(CLEAN);
  });

  it('without processors does nothing', async () => {
    const name = uniqueName('prov-ing');
    await bench.settle(pipeline(name, { processors: [] }));
    expect(await live(name)).toEqual({ processors: [] });
  });

  it('follows its manifest in everything, removals and order among them', async () => {
    const name = uniqueName('prov-ing');
    await bench.settle(pipeline(name, CLEAN));
    const [set, script] = CLEAN.processors;
    const next = { description: 'Another', processors: [script, set, { trim: { field: 'text' } }] };
    const change = await bench.onlyChange(pipeline(name, next));
    expect(change).toMatchObject({ action: 'update', id: name });
    expect(change.fields).toContainEqual({
      pointer: '/description',
      before: CLEAN.description,
      after: 'Another',
      by: 'git',
    });
    expect(change.fields).toContainEqual({ pointer: '/version', before: 3, by: 'git' });
    expect(change.fields.map(({ pointer }) => pointer)).toContain('/on_failure');
    await bench.settle(pipeline(name, next));
    expect(await live(name)).toEqual(next);
  });

  it('that was changed or deleted behind its back is shown, and healed', async () => {
    const name = uniqueName('prov-ing');
    await bench.settle(pipeline(name, CLEAN));
    await bench.raw('PUT', `/_ingest/pipeline/${name}`, { ...CLEAN, description: 'Theirs' });
    expect((await bench.onlyChange(pipeline(name, CLEAN))).fields).toEqual([
      { pointer: '/description', before: 'Theirs', after: CLEAN.description, by: 'cluster' },
    ]);
    await bench.settle(pipeline(name, CLEAN));
    expect(await live(name)).toEqual(CLEAN);
    await bench.raw('DELETE', `/_ingest/pipeline/${name}`);
    expect(await bench.onlyChange(pipeline(name, CLEAN))).toMatchObject({ action: 'create', drifted: true });
    await bench.settle(pipeline(name, CLEAN));
  });

  it('is adopted when the state is lost, with a write to the state alone', async () => {
    const name = uniqueName('prov-ing');
    await bench.settle(pipeline(name, CLEAN));
    await bench.loseState();
    expect(await bench.onlyChange(pipeline(name, CLEAN))).toMatchObject({ action: 'adopt', id: name });
    const writes = await bench.writesOf(() => bench.provision(pipeline(name, CLEAN)));
    expect(writes.filter((write) => !isStateWrite(write))).toEqual([]);
    await bench.settle(pipeline(name, CLEAN));
  });

  it('is there before the index that names it, and goes after it', async () => {
    const name = uniqueName('prov-ing');
    const both =
      pipeline(name, { processors: [{ set: { field: 'seen', value: true } }] }) +
      manifest('Index', name, {
        settings: { number_of_replicas: 0, default_pipeline: { $ref: `IngestPipeline/${name}` } },
      });
    const { plan } = await bench.provision(both);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['IngestPipeline', 'Index']);
    await bench.settle(both);
    await bench.raw('PUT', `/${name}/_doc/1`, { text: 'x' });
    expect(await bench.raw('GET', `/${name}/_doc/1`)).toMatchObject({ _source: { seen: true } });
    const { outcomes } = await bench.provision('', RULES);
    expect(outcomes.map(({ address, action, result }) => [address, action, result])).toEqual(
      expect.arrayContaining([
        [`Index/${name}`, 'delete', 'done'],
        [`IngestPipeline/${name}`, 'delete', 'done'],
      ]),
    );
    expect(await bench.raw('GET', '/_ingest/pipeline').catch(() => ({}))).not.toHaveProperty(name);
  });

  it('that an index of somebody else still names is said before it is deleted', async () => {
    const name = uniqueName('prov-ing');
    await bench.settle(pipeline(name, { processors: [] }));
    await bench.raw('PUT', `/${name}-theirs`, {
      settings: { number_of_replicas: 0, final_pipeline: name },
    });
    try {
      const { changes } = await bench.planOf('', RULES);
      expect(changes.find(({ address }) => address === `IngestPipeline/${name}`)).toMatchObject({
        action: 'delete',
        destructive: `interrupts writes: ${name}-theirs names it (default_pipeline, final_pipeline) and takes no documents from then on`,
      });
    } finally {
      await bench.raw('DELETE', `/${name}-theirs`);
    }
    await bench.provision('', RULES);
    expect(summaryOf(await bench.planOf('', RULES))).toEqual([]);
  });

  it('that the server refuses is told in words', async () => {
    const name = uniqueName('prov-ing');
    const { report } = await bench.tryProvision(
      pipeline(`${name}-type`, { processors: [{ foreach: { field: 'a', processor: { zork: {} } } }] }) +
        pipeline(`${name}-field`, { processors: [{ set: { field: 'a', value: 1, zork: 2 } }] }) +
        pipeline(`${name}-good`, { processors: [] }),
    );
    const outcomes = Object.fromEntries(report.outcomes.map((outcome) => [outcome.address, outcome]));
    expect(outcomes[`IngestPipeline/${name}-type`]).toMatchObject({
      result: 'failed',
      error: { code: 'RCTL_PROCESSOR_UNKNOWN', message: 'This cluster has no ingest processor zork.' },
    });
    expect(outcomes[`IngestPipeline/${name}-field`]).toMatchObject({
      result: 'failed',
      error: { code: 'RCTL_PROCESSOR_FIELD', message: 'The processor set has no parameter zork.' },
    });
    expect(outcomes[`IngestPipeline/${name}-good`]).toMatchObject({ result: 'done' });
  });

  it('with a processor that the cluster does not have is refused before anything is sent', async () => {
    const refused = await bench.planOf(
      pipeline(uniqueName('prov-ing'), { processors: [{ lower_case: {} }] }),
    );
    expect(refused.diagnostics.filter(({ severity }) => severity === 'error')).toMatchObject([
      {
        severity: 'error',
        code: 'RCTL_PROCESSOR_UNKNOWN',
        pointer: '/spec/processors/0/lower_case',
        remedy: expect.stringContaining('lowercase'),
      },
    ]);
  });

  it('needs its processors as a list of objects with one key', async () => {
    await expect(load(pipeline('a', {}))).rejects.toThrow('RCTL_MISSING_FIELD');
    await expect(load(pipeline('a', { processors: [{ set: {}, trim: {} }] }))).rejects.toThrow(
      'A processor is an object with exactly one key',
    );
  });

  it('is exported, and then a plan only adopts', async () => {
    const name = uniqueName('prov-ing');
    await bench.raw('PUT', `/_ingest/pipeline/${name}`, CLEAN);
    const ran = await desk.rerankctl('export', '--to', name, '--name', name);
    expect(ran.code).toBe(0);
    expect(await desk.isAdopted(name)).toEqual([`IngestPipeline/${name}`]);
    await bench.raw('DELETE', `/_ingest/pipeline/${name}`);
  });
});
