import { setTimeout as sleep } from 'node:timers/promises';
import { ServerError } from '../../src/core/errors.ts';
import { dig, listAt, numberAt } from '../../src/core/json.ts';
import { searchAll } from '../../src/opensearch/paging.ts';
import { type Bench, manifest } from '../support/provision.ts';
import { TINY } from '../support/tiny-model.ts';

export const ROLLS_OUT = { lifecycle: { rollout: 'reindex' } };
export const SMALL = { number_of_shards: 1, number_of_replicas: 0 };

/** An Index that may be rolled out; `plain`: one that may not. */
export function indexManifest(name: string, spec: object, { plain = false } = {}): string {
  return manifest('Index', name, spec, plain ? {} : ROLLS_OUT);
}

export function passages(type: 'standard' | 'english' | 'keyword', settings: object = SMALL): object {
  const text = type === 'keyword' ? { type } : { type: 'text', analyzer: type };
  return { settings, mappings: { properties: { text, n: { type: 'integer' } } } };
}

/** Documents by ID, however large the index. */
export async function documents(bench: Bench, index: string): Promise<Map<string, unknown>> {
  await bench.raw('POST', `/${index}/_refresh`);
  const hits = await searchAll(bench.cluster, `/${index}/_search?search_pipeline=_none`, { match_all: {} });
  return new Map(hits.map(({ _id, _source }) => [_id, _source]));
}

export async function fill(bench: Bench, index: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += 5_000) {
    const lines: string[] = [];
    for (let n = from; n < Math.min(count, from + 5_000); n++) {
      lines.push(JSON.stringify({ index: { _id: `d${n}` } }), JSON.stringify({ text: `word ${n}`, n }));
    }
    await bench.cluster.request({
      method: 'POST',
      path: `/${index}/_bulk`,
      query: { refresh: true },
      body: `${lines.join('\n')}\n`,
      contentType: 'application/x-ndjson',
    });
  }
}

/** Names of the indices of a line, and what aliases each has. */
export async function line(bench: Bench, name: string): Promise<Record<string, string[]>> {
  const found = (await bench.raw('GET', `/${name},${name}-*?ignore_unavailable=true`)) as object;
  return Object.fromEntries(
    Object.entries(found)
      .sort()
      .map(([index, body]) => [index, Object.keys(dig(body, 'aliases') as object).sort()]),
  );
}

/** Searches all the while: how many hits each answer had, and what went wrong. */
export async function whileSearching(
  bench: Bench,
  name: string,
  work: () => Promise<unknown>,
): Promise<{ readonly totals: readonly number[]; readonly errors: readonly string[] }> {
  const totals: number[] = [];
  const errors: string[] = [];
  let over = false;
  const user = async (): Promise<void> => {
    while (!over) {
      try {
        const answer = await bench.raw('POST', `/${name}/_search?search_pipeline=_none`, {
          size: 5,
          track_total_hits: true,
        });
        const failed = numberAt(answer, '_shards', 'failed') ?? 0;
        if (failed > 0) errors.push(JSON.stringify(dig(answer, '_shards')));
        else
          totals.push(
            Math.min(
              numberAt(answer, 'hits', 'total', 'value') ?? 0,
              listAt(answer, 'hits', 'hits').length === 0 ? 0 : Infinity,
            ),
          );
      } catch (error) {
        errors.push(String(error));
      }
      await sleep(3);
    }
  };
  const users = [user(), user(), user()];
  try {
    await work();
  } finally {
    over = true;
  }
  await Promise.all(users);
  return { totals, errors };
}

export interface Written {
  /** What must be there in the end: the last acknowledged state of each ID; `undefined`: deleted. */
  readonly acknowledged: ReadonlyMap<string, unknown>;
  readonly refused: number;
  readonly errors: readonly string[];
}

/** Indexes, updates and deletes all the while, as an application does: what is refused with 403 is sent again. */
export async function whileWriting(
  bench: Bench,
  name: string,
  work: () => Promise<unknown>,
): Promise<Written> {
  const acknowledged = new Map<string, unknown>();
  const errors: string[] = [];
  let refused = 0;
  let over = false;
  const send = async (method: 'PUT' | 'POST' | 'DELETE', path: string, body?: object): Promise<void> => {
    for (;;) {
      try {
        await bench.cluster.request({ method, path, accept: [404], ...(body === undefined ? {} : { body }) });
        return;
      } catch (error) {
        if (!(error instanceof ServerError) || error.status !== 403) throw error;
        refused += 1;
        await sleep(5);
      }
    }
  };
  const writer = async (who: number): Promise<void> => {
    for (let i = 0; !over; i++) {
      const id = `w${who}-${i}`;
      const doc = { text: `written ${id}`, n: i };
      try {
        await send('PUT', `/${name}/_doc/${id}`, doc);
        acknowledged.set(id, doc);
        if (i % 3 === 1) {
          const before = `w${who}-${i - 1}`;
          await send('POST', `/${name}/_update/${before}`, { doc: { text: 'changed' } });
          acknowledged.set(before, { text: 'changed', n: i - 1 });
        }
        if (i % 5 === 4) {
          const before = `w${who}-${i - 4}`;
          await send('DELETE', `/${name}/_doc/${before}`);
          acknowledged.set(before, undefined);
          // One of those that were there from the start.
          await send('DELETE', `/${name}/_doc/d${who * 1000 + i}`);
          acknowledged.set(`d${who * 1000 + i}`, undefined);
        }
      } catch (error) {
        errors.push(String(error));
      }
    }
  };
  const writers = [writer(0), writer(1), writer(2)];
  try {
    await work();
  } finally {
    over = true;
  }
  await Promise.all(writers);
  return { acknowledged, refused, errors };
}

/** An index behind a pipeline that a verification guards: only where `best` is found does the gate hold. */
export function guarded(
  name: string,
  file: string,
  { analyzer = 'standard', extra = '' }: { analyzer?: string; extra?: string } = {},
): string {
  const rerank = {
    ml_opensearch: { model_id: { $ref: `Model/${name}` } },
    context: { document_fields: ['text'] },
  };
  return [
    manifest('ModelGroup', name, { name }),
    manifest('Model', name, {
      name,
      model_group_id: { $ref: `ModelGroup/${name}` },
      ...TINY,
      file,
    }),
    manifest('SearchPipeline', name, {
      response_processors: [{ rerank }],
      ...(extra === '' ? {} : { description: extra }),
    }),
    indexManifest(name, {
      settings: { ...SMALL, 'search.default_pipeline': { $ref: `SearchPipeline/${name}` } },
      mappings: { properties: { text: { type: 'text', analyzer } } },
    }),
    manifest('SeedData', name, {
      index: { $ref: `Index/${name}` },
      documents: ['fair', 'poor', 'good', 'best'].map((text) => ({ text })),
    }),
    manifest('Verification', name, {
      index: { $ref: `Index/${name}` },
      search_pipeline: { $ref: `SearchPipeline/${name}` },
      queries: [
        {
          query_text: 'which?',
          // The keyword analyzer keeps the whole query as one word, and finds nothing.
          body: { query: { match: { text: 'fair poor good best' } }, size: 4 },
          expect: { first: { text: 'best' } },
        },
      ],
    }),
  ].join('');
}
