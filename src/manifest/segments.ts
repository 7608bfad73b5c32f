import type { SourceLocation } from '../core/diagnostic.ts';
import type { Source } from './files.ts';

/** A part of a file that is parsed by itself: nearly always one document of a stream. */
export interface Segment {
  readonly lines: FileLines;
  /** Where it begins in the file. */
  readonly start: number;
  readonly text: string;
}

/** The lines of a file: what offsets are turned into places with. Computed when the first place is asked for. */
export class FileLines {
  readonly source: Source;
  #starts: number[] | undefined;

  constructor(source: Source) {
    this.source = source;
  }

  place(offset: number): { location: SourceLocation; snippet: string } {
    const { text, file } = this.source;
    const starts = this.#lineStarts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const start = starts[low] ?? 0;
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end === -1 ? text.length : end);
    const snippet = line.replace(/\r$/, '').replace(/^\ufeff/, '');
    return { location: { file, line: low + 1, column: offset - start + 1 }, snippet };
  }

  #lineStarts(): number[] {
    if (this.#starts === undefined) {
      const { text } = this.source;
      this.#starts = [0];
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
    }
    return this.#starts;
  }
}

/**
 * Cuts a stream at its document markers. A line that begins with `---` ends the document before it whatever that
 * holds, so a broken document does not hide the next. Streams with directives (`%YAML`) or `...` stay whole.
 */
export function segmentsOf(source: Source): Segment[] {
  const lines = new FileLines(source);
  const { text } = source;
  if (source.isJson || !text.includes('---') || /^(?:%|\.\.\.(?:\s|$))/m.test(text)) {
    return [{ lines, start: 0, text }];
  }
  const cuts = [...text.matchAll(/^---(?=\s|$)/gm)].map((match) => match.index).filter((at) => at > 0);
  return [0, ...cuts].map((start, i) => ({ lines, start, text: text.slice(start, cuts[i] ?? text.length) }));
}
