import type { Listener } from '../core/events.ts';
import type { Query } from './experiment.ts';
import { askAll, type QueryContext, reportQuery } from './query.ts';
import type { QueryReport } from './report.ts';

/** So many queries are told one by one; of more, how many are done. */
const FEW = 5;
const TELL_MS = 1000;

/** Runs all queries, a bounded number at once. The reports come in the order of the queries. */
export async function runQueries(
  context: QueryContext,
  listener: Listener | undefined,
): Promise<QueryReport[]> {
  const { queries, resource, concurrency } = context.experiment;
  const { address } = resource;
  const [first] = queries;
  if (first === undefined) return [];
  if (queries.length <= FEW) {
    return inOrder(queries, 1, (query, i) =>
      inStep(listener, { address, step: `query ${query.id}` }, () => answer(context, query, i)),
    );
  }
  const step = `${queries.length} queries`;
  return inStep(listener, { address, step }, async () => {
    // Nothing is measured by the searches that load classes and fill caches.
    await askAll(context, first, false);
    let [done, told] = [0, performance.now()];
    return inOrder(queries, concurrency, async (query, i) => {
      const report = await answer(context, query, i);
      done += 1;
      if (performance.now() - told >= TELL_MS) {
        told = performance.now();
        listener?.({ type: 'step.progress', address, step, detail: `${done} of ${queries.length}` });
      }
      return report;
    });
  });
}

async function answer(context: QueryContext, query: Query, i: number): Promise<QueryReport> {
  return reportQuery(context, query, await askAll(context, query, i % 2 === 1));
}

async function inOrder<T>(
  queries: readonly Query[],
  atOnce: number,
  work: (query: Query, i: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < queries.length; i = next++) {
      const query = queries[i];
      if (query !== undefined) results[i] = await work(query, i);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, queries.length) }, worker));
  return results;
}

async function inStep<T>(
  listener: Listener | undefined,
  step: { readonly address: QueryContext['experiment']['resource']['address']; readonly step: string },
  work: () => Promise<T>,
): Promise<T> {
  listener?.({ type: 'step.started', ...step });
  const started = performance.now();
  const result = await work();
  listener?.({ type: 'step.done', ...step, tookMs: Math.round(performance.now() - started) });
  return result;
}
