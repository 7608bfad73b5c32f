import type { Judgments } from '../measures/types.ts';
import { type Problems, quoted } from './problems.ts';

/**
 * Gathers judgments, and finds those that are there twice. A file may hold a query for each of its lines, so only the
 * line of each judgment is kept beside it, and looked up when it is needed.
 */
export class JudgmentTable {
  readonly #judgments = new Map<string, Map<string, number>>();
  /** In the order of the file: the query that a judgment belongs to, and its line. */
  readonly #queries: Map<string, number>[] = [];
  readonly #lines: (number | (() => number))[] = [];
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  get judgments(): Judgments {
    return this.#judgments;
  }

  add(query: string, document: string, grade: number, line: number | (() => number)): void {
    let grades = this.#judgments.get(query);
    if (grades === undefined) {
      grades = new Map();
      this.#judgments.set(query, grades);
    }
    const before = grades.get(document);
    if (before !== undefined) {
      this.#again(query, document, [before, grade], line, grades);
      return;
    }
    grades.set(document, grade);
    this.#queries.push(grades);
    this.#lines.push(line);
  }

  /** Says so where nothing was read, and nothing else says why. */
  refuseEmpty(remedy: string): void {
    if (this.#judgments.size > 0 || this.#problems.hasErrors) return;
    this.#problems.error(1, () => ({
      code: 'RCTL_INPUT_EMPTY',
      message: 'There is no judgment in the file.',
      remedy,
    }));
  }

  #again(
    query: string,
    document: string,
    [before, grade]: readonly [number, number],
    line: number | (() => number),
    grades: ReadonlyMap<string, number>,
  ): void {
    const pair = (): string => `query ${quoted(query)}, document ${quoted(document)}`;
    const first = (): number => this.#lineOf(grades, document);
    if (before === grade) {
      this.#problems.warning(line, () => ({
        code: 'RCTL_INPUT_DUPLICATE',
        message: `This judgment stands in line ${first()} already: ${pair()}.`,
        remedy: 'Delete one of the two lines.',
      }));
      return;
    }
    this.#problems.error(line, () => ({
      code: 'RCTL_INPUT_DUPLICATE',
      message: `This document is graded ${grade} here and ${before} in line ${first()}: ${pair()}.`,
      remedy: 'Delete one of the two lines: a document has one grade for each query.',
    }));
  }

  #lineOf(grades: ReadonlyMap<string, number>, document: string): number {
    const position = [...grades.keys()].indexOf(document);
    let passed = 0;
    for (const [i, each] of this.#queries.entries()) {
      if (each !== grades) continue;
      if (passed === position) return lineNumber(this.#lines[i] ?? 0);
      passed++;
    }
    return 0;
  }
}

function lineNumber(line: number | (() => number)): number {
  return typeof line === 'number' ? line : line();
}
