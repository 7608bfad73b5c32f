import { isObject, type JsonObject, numberAt, textAt } from '../../core/json.ts';
import type { Held } from './compare.ts';
import type { LiveIndex } from './live.ts';

/** What the state remembers of one seeding. Without it, all is found again by reading the documents. */
export interface Facts {
  readonly sourceDigest: string;
  readonly documents: number;
  readonly bytes: number;
  readonly indexUuid: string;
  /** The index held at least so many afterwards: fewer mean that some are lost. */
  readonly atLeast: number;
  /** By ID, for small sources alone. */
  readonly held?: Held;
}

export function factsOf(
  source: { readonly digest: string; readonly documents: number; readonly bytes: number },
  live: LiveIndex,
  held: Held | undefined,
): JsonObject {
  return {
    sourceDigest: source.digest,
    documents: source.documents,
    bytes: source.bytes,
    indexUuid: live.uuid,
    atLeast: Math.min(source.documents, live.documents),
    ...(held === undefined ? {} : { held: { ...held } }),
  };
}

export function readFacts(facts: JsonObject | undefined): Facts | undefined {
  const sourceDigest = textAt(facts, 'sourceDigest');
  const indexUuid = textAt(facts, 'indexUuid');
  if (sourceDigest === undefined || indexUuid === undefined) return undefined;
  const held = facts?.held;
  return {
    sourceDigest,
    indexUuid,
    documents: numberAt(facts, 'documents') ?? 0,
    bytes: numberAt(facts, 'bytes') ?? 0,
    atLeast: numberAt(facts, 'atLeast') ?? 0,
    ...(isObject(held) ? { held: held as Record<string, string> } : {}),
  };
}
