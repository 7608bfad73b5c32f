import { createHash } from 'node:crypto';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { diagnosticAt, type Resource } from '../../core/resource.ts';
import { leavesOf, Sensitive, toPlainJson, type ValueObject } from '../../core/value.ts';
import { complaint, documentsOf, type SeedDocument, type Source } from './documents.ts';
import { chunksOf, findFiles, stampOf } from './files.ts';
import { canonicalText } from './identity.ts';
import type { Line } from './ndjson.ts';

/** Up to here each document is known by ID, so that only what differs is sent and what left is deleted. */
const SMALL_DOCUMENTS = 1000;
const SMALL_BYTES = 8 * 1024 * 1024;
/** Memory bounds how far two documents with one ID are looked for. */
const IDS_COMPARED = 100_000;
/**
 * So much of a source is checked before anything is sent; what comes after it is checked while it is sent. Parsing
 * a gigabyte twice costs a tenth of the time that seeding it takes.
 */
const CHECKED_BYTES = 64 * 1024 * 1024;
const PROBLEMS_SHOWN = 20;

export interface Survey {
  readonly digest: string;
  /** How many there are; in a small source each once. */
  readonly documents: number;
  readonly bytes: number;
  /** By ID, where the source is small. */
  readonly small: ReadonlyMap<string, SeedDocument> | undefined;
  readonly problems: readonly Diagnostic[];
  readonly stamp: string;
}

/** The source that a spec names; none while its documents hold references that are not resolved yet. */
export async function sourceOf(
  resource: Resource,
  spec: ValueObject,
): Promise<{ source: Source | undefined; diagnostics: readonly Diagnostic[] }> {
  const { documents = null, files = null, id_field: idField = null } = spec;
  if (leavesOf([documents, files, idField]).some((leaf) => !(leaf instanceof Sensitive))) {
    return { source: undefined, diagnostics: [] };
  }
  const plain = {
    documents: toPlainJson(documents),
    files: toPlainJson(files),
    idField: toPlainJson(idField),
  };
  const field = typeof plain.idField === 'string' ? plain.idField : undefined;
  if (Array.isArray(plain.documents) && plain.files === null) {
    const source = { resource, idField: field, from: { documents: plain.documents } };
    return { source, diagnostics: [] };
  }
  if (Array.isArray(plain.files) && plain.documents === null) {
    const found = await findFiles(resource, plain.files.map(String));
    return { source: { resource, idField: field, from: found }, diagnostics: found.diagnostics };
  }
  const diagnostic = diagnosticAt(resource, '/spec', {
    severity: 'error',
    code: 'RCTL_SEED_SOURCE',
    message: 'a SeedData has either `documents`, a list, or `files`, a list of paths and patterns',
  });
  return { source: undefined, diagnostics: [diagnostic] };
}

/** Tells whether a source is the same as the one that was seeded: reads it, but not its JSON. */
export async function digestOf({ from, idField }: Source): Promise<string> {
  if ('documents' in from) return combined(idField, [canonicalText(from.documents)]);
  const digests: string[] = [];
  for (const { path } of from.files) {
    const tap = createHash('sha256');
    if (path.endsWith('.gz')) for await (const _ of chunksOf(path, tap));
    else for await (const chunk of chunksOf(path)) tap.update(chunk);
    digests.push(tap.digest('hex'));
  }
  return combined(idField, digests);
}

function combined(idField: string | undefined, parts: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([idField ?? null, ...parts]))
    .digest('hex');
}

const surveys = new WeakMap<Resource, Survey>();

/** Reads the source, in constant memory, and checks its first documents. Within one run, a source is read once. */
export async function survey(source: Source): Promise<Survey> {
  const stamp = await stampOfSource(source);
  const known = surveys.get(source.resource);
  if (known?.stamp === stamp) return known;
  const made = await readAll(source, stamp);
  surveys.set(source.resource, made);
  return made;
}

/** Differs when the source has been changed since. */
export async function stampOfSource({ from, idField }: Source): Promise<string> {
  const content = 'files' in from ? await stampOf(from.files) : canonicalText(from.documents);
  return `${idField ?? ''}\n${content}`;
}

async function readAll(source: Source, stamp: string): Promise<Survey> {
  const problems: Diagnostic[] = [];
  let unseen = 0;
  const report = (problem: Diagnostic): void => {
    if (problems.length < PROBLEMS_SHOWN) problems.push(problem);
    else unseen++;
  };
  const taps: ReturnType<typeof createHash>[] = [];
  const tap = () => {
    const hash = createHash('sha256');
    taps.push(hash);
    return hash;
  };
  let small: Map<string, SeedDocument> | undefined = new Map();
  const places = new Map<string, string>();
  let documents = 0;
  let bytes = 0;
  const take = (line: Line): boolean => {
    if (bytes <= CHECKED_BYTES) return false;
    documents++;
    bytes += line.bytes.length;
    return true;
  };
  for await (const batch of documentsOf(source, { report, tap, ids: () => small !== undefined, take })) {
    for (const document of batch) {
      documents++;
      bytes += document.source.length;
      if (documents > SMALL_DOCUMENTS || bytes > SMALL_BYTES) small = undefined;
      small?.set(document.id, { ...document, source: Buffer.from(document.source) });
      if (source.idField === undefined || places.size >= IDS_COMPARED) continue;
      const before = places.get(document.id);
      if (before === undefined) places.set(document.id, placeName(document));
      else report(twice(source, document, before));
    }
  }
  if (unseen > 0) problems.push(summary(source, unseen));
  const digest =
    'documents' in source.from
      ? await digestOf(source)
      : combined(
          source.idField,
          taps.map((hash) => hash.digest('hex')),
        );
  return { digest, documents: small?.size ?? documents, bytes, small, problems, stamp };
}

function placeName({ place }: SeedDocument): string {
  return 'index' in place ? `document ${place.index + 1}` : `${place.file.shown}:${place.line}`;
}

function twice(source: Source, document: SeedDocument, before: string): Diagnostic {
  return complaint(
    source.resource,
    document.place,
    {
      problem: `has the _id "${document.id}", as ${before} has`,
      code: 'RCTL_SEED_DUPLICATE_ID',
      remedy: 'The second would overwrite the first. Keep one, or choose another `id_field`.',
    },
    document.source,
  );
}

function summary(source: Source, unseen: number): Diagnostic {
  const message = `${unseen} more documents cannot be sent; the first ${PROBLEMS_SHOWN} are listed`;
  return diagnosticAt(source.resource, '/spec', { severity: 'error', code: 'RCTL_SEED_DOCUMENT', message });
}
