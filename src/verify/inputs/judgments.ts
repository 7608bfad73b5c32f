import type { Judgments } from '../measures/types.ts';
import { isHeader } from './columns.ts';
import { eachCsvRow } from './csv.ts';
import { eachJsonLine } from './jsonl.ts';
import { JUDGMENT_NAMES, JudgmentRows, type KeyedBy } from './judgment-rows.ts';
import { JudgmentTable } from './judgment-table.ts';
import { quoted } from './problems.ts';
import { integer } from './scalars.ts';
import { readSource } from './source.ts';
import { eachTrecLine, fromTrecId } from './trec.ts';
import { eachTsvRow, tsvCells } from './tsv.ts';
import type { Read } from './types.ts';
import { readWorkbench } from './workbench.ts';

export type JudgmentFormat = 'trec' | 'tsv' | 'jsonl' | 'csv' | 'workbench';

export interface ReadJudgments {
  readonly judgments: Judgments;
  /** What the keys of `judgments` are: IDs of queries, or their texts (Quepid and the Workbench know no others). */
  readonly keyedBy: KeyedBy;
}

const NOTHING: ReadJudgments = { judgments: new Map(), keyedBy: 'id' };

const SHAPES: Readonly<Record<JudgmentFormat, string>> = {
  trec: 'TREC qrels have lines such as: q1 0 doc7 2',
  tsv: 'A TSV has lines with a query, a document and a grade, with tabs between them.',
  jsonl: 'JSONL has lines such as: {"query_id": "q1", "doc_id": "doc7", "grade": 2}',
  csv: 'A CSV has a header and rows: query,docid,rating',
  workbench:
    'It looks like this: {"judgmentRatings": [{"query": "…", "ratings": [{"docId": "…", "rating": 2}]}]}',
};

/**
 * Reads judgments. `path` may end in `.gz`; `shown` is the path as the user wrote it. The format is the one given, or
 * the one that the name stands for (.tsv, .jsonl, .ndjson, .csv, .json, .qrels), or what the first line looks like.
 * Everything that is wrong is a problem with its line, and the value holds the rest.
 */
export async function readJudgments(
  path: string,
  options: { readonly shown: string; readonly format?: JudgmentFormat | undefined },
): Promise<Read<ReadJudgments>> {
  return readSource(path, options.shown, NOTHING, async (source, problems) => {
    const table = new JudgmentTable(problems);
    const rows = new JudgmentRows(table, problems);
    const format = options.format ?? formatOf(path, source.firstLine);
    if (format === 'trec') {
      await eachTrecLine(source, ['query', '0', 'document', 'grade'], problems, (cells, line) => {
        const [query = '', , document = '', text = ''] = cells;
        const grade = integer(text);
        if (grade !== undefined) table.add(fromTrecId(query), fromTrecId(document), grade, line);
        else {
          problems.error(line, () => ({
            code: 'RCTL_INPUT_GRADE',
            message: `The grade ${quoted(text)} is not a whole number.`,
            remedy: 'TREC grades are whole numbers such as 0, 1 or 2. TSV, CSV and JSONL may have others.',
          }));
        }
      });
    } else if (format === 'workbench') await readWorkbench(source, problems, rows);
    else if (format === 'jsonl') {
      await eachJsonLine(source, problems, (value, line) => rows.addObject(value, line));
    } else if (format === 'csv') {
      await eachCsvRow(source, problems, (cells, line) => rows.addCells(cells, line, 'csv'));
    } else await eachTsvRow(source, (cells, line) => rows.addCells(cells, line, 'tsv'));
    table.refuseEmpty(SHAPES[format]);
    return { judgments: table.judgments, keyedBy: rows.keyedBy };
  });
}

function formatOf(path: string, firstLine: string): JudgmentFormat {
  const extension = /\.([^./\\]+)$/.exec(path.replace(/\.gz$/, ''))?.[1]?.toLowerCase();
  const cells = tsvCells(firstLine);
  const tabular = isHeader(cells, JUDGMENT_NAMES) || cells.length === 3;
  switch (extension) {
    // MS MARCO has TREC qrels in files called .tsv: four columns and no header.
    case 'tsv':
      return tabular || cells.length !== 4 ? 'tsv' : 'trec';
    case 'jsonl':
    case 'ndjson':
      return 'jsonl';
    case 'csv':
      return 'csv';
    case 'json':
      return 'workbench';
    case 'qrels':
      return 'trec';
  }
  if (/^[{[]/.test(firstLine)) return isWhole(firstLine) ? 'jsonl' : 'workbench';
  if (tabular) return 'tsv';
  return firstLine.includes(',') && isHeader(firstLine.split(','), JUDGMENT_NAMES) ? 'csv' : 'trec';
}

/** A line of JSONL is complete; a document of JSON that is on one line has what the Workbench calls its judgments. */
function isWhole(firstLine: string): boolean {
  try {
    JSON.parse(firstLine);
    return !firstLine.includes('"judgmentRatings"');
  } catch {
    return false;
  }
}
