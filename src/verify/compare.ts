import { documentOf, type Hit, keyOf, shownText } from './hit.ts';
import type { Grades } from './measures/types.ts';
import type { ArmHit, RerankedHit, UnrerankedHit } from './report.ts';

/** How hits are shown: the fields that stand for a document, and how judgments know it. */
export interface Shown {
  readonly fields: readonly string[];
  readonly documentId: string;
  readonly grades?: Grades | undefined;
}

export interface Compared {
  readonly unreranked: UnrerankedHit[];
  readonly reranked: RerankedHit[];
}

/** Both answers side by side: where each hit was, and where it is now. */
export function compareArms(unreranked: readonly Hit[], reranked: readonly Hit[], shown: Shown): Compared {
  const after = new Map(reranked.map((hit) => [keyOf(hit), hit]));
  return {
    unreranked: unreranked.map((hit) => ({
      ...shownHit(hit, shown),
      now: after.get(keyOf(hit))?.rank ?? null,
    })),
    reranked: movesFrom(unreranked, reranked, shown),
  };
}

/** The hits of an arm, each with its place in the unreranked one. */
export function movesFrom(unreranked: readonly Hit[], hits: readonly Hit[], shown: Shown): RerankedHit[] {
  const before = new Map(unreranked.map((hit) => [keyOf(hit), hit]));
  return hits.map((hit) => {
    const old = before.get(keyOf(hit));
    return {
      ...shownHit(hit, shown),
      was: old?.rank ?? null,
      move: old === undefined ? null : old.rank - hit.rank,
      unrerankedScore: old?.score ?? null,
    };
  });
}

function shownHit(hit: Hit, { fields, documentId, grades }: Shown): ArmHit {
  const document = documentOf(hit, documentId) ?? hit._id;
  return {
    rank: hit.rank,
    _index: hit._index,
    _id: hit._id,
    document,
    score: hit.score,
    grade: grades?.get(document) ?? null,
    text: shownText(hit, fields),
  };
}
