import { setTimeout as sleep } from 'node:timers/promises';
import { dig, listAt } from '../../src/core/json.ts';
import { readLoaded } from '../../src/kinds/held-models.ts';
import { type Bench, idsOf, manifest } from '../support/provision.ts';
import { TINY } from '../support/tiny-model.ts';

/** One passage for each word that the tiny models know, in an order that no score explains. */
const PASSAGES = ['fair', 'poor', 'good', 'best'];

/** A model in a pipeline in front of an index, and a verification of it. */
export function rollout(
  name: string,
  file: string,
  {
    gate = { first: { text: 'best' } },
    more = {},
    lifecycle = {},
  }: { gate?: object; more?: object; lifecycle?: object } = {},
): string {
  const rerank = {
    ml_opensearch: { model_id: { $ref: `Model/${name}` } },
    context: { document_fields: ['text'] },
  };
  return [
    manifest('ModelGroup', name, { name }),
    manifest(
      'Model',
      name,
      {
        name,
        model_group_id: { $ref: `ModelGroup/${name}` },
        ...TINY,
        file,
      },
      { lifecycle },
    ),
    manifest('Index', name, {
      settings: { number_of_shards: 1, number_of_replicas: 0 },
      mappings: { properties: { text: { type: 'text' } } },
    }),
    manifest('SeedData', name, {
      index: { $ref: `Index/${name}` },
      documents: PASSAGES.map((text) => ({ text })),
    }),
    manifest('SearchPipeline', name, { response_processors: [{ rerank }] }),
    manifest('Verification', name, {
      index: { $ref: `Index/${name}` },
      search_pipeline: { $ref: `SearchPipeline/${name}` },
      queries: [{ query_text: 'which?', body: { query: { match_all: {} }, size: 4 }, expect: gate }],
      ...more,
    }),
  ].join('');
}

/** What production is, word for word: the pipeline's definition. */
export function production(bench: Bench, name: string): Promise<unknown> {
  return bench.raw('GET', `/_search/pipeline/${name}`);
}

export async function servingModel(bench: Bench, name: string): Promise<unknown> {
  const at = [name, 'response_processors', 0, 'rerank', 'ml_opensearch', 'model_id'];
  return dig(await production(bench, name), ...at);
}

export function models(bench: Bench, name: string): Promise<string[]> {
  return idsOf(bench.cluster, 'models', name);
}

/** Those that a node holds. The document of one that was undeployed may say DEPLOY_FAILED (MLSyncUpCron, 3.6.0). */
export async function deployed(bench: Bench, name: string): Promise<string[]> {
  const [all, held] = await Promise.all([models(bench, name), readLoaded(bench.cluster)]);
  return all.filter((id) => held?.has(id));
}

export interface Watched {
  /** The first hit of each answer, in the order in which they came. */
  readonly firsts: readonly unknown[];
  readonly errors: readonly string[];
}

/** Searches all the while, as users do, and says what they saw. */
export async function whileSearching(
  bench: Bench,
  name: string,
  work: () => Promise<unknown>,
): Promise<Watched> {
  const firsts: unknown[] = [];
  const errors: string[] = [];
  const body = {
    query: { match_all: {} },
    size: 4,
    ext: { rerank: { query_context: { query_text: 'which?' } } },
  };
  let over = false;
  const user = async (): Promise<void> => {
    while (!over) {
      try {
        const answer = await bench.raw('POST', `/${name}/_search?search_pipeline=${name}`, body);
        firsts.push(dig(listAt(answer, 'hits', 'hits')[0], '_source', 'text'));
      } catch (error) {
        errors.push(String(error));
      }
      await sleep(5);
    }
  };
  const users = [user(), user(), user()];
  await work();
  over = true;
  await Promise.all(users);
  return { firsts, errors };
}
