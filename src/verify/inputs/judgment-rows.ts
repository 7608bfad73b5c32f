import { findRoles, isHeader, type Names, namesFor, repeated, roleFinder } from './columns.ts';
import type { JudgmentTable } from './judgment-table.ts';
import { counted, type Problems, quoted } from './problems.ts';
import { decimal, shownValue, textOf } from './scalars.ts';

type Role = 'id' | 'text' | 'document' | 'grade';
export type KeyedBy = 'id' | 'text';

export const JUDGMENT_NAMES: Names<Role> = {
  id: ['query_id', 'qid'],
  text: ['query', 'query_text'],
  document: ['doc_id', 'corpus_id', 'document_id'],
  grade: ['grade', 'score', 'rating', 'relevance'],
};

const COLUMNS = `A query (${namesFor(JUDGMENT_NAMES.id, JUDGMENT_NAMES.text)}), a document (${namesFor(JUDGMENT_NAMES.document)}) and a grade (${namesFor(JUDGMENT_NAMES.grade)})`;

/** One judgment as a file has it, and where. */
interface Row {
  readonly query: unknown;
  readonly document: unknown;
  readonly grade: unknown;
  readonly line: number | (() => number);
}

/** Checks judgments that do not come from TREC: grades may be decimal numbers, written as numbers or as text. */
export class JudgmentRows {
  /** By what the queries of the file are named. The first row decides. */
  keyedBy: KeyedBy = 'id';
  #header:
    | { readonly width: number; readonly at: Record<'query' | 'document' | 'grade', number> }
    | undefined;
  #first = true;
  readonly #rolesOf = roleFinder(JUDGMENT_NAMES);
  readonly #table: JudgmentTable;
  readonly #problems: Problems;

  constructor(table: JudgmentTable, problems: Problems) {
    this.#table = table;
    this.#problems = problems;
  }

  /**
   * A row of a table. The first may be a header, which then says where the columns are; other columns do not count. A
   * CSV must have one. Without it there are three columns: query, document, grade.
   */
  addCells(cells: readonly string[], line: number, format: 'tsv' | 'csv'): void {
    const first = this.#first;
    this.#first = false;
    if (first) {
      this.#header = this.#columns(cells, line, format);
      if (format === 'csv' || isHeader(cells, JUDGMENT_NAMES)) return;
    }
    if (this.#header === undefined) return;
    const { width, at } = this.#header;
    // Quepid exports a query that nobody has rated yet as a row with nothing but the query.
    if (format === 'csv' && !cells[at.document] && !cells[at.grade] && cells[at.query]) return;
    if (cells.length !== width) {
      this.#problems.error(line, () => ({
        code: 'RCTL_INPUT_COLUMNS',
        message: `The row has ${counted(cells.length, 'column')}, not ${width}: ${quoted(cells.join(format === 'csv' ? ',' : '\t'))}.`,
        remedy:
          format === 'csv'
            ? 'Put a cell with a comma in it in quotes.'
            : 'Put one tab between query, document and grade.',
      }));
      return;
    }
    this.add({ query: cells[at.query], document: cells[at.document], grade: cells[at.grade], line });
  }

  /** An object of JSONL. */
  addObject(value: Record<string, unknown>, line: number): void {
    const keys = Object.keys(value);
    const { id, text, document, grade } = this.#rolesOf(keys);
    const query = id ?? text;
    if (query === undefined || document === undefined || grade === undefined) {
      this.#incomplete(
        line,
        `The object has no ${missing({ query, document, grade })}`,
        JSON.stringify(value),
      );
      return;
    }
    const by = id === undefined ? 'text' : 'id';
    if (this.#first) this.keyedBy = by;
    this.#first = false;
    if (by !== this.keyedBy) {
      this.#problems.error(line, () => ({
        code: 'RCTL_INPUT_COLUMNS',
        message: `This line names its query by ${by}, the first one by ${this.keyedBy}: ${quoted(JSON.stringify(value))}.`,
        remedy: 'Name the queries of one file in one way.',
      }));
      return;
    }
    const at = (i: number): unknown => value[keys[i] ?? ''];
    this.add({ query: at(query), document: at(document), grade: at(grade), line });
  }

  add({ query, document, grade, line }: Row): void {
    const key = this.#name(query, 'query', line);
    const id = this.#name(document, 'document', line);
    const value =
      typeof grade === 'number' ? grade : typeof grade === 'string' ? decimal(grade.trim()) : undefined;
    if (value === undefined || !Number.isFinite(value)) {
      this.#problems.error(line, () => ({
        code: 'RCTL_INPUT_GRADE',
        message: `The grade ${quoted(shownValue(grade))} is not a number.`,
        remedy: 'A grade is a number such as 0, 1 or 2.5: the higher, the more relevant.',
      }));
      return;
    }
    // A text is compared with those of the queries, and blanks around it are nobody's intention.
    if (key !== undefined && id !== undefined)
      this.#table.add(this.keyedBy === 'text' ? key.trim() : key, id, value, line);
  }

  #name(value: unknown, what: 'query' | 'document', line: number | (() => number)): string | undefined {
    const text = textOf(value);
    if (text !== undefined && text.trim() !== '') return text;
    const empty = text !== undefined || value === undefined || value === null;
    this.#problems.error(line, () => ({
      code: 'RCTL_INPUT_ID',
      message: empty ? `The ${what} is empty.` : `The ${what} ${quoted(shownValue(value))} is not a text.`,
      remedy: empty
        ? `Each judgment names its ${what}.`
        : 'Write an ID in quotes: a number that is not whole, or too large, would not be the same.',
    }));
    return undefined;
  }

  #columns(cells: readonly string[], line: number, format: 'tsv' | 'csv') {
    const { id, text, document, grade } = findRoles(cells, JUDGMENT_NAMES);
    const query = id ?? text;
    if (format === 'tsv' && !isHeader(cells, JUDGMENT_NAMES)) {
      return { width: 3, at: { query: 0, document: 1, grade: 2 } };
    }
    const twice = repeated(cells);
    if (query === undefined || document === undefined || grade === undefined) {
      this.#incomplete(line, `The header names no ${missing({ query, document, grade })}`, cells.join(', '));
      return undefined;
    }
    if (twice !== undefined) {
      this.#incomplete(line, `The header names ${quoted(twice)} twice`, cells.join(', '));
      return undefined;
    }
    this.keyedBy = id === undefined ? 'text' : 'id';
    return { width: cells.length, at: { query, document, grade } };
  }

  #incomplete(line: number, message: string, text: string): void {
    this.#problems.error(line, () => ({
      code: 'RCTL_INPUT_COLUMNS',
      message: `${message}: ${quoted(text)}.`,
      remedy: `${COLUMNS} belong there, each once.`,
    }));
  }
}

function missing(roles: Readonly<Record<'query' | 'document' | 'grade', number | undefined>>): string {
  return Object.entries(roles)
    .filter(([, place]) => place === undefined)
    .map(([role]) => role)
    .join(' and no ');
}
