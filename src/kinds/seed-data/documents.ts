import { isUtf8 } from 'node:buffer';
import type { Hash } from 'node:crypto';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { isObject, pointerTo } from '../../core/json.ts';
import { diagnosticAt, type Resource } from '../../core/resource.ts';
import { chunksOf, type SourceFile } from './files.ts';
import { contentId, fieldId, TooDeep } from './identity.ts';
import { type Line, LineTooLong, linesOf } from './ndjson.ts';
import { OWN_ID, withoutOwnId } from './own-id.ts';

/** Where a document stands: a line of a file, or an index in the manifest's list. */
export type Place = { readonly file: SourceFile; readonly line: number } | { readonly index: number };

/** One document as it goes to the server. */
export interface SeedDocument {
  readonly id: string;
  /** The bytes that were written by the user: valid until the next batch is asked for. */
  readonly source: Buffer;
  /** The same, read. Numbers beyond 2^53 are not exact in it. */
  readonly value: Record<string, unknown>;
  readonly text: string;
  readonly place: Place;
}

/** Where the documents of one SeedData come from. */
export interface Source {
  readonly resource: Resource;
  readonly from: { readonly documents: readonly unknown[] } | { readonly files: readonly SourceFile[] };
  readonly idField: string | undefined;
}

export type Report = (diagnostic: Diagnostic) => void;

/**
 * All documents of a source, in batches, in constant memory. One that cannot be sent goes to `report` instead.
 * `tap` gets the bytes of the files. While `ids` says no, the work for IDs that come from the content is left out.
 * A line that `take` takes is not looked at any further.
 */
export async function* documentsOf(
  source: Source,
  options: {
    readonly report: Report;
    readonly tap?: () => Hash;
    readonly ids?: () => boolean;
    readonly take?: (line: Line) => boolean;
  },
): AsyncGenerator<SeedDocument[]> {
  if ('documents' in source.from) {
    yield inlineDocuments(source, source.from.documents, options.report);
    return;
  }
  const wantsIds = options.ids ?? (() => true);
  for (const file of source.from.files) {
    let first = true;
    for await (const lines of linesIn(file, source.resource, options)) {
      const batch: SeedDocument[] = [];
      for (const line of lines) {
        if (options.take?.(line)) continue;
        const read = readLine(line, first);
        first = false;
        const place = { file, line: line.number };
        const problem = 'problem' in read ? read : identify(source, read, wantsIds());
        if ('problem' in problem) options.report(complaint(source.resource, place, problem, line.bytes));
        else if ('value' in read) {
          const own = source.idField === OWN_ID ? withoutId(read) : undefined;
          const { value, text } = own ?? read;
          const bytes = own === undefined ? line.bytes : Buffer.from(text);
          batch.push({ id: problem.id, source: bytes, value, text, place });
        }
      }
      yield batch;
    }
  }
}

interface Problem {
  readonly problem: string;
  readonly code?: string;
  readonly remedy?: string;
  readonly column?: number;
}

type Reading = { readonly value: Record<string, unknown>; readonly text: string };

async function* linesIn(
  file: SourceFile,
  resource: Resource,
  options: { readonly report: Report; readonly tap?: () => Hash },
): AsyncGenerator<Line[]> {
  try {
    yield* linesOf(chunksOf(file.path, options.tap?.()));
  } catch (error) {
    if (!(error instanceof LineTooLong) && !isFileError(error)) throw error;
    const line = error instanceof LineTooLong ? error.line : 1;
    options.report(complaint(resource, { file, line }, { problem: `cannot be read: ${error.message}` }));
  }
}

function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(Z_|E[A-Z]+$|ERR_STREAM)/.test(String(error.code));
}

function readLine(line: Line, first: boolean): Reading | Problem {
  if (!isUtf8(line.bytes)) return { problem: 'is not UTF-8' };
  const text = line.bytes.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const position = /at position (\d+)/.exec(message)?.[1];
    return {
      problem: `is not JSON: ${message.replace(/ in JSON at position .*| \(line \d+ column \d+\)/, '')}`,
      column: position === undefined ? text.length : Number(position) + 1,
    };
  }
  if (!isObject(value)) return { problem: 'is not a JSON object' };
  return first && isBulkAction(value) ? BULK : { value, text };
}

const BULK: Problem = {
  problem: 'is an action line of the _bulk API, not a document',
  code: 'RCTL_SEED_BULK_FORMAT',
  remedy: 'Leave out the action lines: one document a line. `id_field` takes each _id from the document.',
};

function isBulkAction(value: Record<string, unknown>): boolean {
  const [action, ...others] = Object.keys(value);
  if (action === undefined || others.length > 0 || !/^(index|create|update|delete)$/.test(action))
    return false;
  const target = value[action];
  return (
    isObject(target) &&
    Object.keys(target).every((key) => key.startsWith('_') || /^(routing|pipeline|require_alias)$/.test(key))
  );
}

function inlineDocuments(source: Source, documents: readonly unknown[], report: Report): SeedDocument[] {
  const batch: SeedDocument[] = [];
  for (const [index, value] of documents.entries()) {
    const place = { index };
    if (!isObject(value)) {
      report(complaint(source.resource, place, { problem: 'is not an object' }));
      continue;
    }
    const reading = { value, text: JSON.stringify(value) };
    const identity = identify(source, reading, true);
    if ('problem' in identity) report(complaint(source.resource, place, identity));
    else {
      const sent = source.idField === OWN_ID ? withoutId(reading) : reading;
      batch.push({ id: identity.id, source: Buffer.from(sent.text), ...sent, place });
    }
  }
  return batch;
}

function identify(source: Source, { value, text }: Reading, wanted: boolean): { id: string } | Problem {
  if (source.idField !== undefined) return fieldId(value, source.idField);
  if (!wanted) return { id: '' };
  try {
    return { id: contentId(value, text) };
  } catch (error) {
    if (error instanceof TooDeep) return { problem: 'nests deeper than the server reads' };
    throw error;
  }
}

function withoutId({ value, text }: Reading): Reading {
  const { [OWN_ID]: _id, ...rest } = value;
  return { value: rest, text: withoutOwnId(text) };
}

/** A diagnostic about one document, at its line or at its place in the manifest. */
export function complaint(resource: Resource, place: Place, problem: Problem, bytes?: Buffer): Diagnostic {
  const common = {
    severity: 'error' as const,
    code: problem.code ?? 'RCTL_SEED_DOCUMENT',
    ...(problem.remedy === undefined ? {} : { remedy: problem.remedy }),
  };
  if ('index' in place) {
    const message = `document ${place.index + 1} ${problem.problem}`;
    return diagnosticAt(resource, pointerTo('/spec/documents', place.index), { ...common, message });
  }
  return {
    ...common,
    message: `line ${place.line} ${problem.problem}`,
    address: resource.address,
    location: { file: place.file.shown, line: place.line, column: problem.column ?? 1 },
    ...(bytes === undefined ? {} : { snippet: bytes.toString('utf8', 0, 200) }),
  };
}
