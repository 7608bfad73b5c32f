import type { Measure } from './name.ts';
import type { Convention, Grades, Ranked } from './types.ts';

/** Is there anything to find for this query? trec_eval leaves out queries without a relevant document. */
export function hasRelevant(grades: Grades, { relevantFrom }: Pick<Convention, 'relevantFrom'>): boolean {
  for (const grade of grades.values()) if (grade >= relevantFrom) return true;
  return false;
}

/**
 * One measure of one ranking, between 0 and 1, as trec_eval 10 computes it: what was not retrieved counts as missing,
 * precision is divided by k also when there are fewer hits, and the ideal ranking of nDCG is that of all judged
 * documents, cut at k. A grade below 0 is worth nothing, and bpref and condensed rankings take it for none at all. A
 * document counts once, at its best place. trec_eval has no share of judged documents; it is that of ir_measures,
 * where a ranking of fewer than k hits is measured as it is.
 */
export function measureRanking(
  measure: Measure,
  convention: Convention,
  ranking: readonly Ranked[],
  grades: Grades,
): number {
  const documents = ordered(ranking, convention).map(({ document }) => document);
  const places = [...new Set(documents)];
  if (measure.name === 'judged') {
    const seen = places.slice(0, measure.k);
    return shareOf(seen, seen.length, (document) => grades.has(document));
  }
  const kept =
    convention.unjudged === 'condensed'
      ? places.filter((document) => (grades.get(document) ?? -1) >= 0)
      : places;
  return COMPUTE[measure.name](kept.slice(0, measure.k), grades, convention, measure.k);
}

/** trec_eval looks at scores alone, and sorts equal ones by the bytes of the document ID, descending. */
function ordered(ranking: readonly Ranked[], { ties }: Convention): readonly Ranked[] {
  if (ties === 'server' || ranking.some(({ score }) => score === null)) return ranking;
  return [...ranking].sort(
    (left, right) => (right.score ?? 0) - (left.score ?? 0) || descending(left.document, right.document),
  );
}

function descending(left: string, right: string): number {
  return Buffer.compare(Buffer.from(right), Buffer.from(left));
}

type Compute = (
  documents: readonly string[],
  grades: Grades,
  convention: Convention,
  k: number | undefined,
) => number;

const COMPUTE: Readonly<Record<Exclude<Measure['name'], 'judged'>, Compute>> = {
  ndcg,
  mrr: (documents, grades, convention) => {
    const first = documents.findIndex((document) => isRelevant(grades, document, convention));
    return first === -1 ? 0 : 1 / (first + 1);
  },
  map: averagePrecision,
  p: (documents, grades, convention, k) =>
    shareOf(documents, k ?? documents.length, (document) => isRelevant(grades, document, convention)),
  r: (documents, grades, convention) => {
    const all = relevantIn(grades, convention);
    return all === 0 ? 0 : found(documents, grades, convention) / all;
  },
  success: (documents, grades, convention) => (found(documents, grades, convention) > 0 ? 1 : 0),
  bpref,
};

function isRelevant(grades: Grades, document: string, { relevantFrom }: Convention): boolean {
  const grade = grades.get(document);
  return grade !== undefined && grade >= relevantFrom;
}

function relevantIn(grades: Grades, { relevantFrom }: Convention): number {
  return [...grades.values()].filter((grade) => grade >= relevantFrom).length;
}

function found(documents: readonly string[], grades: Grades, convention: Convention): number {
  return documents.filter((document) => isRelevant(grades, document, convention)).length;
}

function shareOf(documents: readonly string[], of: number, holds: (document: string) => boolean): number {
  return of === 0 ? 0 : documents.filter(holds).length / of;
}

/** Järvelin and Kekäläinen 2002, with the discount log2(rank + 1) of trec_eval. */
function ndcg(
  documents: readonly string[],
  grades: Grades,
  { gain }: Convention,
  k: number | undefined,
): number {
  // All gains as shares of 2^highest: the quotient is the same, and a grade of 2000 does not make it infinite.
  const highest =
    gain === 'linear' ? 0 : [...grades.values()].reduce((most, grade) => Math.max(most, grade), 0);
  const worth = (grade: number): number => {
    if (grade <= 0) return 0;
    return gain === 'linear' ? grade : 2 ** (grade - highest) - 2 ** -highest;
  };
  const sum = (gains: readonly number[]): number =>
    gains.reduce((total, each, i) => total + each / Math.log2(i + 2), 0);
  const ideal = [...grades.values()]
    .map(worth)
    .sort((left, right) => right - left)
    .slice(0, k);
  const best = sum(ideal);
  return best === 0 ? 0 : sum(documents.map((document) => worth(grades.get(document) ?? 0))) / best;
}

function averagePrecision(documents: readonly string[], grades: Grades, convention: Convention): number {
  const all = relevantIn(grades, convention);
  let [hits, sum] = [0, 0];
  documents.forEach((document, i) => {
    if (!isRelevant(grades, document, convention)) return;
    hits += 1;
    sum += hits / (i + 1);
  });
  return all === 0 ? 0 : sum / all;
}

/** Buckley and Voorhees 2004, with the bounds of trec_eval: how many judged and not relevant documents stand above. */
function bpref(documents: readonly string[], grades: Grades, convention: Convention): number {
  const all = relevantIn(grades, convention);
  const isNot = (grade: number): boolean => grade >= 0 && grade < convention.relevantFrom;
  const bound = Math.min(all, [...grades.values()].filter(isNot).length);
  let [above, sum] = [0, 0];
  for (const document of documents) {
    const grade = grades.get(document);
    if (grade === undefined) continue;
    if (grade >= convention.relevantFrom) sum += above === 0 ? 1 : 1 - Math.min(above, all) / bound;
    else if (isNot(grade)) above += 1;
  }
  return all === 0 ? 0 : sum / all;
}
