import type { Diagnostic } from '../../core/diagnostic.ts';
import { ServerError } from '../../core/errors.ts';
import { grouped } from '../../core/grouped.ts';
import { isObject } from '../../core/json.ts';
import {
  type ExportContext,
  type Exported,
  type ExportFiles,
  LiveId,
  type LiveObject,
} from '../exporting.ts';
import { indexPath, isMadeByServer, VISIBLE_INDICES } from '../user-indices.ts';
import { type RawDocument, readAllDocuments } from './scroll.ts';

/** The documents of every index, each index a file. */
export async function exportDocuments(context: ExportContext): Promise<Exported> {
  const { files, withData } = context;
  if (!withData) return { objects: [], diagnostics: [] };
  const names = await indexNames(context);
  if (files === undefined) {
    return { objects: [], diagnostics: names.length === 0 ? [] : [NO_FILES] };
  }
  const objects: LiveObject[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const name of names) {
    const found = await exportIndex(context, files, name);
    if (found === undefined) continue;
    if ('severity' in found) diagnostics.push(found);
    else objects.push(found);
  }
  return { objects, diagnostics };
}

const NO_FILES: Diagnostic = {
  severity: 'note',
  code: 'RCTL_EXPORT_NO_FILES',
  message:
    'The documents of indices are files beside the manifests, and stdout has no room for them: left out.',
  remedy: 'Give a folder with --to.',
};

async function indexNames({ cluster, patterns, wants, signal }: ExportContext): Promise<string[]> {
  const { body } = await cluster.request({
    method: 'GET',
    path: `/${indexPath(patterns)}/_settings`,
    query: { flat_settings: true, ...VISIBLE_INDICES },
    accept: [404],
    signal,
  });
  return Object.entries(isObject(body) ? body : {})
    .filter(([name, index]) => wants(name) && isObject(index) && isObject(index.settings))
    .filter(([name, index]) => !isMadeByServer(name, (index as { settings: unknown }).settings))
    .map(([name]) => name)
    .sort();
}

/** `undefined`: it has no documents. */
async function exportIndex(
  context: ExportContext,
  files: ExportFiles,
  name: string,
): Promise<LiveObject | Diagnostic | undefined> {
  const path = files.reserve('documents', name, '.ndjson');
  const tally = { documents: 0, inexact: 0 };
  const told = (): void => context.progress(`documents of ${name}`, grouped(tally.documents));
  try {
    await files.write(path, linesOf(context, name, tally, told));
  } catch (error) {
    if (error instanceof Untellable) return leftOut(name, error.message);
    // Closed, or not for this user: the other indices are exported all the same.
    if (error instanceof ServerError && [400, 403].includes(error.status))
      return leftOut(name, error.message);
    throw error;
  }
  if (tally.documents === 0) {
    await files.remove(path);
    return undefined;
  }
  return {
    id: name,
    name,
    spec: { index: new LiveId('Index', name), id_field: '_id', files: [path] },
    files: [path],
    comments: [],
    diagnostics: tally.inexact === 0 ? [] : [inexact(name, tally.inexact)],
  };
}

/** What a document cannot be written down with. */
class Untellable extends Error {}

const BATCH_BYTES = 256 * 1024;

async function* linesOf(
  context: ExportContext,
  name: string,
  tally: { documents: number; inexact: number },
  told: () => void,
): AsyncGenerator<Buffer> {
  for await (const page of readAllDocuments(context.cluster, name, context.signal)) {
    let lines = '';
    for (const document of page) {
      lines += `${lineOf(document)}\n`;
      tally.documents++;
      if (holdsLongNumber(document.source)) tally.inexact++;
      if (lines.length < BATCH_BYTES) continue;
      yield Buffer.from(lines);
      lines = '';
    }
    if (lines !== '') yield Buffer.from(lines);
    told();
  }
}

function lineOf({ id, source, routing }: RawDocument): string {
  if (routing !== undefined) {
    throw new Untellable(`document ${id} has the routing ${routing}, and seed data has none`);
  }
  if (source === undefined) throw new Untellable('its mapping keeps no _source');
  return JSON.stringify({ _id: id, ...source });
}

/** Beyond 2^53 a number was rounded when the answer was read. */
function holdsLongNumber(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  if (Array.isArray(value)) return value.some(holdsLongNumber);
  if (typeof value !== 'object' || value === null) return false;
  for (const key in value) if (holdsLongNumber((value as Record<string, unknown>)[key])) return true;
  return false;
}

function leftOut(name: string, why: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'RCTL_EXPORT_DOCUMENTS',
    message: `The documents of ${name} are left out: ${why.replace(/\.$/, '')}.`,
    remedy: 'Copy them in another way, with a snapshot or a reindex from remote.',
  };
}

function inexact(name: string, documents: number): Diagnostic {
  return {
    severity: 'warning',
    code: 'RCTL_EXPORT_INEXACT',
    message: `${grouped(documents)} documents of ${name} hold whole numbers beyond 2^53, which were rounded.`,
    remedy: 'Mend them in the file, or copy this index in another way.',
  };
}
