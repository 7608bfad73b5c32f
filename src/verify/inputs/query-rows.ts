import { isObject, type Json } from '../../core/json.ts';
import { findRoles, isHeader, type Names, namesFor, repeated, roleFinder } from './columns.ts';
import { counted, type Problems, quoted } from './problems.ts';
import { shownValue, textOf } from './scalars.ts';
import type { QueryRow } from './types.ts';

type Role = 'id' | 'text';

export const QUERY_NAMES: Names<Role> = {
  id: ['query_id', 'qid', 'id', '_id'],
  text: ['query_text', 'text', 'query'],
};

const COLUMNS = `An id (${namesFor(QUERY_NAMES.id)}) and a text (${namesFor(QUERY_NAMES.text)}) belong there, each once.`;
const LABEL = /^labels?\.(.+)$/;
const NO_LABELS: { readonly labels: Record<string, string>; readonly problem?: string } = { labels: {} };

/** Checks queries as they come, and keeps the good ones. */
export class QueryRows {
  readonly rows: QueryRow[] = [];
  readonly #problems: Problems;
  readonly #rolesOf = roleFinder(QUERY_NAMES);
  readonly #lines = new Map<string, number>();
  #header: readonly string[] | undefined;
  /** Where the id and the text are, in a table. */
  #required: ReadonlySet<number | undefined> = new Set([0, 1]);
  #first = true;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /**
   * A row of a table. The first may be a header, and in a CSV must be; without one there are an id and a text. Cells
   * are texts, and empty ones are no variables.
   */
  addCells(cells: readonly string[], line: number, format: 'tsv' | 'csv'): void {
    const first = this.#first;
    this.#first = false;
    if (first) {
      const named = format === 'csv' || isHeader(cells, QUERY_NAMES);
      this.#header = named ? this.#checked(cells, line) : ['id', 'text'];
      if (named) return;
    }
    const header = this.#header;
    if (header === undefined) return;
    if (cells.length !== header.length) {
      this.#problems.error(line, () => ({
        code: 'RCTL_INPUT_COLUMNS',
        message: `The row has ${counted(cells.length, 'column')}, not ${header.length}: ${quoted(cells.join(format === 'csv' ? ',' : '\t'))}.`,
        remedy:
          format === 'csv'
            ? 'Put a cell with a comma in it in quotes.'
            : `The columns are ${header.join(', ')}, with one tab between them.`,
      }));
      return;
    }
    const members = header.map((name, i) => [name, cells[i] ?? ''] as const);
    const kept = members.filter(([name, cell], i) => (cell !== '' && name !== '') || this.#required.has(i));
    this.addObject(Object.fromEntries(kept), line);
  }

  /** An object of JSONL, JSON or YAML. `idAs` is how its id is written, where it is a number. */
  addObject(
    value: Readonly<Record<string, unknown>>,
    line: number,
    idAs?: (key: string) => string | undefined,
  ): void {
    const keys = Object.keys(value);
    const { id: idAt, text: textAt } = this.#rolesOf(keys);
    const [idKey, textKey] = [keys[idAt ?? -1], keys[textAt ?? -1]];
    const id = idKey === undefined ? undefined : (idAs?.(idKey) ?? textOf(value[idKey]));
    const queryText = textKey === undefined ? undefined : textOf(value[textKey]);
    this.#require('id', id, idKey, value, line);
    this.#require('text', queryText, textKey, value, line);
    const { labels, problem } = keys.some(isAboutLabels) ? labelsOf(value) : NO_LABELS;
    if (problem !== undefined) {
      this.#problems.error(line, () => ({
        code: 'RCTL_INPUT_LABELS',
        message: `${problem}: ${quoted(JSON.stringify(value))}.`,
        remedy: 'Labels are names with texts, e.g. labels: {group: head, language: en}.',
      }));
    }
    if (!id?.trim() || !queryText?.trim() || problem !== undefined || this.#isKnown(id, line)) return;
    const others = Object.entries(value).filter(
      ([key]) => key !== idKey && key !== textKey && !isAboutLabels(key),
    );
    this.rows.push({
      id,
      queryText,
      labels,
      variables: Object.fromEntries(others) as Record<string, Json>,
      line,
    });
  }

  #isKnown(id: string, line: number): boolean {
    const before = this.#lines.get(id);
    if (before === undefined) {
      this.#lines.set(id, line);
      return false;
    }
    this.#problems.error(line, () => ({
      code: 'RCTL_INPUT_DUPLICATE',
      message: `The id ${quoted(id)} stands in line ${before} already.`,
      remedy: 'Give each query an id of its own.',
    }));
    return true;
  }

  #require(
    what: Role,
    found: string | undefined,
    key: string | undefined,
    value: Readonly<Record<string, unknown>>,
    line: number,
  ): void {
    if (found !== undefined && found.trim() !== '') return;
    const given = key === undefined ? undefined : value[key];
    const wrong = found === undefined && given !== undefined && given !== null;
    this.#problems.error(line, () => ({
      code: what === 'id' ? 'RCTL_INPUT_ID' : 'RCTL_INPUT_TEXT',
      message: wrong
        ? `The ${what} ${quoted(shownValue(given))} is not a text.`
        : `The query has ${key === undefined ? `no ${what}` : `an empty ${what}`}: ${quoted(JSON.stringify(value))}.`,
      remedy: wrong
        ? 'Write it in quotes.'
        : `Each query has ${what === 'id' ? 'an id' : 'a text'}, called ${namesFor(QUERY_NAMES[what])}.`,
    }));
  }

  #checked(cells: readonly string[], line: number): readonly string[] | undefined {
    const { id, text } = findRoles(cells, QUERY_NAMES);
    const twice = repeated(cells);
    const problem =
      id === undefined
        ? 'names no id'
        : text === undefined
          ? 'names no text'
          : twice === undefined
            ? undefined
            : `names ${quoted(twice)} twice`;
    if (problem === undefined) {
      this.#required = new Set([id, text]);
      return cells;
    }
    this.#problems.error(line, () => ({
      code: 'RCTL_INPUT_COLUMNS',
      message: `The header ${problem}: ${quoted(cells.join(', '))}.`,
      remedy: COLUMNS,
    }));
    return undefined;
  }
}

/**
 * Labels are under `labels`, or in keys such as `label.group`. What BEIR calls `metadata` may hold anything: the texts
 * in it are labels, too, and the rest is left out.
 */
function labelsOf(value: Readonly<Record<string, unknown>>): {
  labels: Record<string, string>;
  problem?: string;
} {
  const found = new Map<string, string>();
  for (const [name, given] of isObject(value.metadata) ? Object.entries(value.metadata) : []) {
    const text = labelOf(given);
    if (text !== undefined) found.set(name, text);
  }
  if (value.labels !== undefined && value.labels !== null && !isObject(value.labels)) {
    return { labels: {}, problem: 'The labels are not names with texts' };
  }
  const named = Object.entries(isObject(value.labels) ? value.labels : {});
  const dotted = Object.entries(value).flatMap(([key, given]) => {
    const name = LABEL.exec(key)?.[1];
    return name === undefined ? [] : [[name, given] as const];
  });
  for (const [name, given] of [...named, ...dotted]) {
    const text = labelOf(given);
    if (text === undefined) return { labels: {}, problem: `The label ${quoted(name)} is not a text` };
    found.set(name, text);
  }
  return { labels: Object.fromEntries(found) };
}

function isAboutLabels(key: string): boolean {
  return key === 'labels' || key === 'metadata' || LABEL.test(key);
}

function labelOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
