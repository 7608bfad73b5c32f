const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Longer than any request that OpenSearch takes with its default `http.max_content_length`. */
const LONGEST_LINE = 100 * 1024 * 1024;

export interface Line {
  /** Without its line end. Valid until the next batch of lines is asked for: the memory below is used again. */
  readonly bytes: Buffer;
  /** Counts from 1, blank lines included. */
  readonly number: number;
}

/** A line that would not fit any request. */
export class LineTooLong extends Error {
  readonly line: number;
  constructor(line: number) {
    super(`line ${line} is longer than ${LONGEST_LINE} bytes`);
    this.line = line;
  }
}

/**
 * The lines that are not blank, in batches as the chunks come. Takes `\n` and `\r\n`, a byte order mark before the
 * first line, and a last line without an end. A chunk may be overwritten once the next one has been asked for.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line[]> {
  let number = 0;
  let rest: Buffer[] = [];
  let restBytes = 0;

  const add = (lines: Line[], raw: Buffer): void => {
    number++;
    const bytes = trimmed(raw, number === 1);
    if (!isBlank(bytes)) lines.push({ bytes, number });
  };

  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      const piece = chunk.subarray(from, end);
      add(lines, rest.length === 0 ? piece : Buffer.concat([...rest, piece]));
      rest = [];
      restBytes = 0;
      from = end + 1;
    }
    if (from < chunk.length) {
      rest.push(Buffer.from(chunk.subarray(from)));
      restBytes += chunk.length - from;
      if (restBytes > LONGEST_LINE) throw new LineTooLong(number + 1);
    }
    if (lines.length > 0) yield lines;
  }
  const last: Line[] = [];
  if (rest.length > 0) add(last, Buffer.concat(rest));
  if (last.length > 0) yield last;
}

function trimmed(raw: Buffer, first: boolean): Buffer {
  const start = first && raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf ? 3 : 0;
  const end = raw[raw.length - 1] === CARRIAGE_RETURN ? raw.length - 1 : raw.length;
  return start === 0 && end === raw.length ? raw : raw.subarray(start, Math.max(start, end));
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte !== 0x20 && byte !== 0x09 && byte !== CARRIAGE_RETURN) return false;
  }
  return true;
}
