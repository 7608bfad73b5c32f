import { isObject } from '../../core/json.ts';
import { isHeader } from './columns.ts';
import { eachCsvRow } from './csv.ts';
import { eachJsonLine } from './jsonl.ts';
import { type Problems, quoted } from './problems.ts';
import { QUERY_NAMES, QueryRows } from './query-rows.ts';
import { readSource, type Source } from './source.ts';
import { readYaml } from './tree.ts';
import { eachTsvRow } from './tsv.ts';
import type { QueryRow, Read } from './types.ts';

type QueryFormat = 'tsv' | 'csv' | 'jsonl' | 'yaml';

/**
 * Reads queries. `path` may end in `.gz`; `shown` is the path as the user wrote it. The format is the one that the
 * name stands for (.tsv, .csv, .jsonl, .ndjson, .yaml, .yml, .json), or what the first line looks like. Everything
 * that is wrong is a problem with its line, and the value holds the rest.
 */
export async function readQueries(
  path: string,
  { shown }: { readonly shown: string },
): Promise<Read<readonly QueryRow[]>> {
  return readSource<readonly QueryRow[]>(path, shown, [], async (source, problems) => {
    const rows = new QueryRows(problems);
    const format = formatOf(path, source.firstLine);
    if (format === 'yaml') await addList(source, problems, rows);
    else if (format === 'jsonl') {
      await eachJsonLine(source, problems, (value, line) => rows.addObject(value, line));
    } else if (format === 'csv') {
      await eachCsvRow(source, problems, (cells, line) => rows.addCells(cells, line, 'csv'));
    } else await eachTsvRow(source, (cells, line) => rows.addCells(cells, line, 'tsv'));
    if (rows.rows.length === 0 && !problems.hasErrors) {
      problems.error(1, () => ({
        code: 'RCTL_INPUT_EMPTY',
        message: 'There is no query in the file.',
        remedy: SHAPES[format],
      }));
    }
    return rows.rows;
  });
}

const SHAPES: Readonly<Record<QueryFormat, string>> = {
  tsv: 'A TSV has lines with an id and a text, with a tab between them.',
  csv: 'A CSV has a header and rows: id,text',
  jsonl: 'JSONL has lines such as: {"id": "q1", "text": "red dress"}',
  yaml: 'The queries are a list: - {id: q1, text: red dress}',
};

async function addList(source: Source, problems: Problems, rows: QueryRows): Promise<void> {
  const tree = await readYaml(source, problems);
  if (tree === undefined) return;
  const { value, lineOf, writtenAt } = tree;
  const refuse = (line: number, message: string): void => {
    problems.error(line, () => ({ code: 'RCTL_INPUT_SYNTAX', message, remedy: SHAPES.yaml }));
  };
  if (!Array.isArray(value)) {
    if (value !== null && value !== undefined) refuse(lineOf([]), 'The file is not a list of queries.');
    return;
  }
  for (const [i, item] of value.entries()) {
    const line = lineOf([i]);
    if (isObject(item)) rows.addObject(item, line, (key) => writtenAt([i, key]));
    else refuse(line, `This query is not an object: ${quoted(JSON.stringify(item))}.`);
  }
}

function formatOf(path: string, firstLine: string): QueryFormat {
  switch (/\.([^./\\]+)$/.exec(path.replace(/\.gz$/, ''))?.[1]?.toLowerCase()) {
    case 'tsv':
      return 'tsv';
    case 'csv':
      return 'csv';
    case 'jsonl':
    case 'ndjson':
      return 'jsonl';
    case 'json':
    case 'yaml':
    case 'yml':
      return 'yaml';
  }
  if (/^\{.*\}$/.test(firstLine)) return 'jsonl';
  if (/^(\[|\{|- |---|#)/.test(firstLine)) return 'yaml';
  if (firstLine.includes('\t')) return 'tsv';
  return firstLine.includes(',') && isHeader(firstLine.split(','), QUERY_NAMES) ? 'csv' : 'tsv';
}
