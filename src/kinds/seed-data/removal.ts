import type { Recorded, Removal, RemovalContext } from '../kind.ts';
import { BulkSender } from './bulk.ts';
import { readFacts } from './facts.ts';
import { count } from './judge.ts';
import type { LiveIndex } from './live.ts';

/** Documents whose IDs the state remembers go; those of a large source stay, and go with their index. */
export function judgeRemoval(
  { id, facts: recordedFacts }: Recorded,
  live: ReadonlyMap<string, LiveIndex>,
): Removal {
  const facts = readFacts(recordedFacts);
  const index = id === undefined ? undefined : live.get(id);
  if (id === undefined || facts === undefined || index === undefined) return { gone: true };
  if (index.uuid !== facts.indexUuid && !index.unavailable) return { gone: true };
  if (facts.held === undefined) {
    const notes = [`the ${count(facts.documents)} of a source of this size stay in ${id}`];
    return { gone: false, id, steps: ['forget the source'], notes };
  }
  const seeded = count(Object.keys(facts.held).length);
  return { gone: false, id, steps: [`delete ${seeded}`], destructive: `loses documents: ${seeded} of ${id}` };
}

export async function removeDocuments(context: RemovalContext, index: string): Promise<void> {
  const { cluster, signal, recorded } = context;
  const held = readFacts(recorded.facts)?.held;
  if (held === undefined) return;
  await context.step('delete documents', async () => {
    const sender = new BulkSender({
      cluster,
      index,
      signal,
      // What is gone already is no refusal; the index itself may go right after.
      refused: () => undefined,
      written: () => undefined,
      waiting: (documents, delayMs) =>
        context.progress(
          'delete documents',
          `overloaded: ${count(documents)} again in ${Math.round(delayMs)} ms`,
        ),
    });
    for (const id of Object.keys(held)) await sender.add({ id });
    await sender.finish();
    await cluster.request({
      method: 'POST',
      path: `/${encodeURIComponent(index)}/_refresh`,
      accept: [404],
      repeatable: true,
      signal,
    });
  });
}
