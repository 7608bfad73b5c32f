import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Problems } from './problems.ts';
import type { Read } from './types.ts';

const CHUNK = 256 * 1024;
const LINE_FEED = 0x0a;

/** No line of a file of queries or judgments is as long; a JSON document on one line may be. */
const LONGEST_LINE = 256 * 1024 * 1024;

/** The text of a file. */
export interface Source {
  /** The first line that is not blank, without blanks around it. Empty where the file is. */
  readonly firstLine: string;
  /** The whole text, once, in pieces that end where a line ends. Without the byte order mark. */
  readonly blocks: AsyncIterable<string>;
}

/**
 * Opens the file at `path`, unpacked where its name ends in `.gz`, and lets `read` make a value of it. What is wrong
 * with the file as a whole becomes a problem: it does not exist, is empty, is not UTF-8. `empty` is the value then.
 */
export async function readSource<T>(
  path: string,
  shown: string,
  empty: T,
  read: (source: Source, problems: Problems) => Promise<T>,
): Promise<Read<T>> {
  const problems = new Problems(shown);
  try {
    const blocks = textBlocks(bytesOf(path))[Symbol.asyncIterator]();
    try {
      const before: string[] = [];
      let firstLine = '';
      while (firstLine === '') {
        const next = await blocks.next();
        if (next.done) break;
        before.push(next.value);
        firstLine = /\S.*/.exec(next.value)?.[0].trimEnd() ?? '';
      }
      if (firstLine === '') throw new Unreadable(1, EMPTY);
      const value = await read({ firstLine, blocks: chained(before, blocks) }, problems);
      return { value, problems: problems.list() };
    } finally {
      await blocks.return?.(undefined);
    }
  } catch (error) {
    const failure = error instanceof Unreadable ? error : fileFailure(error);
    if (failure === undefined) throw error;
    problems.error(failure.line, () => failure.finding);
    return { value: empty, problems: problems.list() };
  }
}

/** Calls `onLine` with each line that is not blank, and its number; blank lines are counted. `\r\n` ends a line, too. */
export async function eachLine(source: Source, onLine: (text: string, line: number) => void): Promise<void> {
  let number = 0;
  for await (const block of source.blocks) {
    let from = 0;
    while (from < block.length) {
      const end = block.indexOf('\n', from);
      const to = end === -1 ? block.length : end;
      number++;
      const text = block.slice(from, to > from && block[to - 1] === '\r' ? to - 1 : to);
      if (text.trim() !== '') onLine(text, number);
      from = to + 1;
    }
  }
}

/** The whole text: for formats that a parser takes as one. */
export async function wholeText(source: Source): Promise<string> {
  const parts: string[] = [];
  for await (const block of source.blocks) parts.push(block);
  return parts.join('');
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

const EMPTY: Failure = {
  code: 'RCTL_INPUT_EMPTY',
  message: 'The file is empty.',
  remedy: 'Name a file with at least one line, or leave it out.',
};

class Unreadable extends Error {
  readonly line: number;
  readonly finding: Failure;
  constructor(line: number, finding: Failure) {
    super(finding.message);
    this.line = line;
    this.finding = finding;
  }
}

function fileFailure(error: unknown): Unreadable | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const code = String(error.code);
  const fail = (message: string, remedy: string): Unreadable =>
    new Unreadable(1, { code: 'RCTL_INPUT_UNREADABLE', message, remedy });
  if (code === 'ENOENT')
    return fail('There is no such file.', 'Check the path; it is relative to its manifest.');
  if (code === 'EISDIR') return fail('It is a folder, not a file.', 'Name a file in it.');
  if (code.startsWith('Z_')) {
    return fail(
      `It cannot be unpacked: ${error.message}.`,
      'A name that ends in .gz stands for a gzip file. Pack it again, or take .gz from its name.',
    );
  }
  if (!/^E[A-Z]+$/.test(code)) return undefined;
  return fail(`It cannot be read: ${error.message}.`, 'Name a file that this user may read.');
}

function bytesOf(path: string): AsyncIterable<Buffer> {
  const stored = createReadStream(path, { highWaterMark: CHUNK });
  if (!path.endsWith('.gz')) return stored as AsyncIterable<Buffer>;
  return pipeline(stored, createGunzip({ chunkSize: CHUNK }), () => {}) as AsyncIterable<Buffer>;
}

async function* chained(before: readonly string[], rest: AsyncIterator<string>): AsyncGenerator<string> {
  yield* before;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** Cuts where a line ends, so that no character and no line is torn. Throws `Unreadable`. */
async function* textBlocks(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let line = 1;
  let rest: Buffer[] = [];
  let restBytes = 0;
  let start = true;

  const text = (bytes: Buffer): string => {
    const content = start ? withoutMark(bytes) : bytes;
    start = false;
    refuseBinary(content, line);
    const decoded = content.toString();
    for (let at = decoded.indexOf('\n'); at !== -1; at = decoded.indexOf('\n', at + 1)) line++;
    return decoded;
  };

  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) {
      rest.push(chunk);
      restBytes += chunk.length;
      if (restBytes > LONGEST_LINE) throw new Unreadable(line, TOO_LONG);
      continue;
    }
    yield text(Buffer.concat([...rest, chunk.subarray(0, end)]));
    rest = end < chunk.length ? [chunk.subarray(end)] : [];
    restBytes = chunk.length - end;
  }
  if (rest.length > 0) yield text(Buffer.concat(rest));
}

const TOO_LONG: Failure = {
  code: 'RCTL_INPUT_UNREADABLE',
  message: `The line is longer than ${LONGEST_LINE / 1024 / 1024} MB.`,
  remedy: 'Name a text file, with a line for each of its entries.',
};

function withoutMark(bytes: Buffer): Buffer {
  const [first, second, third] = bytes;
  const utf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (utf16) throw new Unreadable(1, notUtf8('The file is UTF-16, not UTF-8.'));
  if (first === 0x1f && second === 0x8b) {
    throw new Unreadable(1, {
      code: 'RCTL_INPUT_ENCODING',
      message: 'The file is gzip, and its name does not say so.',
      remedy: 'Let its name end in .gz, or unpack it.',
    });
  }
  return first === 0xef && second === 0xbb && third === 0xbf ? bytes.subarray(3) : bytes;
}

function refuseBinary(bytes: Buffer, line: number): void {
  const zero = bytes.indexOf(0);
  if (zero !== -1) {
    throw new Unreadable(line + feedsIn(bytes.subarray(0, zero)), {
      code: 'RCTL_INPUT_ENCODING',
      message: 'The file is binary: there is a zero byte in it.',
      remedy: 'Name a text file.',
    });
  }
  if (isUtf8(bytes)) return;
  let number = line;
  for (let from = 0; from < bytes.length; number++) {
    const end = bytes.indexOf(LINE_FEED, from);
    const to = end === -1 ? bytes.length : end;
    if (!isUtf8(bytes.subarray(from, to))) break;
    from = to + 1;
  }
  throw new Unreadable(number, notUtf8('The line is not UTF-8.'));
}

function notUtf8(message: string): Failure {
  const remedy = 'Save the file as UTF-8, e.g. with iconv -f latin1 -t utf-8.';
  return { code: 'RCTL_INPUT_ENCODING', message, remedy };
}

function feedsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
