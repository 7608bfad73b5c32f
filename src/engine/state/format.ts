import { RerankctlError } from '../../core/errors.ts';
import { digest, isObject, type JsonObject, numberAt, textAt } from '../../core/json.ts';

export const STATE_INDEX = '.rerankctl-state';

/** Version of the documents below. */
export const FORMAT = 2;

export const MAPPINGS = {
  dynamic: 'strict',
  properties: {
    format: { type: 'integer' },
    stack: { type: 'keyword' },
    type: { type: 'keyword' },
    address: { type: 'keyword' },
    updated_at: { type: 'date' },
    // Never searched, and free in shape: kept as it is.
    record: { type: 'object', enabled: false },
  },
};

/** Where a document stood when it was read: the ground of compare-and-swap. */
export interface Revision {
  readonly seqNo: number;
  readonly primaryTerm: number;
}

export type DocumentType = 'resource' | 'lock' | 'history';

/** One document of the state index. */
export interface StateDocument {
  readonly type: DocumentType;
  readonly address: string | undefined;
  readonly record: JsonObject;
  /** As it was stored: an older one is written anew when its record next changes. */
  readonly format: number;
}

/**
 * What turns the document of one format into that of the next. Old documents are understood for ever, and written
 * in the newest format when they are next written.
 */
const UPGRADES: Readonly<Record<number, (document: Record<string, unknown>) => Record<string, unknown>>> = {
  // 1 knew resources alone.
  1: (document) => ({ ...document, type: 'resource' }),
};

/** Reads a stored document of any format up to this one's; `undefined` for one that is none of ours. */
export function readDocument(stack: string, source: Record<string, unknown>): StateDocument | undefined {
  const stored = numberAt(source, 'format') ?? 0;
  if (stored > FORMAT) {
    throw new RerankctlError(
      'refused',
      'RCTL_STATE_TOO_NEW',
      `The state of stack ${stack} was written by a newer rerankctl (format ${stored}; this one knows ${FORMAT}).`,
      { remedy: 'Upgrade rerankctl.' },
    );
  }
  let document = source;
  for (let format = stored; format < FORMAT; format++) document = UPGRADES[format]?.(document) ?? document;
  const { record, type } = document;
  if (!isObject(record) || (type !== 'resource' && type !== 'lock' && type !== 'history')) return undefined;
  return { type, address: textAt(document, 'address'), record: record as JsonObject, format: stored };
}

/** A document as it is stored. */
export function stateDocument(
  stack: string,
  type: DocumentType,
  record: object,
  address?: string,
): JsonObject {
  return {
    format: FORMAT,
    stack,
    type,
    ...(address === undefined ? {} : { address }),
    updated_at: new Date().toISOString(),
    record: record as JsonObject,
  };
}

/** `key` is the address of a resource, or a word without a slash. */
export function documentId(stack: string, key: string): string {
  const id = `${stack}:${key}`;
  // An `_id` may have at most 512 bytes.
  return Buffer.byteLength(id) <= 500 ? id : `${stack.slice(0, 200)}:${digest(key)}`;
}
