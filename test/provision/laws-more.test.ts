import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pendingChanges } from '../../src/core/plan.ts';
import { uniqueName } from '../support/node.ts';
import { type Bench, isStateWrite, manifest, openBench, SERVERS } from '../support/provision.ts';
import { indexSpec } from './generated.ts';

/** JSON whose numbers a manifest may hold, and that no directive is part of. */
const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value): unknown =>
    JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
      typeof part === 'number' ? Math.round((part % 1e6) * 100) / 100 : part,
    ),
  )
  .filter((value) => !JSON.stringify(value).includes('"$'));

/** As `laws.test.ts`, of the kinds that go with an index. */
describe.each(SERVERS)('On %s, whatever is written,', (_title, server) => {
  const runs = { numRuns: 25, seed: 20_261_123, endOnFailure: true };
  let bench: Bench;
  let home: string;
  beforeAll(async () => {
    bench = await openBench(server, 'prov-laws-more');
    home = uniqueName('prov-law');
    for (const each of ['a', 'b', 'c']) {
      await bench.raw('PUT', `/${home}-${each}`, { settings: { number_of_replicas: 0 } });
    }
  });
  afterAll(async () => {
    await bench.cleanUp();
    await bench.raw('DELETE', `/${home}-a,${home}-b,${home}-c`);
  });

  async function holds(yaml: string): Promise<void> {
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

  it('an index template is what its manifest says', async () => {
    const frame = fc.record(
      {
        priority: fc.integer({ min: 0, max: 1_000_000 }),
        version: fc.integer({ min: 0, max: 2 ** 40 }),
        _meta: fc.dictionary(fc.stringMatching(/^[a-z .]{1,9}$/), json, { maxKeys: 3 }),
        composed_of: fc.constant([]),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(indexSpec, frame), { minLength: 2, maxLength: 4 }),
        async (templates) => {
          const documents = templates.map(([{ spec, aliases }, rest]) => {
            const name = uniqueName('prov-law');
            const named = Object.entries(aliases).map(([alias, body]) => [`${name}-${alias}`, body]);
            const template = { ...spec, aliases: Object.fromEntries(named) };
            return manifest('IndexTemplate', name, { ...rest, index_patterns: [`${name}-*`], template });
          });
          await holds(documents.join(''));
        },
      ),
      runs,
    );
  });

  it('an ingest pipeline is what its manifest says', async () => {
    const text = fc.stringMatching(/^[a-z]{1,8}$/);
    const processor = fc.oneof(
      fc
        .record({ field: text, value: fc.oneof(json, text).filter((value) => value !== null) })
        .map((set) => ({
          set,
        })),
      fc.record({ field: text, ignore_missing: fc.boolean(), tag: text }).map((trim) => ({ trim })),
      fc.record({ params: fc.dictionary(text, json, { maxKeys: 3 }) }).map(({ params }) => ({
        script: { source: 'ctx.x = 1', params },
      })),
      fc.record({ model_id: text, field_map: fc.record({ a: text }) }).map((embed) => ({
        text_embedding: embed,
      })),
    );
    const processors = fc.array(processor, { maxLength: 4 });
    const spec = fc.record(
      {
        processors,
        description: fc.string(),
        version: fc.integer({ min: -9, max: 9 }),
        on_failure: fc.array(processor, { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: ['processors'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(spec, { minLength: 2, maxLength: 4 }), async (pipelines) => {
        const documents = pipelines.map((each) => manifest('IngestPipeline', uniqueName('prov-law'), each));
        await holds(documents.join(''));
      }),
      runs,
    );
  });

  it('an alias is what its manifest says', async () => {
    const routing = fc.stringMatching(/^[a-z0-9]{1,5}$/);
    const query = fc.oneof(
      fc.constant({}),
      fc.constant({ match_all: {} }),
      fc.record({
        term: fc.record({ a: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), routing) }),
      }),
    );
    const body = fc.record(
      { filter: query, routing, index_routing: routing, search_routing: routing, is_hidden: fc.boolean() },
      { requiredKeys: [] },
    );
    const members = fc
      .subarray(['a', 'b', 'c'], { minLength: 1 })
      .map((each) => each.map((x) => `${home}-${x}`));
    const write = fc.constantFrom('none', 'first', 'flag', 'not');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(body, members, write), { minLength: 2, maxLength: 4 }),
        async (aliases) => {
          const documents = aliases.map(([spec, indices, writes]) => {
            const [first] = indices;
            const single = indices.length === 1;
            const flag = single && (writes === 'flag' || writes === 'not');
            return manifest('Alias', uniqueName('prov-law'), {
              ...spec,
              indices,
              ...(writes === 'first' ? { write_index: first } : {}),
              ...(flag ? { is_write_index: writes === 'flag' } : {}),
            });
          });
          await holds(documents.join(''));
        },
      ),
      runs,
    );
  });
});
