import type { Headroom } from '../report.ts';
import { type Measure, nameOf } from './name.ts';
import { measureRanking } from './trec.ts';
import type { Convention, Grades, Ranked } from './types.ts';

export interface Window {
  /** What the retrieval gave to the reranker. */
  readonly window: readonly Ranked[];
  readonly grades: Grades;
  /** The measure of both arms. */
  readonly unreranked: number;
  readonly reranked: number;
}

/**
 * The best order that any reranker could bring a window into, for every measure: by grade, unjudged documents last. It
 * has no scores, so that ties cannot change it.
 */
export function oracleRanking(window: readonly Ranked[], grades: Grades): Ranked[] {
  const grade = ({ document }: Ranked): number => grades.get(document) ?? Number.NEGATIVE_INFINITY;
  return [...window]
    .sort((left, right) => descending(grade(left), grade(right)))
    .map(({ document }) => ({ document, score: null }));
}

/** Not a difference: infinity minus infinity is no number. */
function descending(left: number, right: number): number {
  return left === right ? 0 : left < right ? 1 : -1;
}

/** The share of the relevant documents that is in the window; 0 without any relevant document. */
export function windowRecall(
  window: readonly Ranked[],
  grades: Grades,
  { relevantFrom }: Convention,
): number {
  const relevant = [...grades].filter(([, grade]) => grade >= relevantFrom).map(([document]) => document);
  const there = new Set(window.map(({ document }) => document));
  return relevant.length === 0
    ? 0
    : relevant.filter((document) => there.has(document)).length / relevant.length;
}

/** What is in the windows, and how much of it the reranker has brought up. At least one query. */
export function headroom(measure: Measure, convention: Convention, queries: readonly Window[]): Headroom {
  const mean = (figure: (query: Window) => number): number =>
    queries.reduce((sum, query) => sum + figure(query), 0) / queries.length;
  const oracle = mean(({ window, grades }) =>
    measureRanking(measure, convention, oracleRanking(window, grades), grades),
  );
  const [unreranked, reranked] = [mean((query) => query.unreranked), mean((query) => query.reranked)];
  const room = oracle - unreranked;
  return {
    measure: nameOf(measure),
    windowRecall: mean(({ window, grades }) => windowRecall(window, grades, convention)),
    oracle,
    used: room <= 1e-12 ? null : (reranked - unreranked) / room,
  };
}
