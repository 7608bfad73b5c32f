import { type Hit, keyOf, shownText } from './hit.ts';
import type { RerankedHit, UnrerankedHit } from './report.ts';

export interface Compared {
  readonly unreranked: UnrerankedHit[];
  readonly reranked: RerankedHit[];
}

/** Both answers side by side: where each hit was, and where it is now. */
export function compareArms(
  unreranked: readonly Hit[],
  reranked: readonly Hit[],
  fields: readonly string[],
): Compared {
  const before = new Map(unreranked.map((hit) => [keyOf(hit), hit]));
  const after = new Map(reranked.map((hit) => [keyOf(hit), hit]));
  const common = (hit: Hit) => ({
    rank: hit.rank,
    _index: hit._index,
    _id: hit._id,
    score: hit.score,
    text: shownText(hit, fields),
  });
  return {
    unreranked: unreranked.map((hit) => ({ ...common(hit), now: after.get(keyOf(hit))?.rank ?? null })),
    reranked: reranked.map((hit) => {
      const old = before.get(keyOf(hit));
      return {
        ...common(hit),
        was: old?.rank ?? null,
        move: old === undefined ? null : old.rank - hit.rank,
        unrerankedScore: old?.score ?? null,
      };
    }),
  };
}
