import { isObject } from '../core/json.ts';
import { isLeaf } from '../core/value.ts';

type Body = Readonly<Record<string, unknown>>;

/**
 * An alias as the server returns it: `routing` becomes `index_routing` and `search_routing`, a filter without a query
 * is dropped (2.19.1, 3.6.0).
 */
export function aliasAsReturned({ routing, ...body }: Body): Record<string, unknown> {
  const both = routing === undefined ? {} : { index_routing: routing, search_routing: routing };
  const { filter, ...returned } = { ...both, ...body } as Record<string, unknown>;
  const empty = isObject(filter) && !isLeaf(filter) && Object.keys(filter).length === 0;
  return filter === undefined || empty ? returned : { ...returned, filter };
}

/** An alias of the server as people write it: with `routing`, where the two are one. */
export function aliasAsWritten(body: Body): Record<string, unknown> {
  const { index_routing, search_routing, ...written } = body;
  return index_routing === undefined || index_routing !== search_routing
    ? { ...body }
    : { ...written, routing: index_routing };
}

/** What the server has and what is declared, with their routing in the same words. */
export function inSameWords(live: Body, declared: Body): { live: Body; declared: Body } {
  const asReturned = aliasAsReturned(declared);
  const plain = declared.index_routing === undefined && declared.search_routing === undefined;
  const [held, wanted] = plain
    ? [aliasAsWritten(live), aliasAsWritten(asReturned)]
    : [{ ...live }, asReturned];
  return { live: held, declared: wanted };
}
