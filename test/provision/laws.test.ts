import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pendingChanges } from '../../src/core/plan.ts';
import { uniqueName } from '../support/node.ts';
import { type Bench, isStateWrite, manifest, openBench, SERVERS } from '../support/provision.ts';
import { storedZip } from '../support/zip.ts';
import { groupSpec, indexSpec, modelSpec, pipelineSpec } from './generated.ts';

/**
 * Whatever is applied: the plan after it is empty, a second apply writes nothing, and when the state is lost
 * everything is recognised and nothing is changed.
 */
describe.each(SERVERS)('On %s, whatever is written,', (_title, server) => {
  const runs = {
    numRuns: 25,
    seed: 20_261_123,
    // A smaller example costs many applies; the changes that are left name the culprit as well.
    endOnFailure: true,
  };
  let bench: Bench;
  let folder: string;
  let zip: string;
  beforeAll(async () => {
    bench = await openBench(server, 'prov-laws');
    folder = await mkdtemp(join(tmpdir(), 'rerankctl-laws-'));
    zip = join(folder, 'model.zip');
    await writeFile(zip, storedZip({ 'tokenizer.json': '{}', 'model.pt': 'a law' }));
  });
  afterAll(async () => {
    await bench.cleanUp();
    await rm(folder, { recursive: true });
  });

  let manifests = 0;

  async function holds(yaml: string): Promise<void> {
    manifests += yaml.split('apiVersion').length - 1;
    try {
      await bench.settle(yaml);
      await bench.loseState();
      const left = pendingChanges(await bench.planOf(yaml)).filter(({ action }) => action !== 'adopt');
      expect(left.map(({ address, fields }) => [address, fields])).toEqual([]);
      const writes = await bench.writesOf(() => bench.provision(yaml));
      expect(writes.filter((write) => !isStateWrite(write))).toEqual([]);
    } finally {
      await bench.wipe();
    }
  }

  it('an index is what its manifest says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(indexSpec, { minLength: 2, maxLength: 4 }), async (indices) => {
        const documents = indices.map(({ spec, aliases }) => {
          const name = uniqueName('prov-law');
          const named = Object.fromEntries(
            Object.entries(aliases).map(([alias, body]) => [`${name}-${alias}`, body]),
          );
          return manifest('Index', name, { ...spec, aliases: named });
        });
        await holds(documents.join(''));
      }),
      runs,
    );
  });

  it('a model group is what its manifest says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(groupSpec, { minLength: 2, maxLength: 4 }), async (groups) => {
        const documents = groups.map(({ name, ...spec }, i) =>
          manifest('ModelGroup', `group-${i}`, { name: `${name} ${uniqueName('law')}`, ...spec }),
        );
        await holds(documents.join(''));
      }),
      runs,
    );
  });

  it('a search pipeline is what its manifest says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pipelineSpec(server), { minLength: 2, maxLength: 4 }), async (pipelines) => {
        const documents = pipelines.map((spec) => manifest('SearchPipeline', uniqueName('prov-law'), spec));
        await holds(documents.join(''));
      }),
      runs,
    );
  });

  it('a model is what its manifest says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(modelSpec, { minLength: 1, maxLength: 3 }), async (models) => {
        const group = uniqueName('law');
        const documents = models.map((spec, i) =>
          manifest('Model', `model-${i}`, {
            ...spec,
            name: `${spec.name} ${i}`,
            model_group_id: { $ref: `ModelGroup/${group}` },
            file: zip,
            deploy: false,
          }),
        );
        await holds(manifest('ModelGroup', group, { name: group }) + documents.join(''));
      }),
      { ...runs, numRuns: 8 },
    );
  });

  it('and that was tried with at least 200 manifests', () => {
    process.stdout.write(`laws on ${server.version}: ${manifests} manifests applied and planned empty\n`);
    expect(manifests).toBeGreaterThanOrEqual(200);
  });
});
