import { eachLine, type Source } from './source.ts';

/** Reads lines whose cells stand between tabs. Blanks around a cell do not count. There are no quotes and no comments. */
export async function eachTsvRow(
  source: Source,
  onRow: (cells: readonly string[], line: number) => void,
): Promise<void> {
  await eachLine(source, (text, line) => onRow(tsvCells(text), line));
}

export function tsvCells(text: string): string[] {
  return text.split('\t').map((cell) => cell.trim());
}
