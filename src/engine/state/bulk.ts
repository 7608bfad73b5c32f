import { dig, isObject, listAt, numberAt, textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { MAPPINGS, type Revision, STATE_INDEX } from './format.ts';

/** One write to the state index. Without a revision: a document that must not be there yet. */
export type StateOperation =
  | { readonly id: string; readonly document: object; readonly revision: Revision | undefined }
  | { readonly id: string; readonly delete: true; readonly revision?: Revision | undefined };

export type StateOutcome =
  | { readonly revision: Revision }
  | { readonly problem: string; readonly conflict: boolean };

function linesOf(operation: StateOperation): string[] {
  const { id: _id, revision } = operation;
  const expected =
    revision === undefined ? {} : { if_seq_no: revision.seqNo, if_primary_term: revision.primaryTerm };
  if ('delete' in operation) return [JSON.stringify({ delete: { _id, ...expected } })];
  const action = revision === undefined ? { create: { _id } } : { index: { _id, ...expected } };
  return [JSON.stringify(action), JSON.stringify(operation.document)];
}

function outcomeOf(item: unknown): StateOutcome {
  const result = isObject(item) ? (item.create ?? item.index ?? item.delete) : undefined;
  const seqNo = numberAt(result, '_seq_no');
  const primaryTerm = numberAt(result, '_primary_term');
  // What was to be deleted and is gone already comes with a revision too.
  if (seqNo !== undefined && primaryTerm !== undefined && dig(result, 'error') === undefined) {
    return { revision: { seqNo, primaryTerm } };
  }
  const problem = textAt(result, 'error', 'reason') ?? JSON.stringify(result);
  return { problem, conflict: numberAt(result, 'status') === 409 };
}

/** Sends all in one request, in order, and gives the outcome of each. */
export async function writeState(
  cluster: Cluster,
  operations: readonly StateOperation[],
  options: { readonly repeatable?: boolean } = {},
): Promise<StateOutcome[]> {
  const { body } = await cluster.request({
    method: 'POST',
    path: `/${STATE_INDEX}/_bulk`,
    // The next run may read at once, and a search sees only what was refreshed.
    query: { refresh: true },
    body: `${operations.flatMap(linesOf).join('\n')}\n`,
    contentType: 'application/x-ndjson',
    ...options,
  });
  const items = listAt(body, 'items');
  return operations.map((_, i) => outcomeOf(items[i]));
}

/** Creates the index, or brings the mapping of an older one up to date. */
export async function prepareStateIndex(cluster: Cluster): Promise<void> {
  const { status } = await cluster.request({
    method: 'PUT',
    path: `/${STATE_INDEX}`,
    body: {
      settings: { index: { hidden: true, number_of_shards: 1, auto_expand_replicas: '0-1' } },
      mappings: MAPPINGS,
    },
    // 400 resource_already_exists_exception: it is there, perhaps since an older version of ours.
    accept: [400],
  });
  if (status === 400) {
    await cluster.request({ method: 'PUT', path: `/${STATE_INDEX}/_mapping`, body: MAPPINGS });
  }
}
