import { pipeline } from 'node:stream/promises';
import type { Problems } from './problems.ts';
import type { Source } from './source.ts';

/**
 * Reads rows of comma-separated values as RFC 4180 has them: a cell in quotes may hold commas, line ends and doubled
 * quotes. `line` is where a row starts. Rows that are blank are left out. After a quote that is wrong nothing can be
 * told apart any more: that is an error, and the end.
 */
export async function eachCsvRow(
  source: Source,
  problems: Problems,
  onRow: (cells: readonly string[], line: number) => void,
): Promise<void> {
  const { CsvError, parse } = await import('csv-parse');
  const parser = parse({ relax_column_count: true, record_delimiter: ['\r\n', '\n'] });
  let line = 1;
  parser.on('data', (row: string[]) => {
    const start = line;
    // Asking the parser for the line of each row makes it three times as slow.
    line += 1 + row.reduce((count, cell) => count + lineEndsIn(cell), 0);
    const cells = row.map((cell) => cell.trim());
    if (cells.some((cell) => cell !== '')) onRow(cells, start);
  });
  try {
    await pipeline(source.blocks, parser);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const at = typeof error.lines === 'number' ? error.lines : line;
    problems.error(error.code === 'CSV_QUOTE_NOT_CLOSED' ? line : at, () => ({
      code: 'RCTL_INPUT_SYNTAX',
      message: SAID[error.code] ?? `This is not CSV: ${error.message}.`,
      remedy:
        'Put a cell with a quote, a comma or a line end in quotes, and double the quotes in it: "5"" nail".',
    }));
  }
}

const SAID: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'A quote is opened here and never closed.',
  CSV_INVALID_CLOSING_QUOTE: 'After the closing quote of a cell comes something else than a comma.',
  INVALID_OPENING_QUOTE: 'There is a quote in a cell that does not start with one.',
};

function lineEndsIn(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) count++;
  return count;
}
