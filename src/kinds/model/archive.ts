import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { open as openZip, type ZipFile } from 'yauzl';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { diagnosticAt, type Resource } from '../../core/resource.ts';

export interface Archive {
  readonly bytes: number;
  /** Lower-case hex: ML Commons compares it letter by letter. */
  readonly sha256: string;
}

const read = new Map<string, { stamp: string; archive: Promise<Archive> }>();

/** Hashes a zip, once for each state of the file: the plan and the upload ask for the same one. */
export async function readArchive(path: string): Promise<Archive> {
  const { size, mtimeMs } = await stat(path);
  const stamp = `${size} ${mtimeMs}`;
  const known = read.get(path);
  if (known?.stamp === stamp) return known.archive;
  const archive = hashOf(path).then((sha256) => ({ bytes: size, sha256 }));
  read.set(path, { stamp, archive });
  return archive;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  // One buffer for all of it: a stream makes a new one for each piece, and V8 collects garbage because of them.
  const buffer = Buffer.allocUnsafeSlow(1 << 20);
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

function entryNames(path: string): Promise<string[]> {
  return new Promise((done, fail) => {
    openZip(path, { lazyEntries: true, autoClose: true }, (error, zip: ZipFile | undefined) => {
      if (zip === undefined) return fail(error ?? new Error('not a zip'));
      const names: string[] = [];
      zip.on('entry', (entry: { fileName: string }) => {
        names.push(entry.fileName);
        zip.readEntry();
      });
      zip.on('end', () => done(names));
      zip.on('error', fail);
      zip.readEntry();
    });
  });
}

const ENDING = { TORCH_SCRIPT: '.pt', ONNX: '.onnx' } as const;

/**
 * Checks a model zip as the server would, and before it is uploaded: for an upload in chunks ML Commons looks
 * into the zip only at deploy (2.19.1, 3.6.0), and then says no more than that the deploy failed.
 */
export async function checkArchive(resource: Resource, path: string): Promise<Diagnostic[]> {
  const at = (code: string, message: string, remedy: string): Diagnostic[] => [
    diagnosticAt(resource, '/spec/file', { severity: 'error', code, message, remedy }),
  ];
  const file = String(resource.spec.file);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) {
    return at(
      'RCTL_MODEL_FILE_MISSING',
      `There is no file ${file} beside this manifest.`,
      'The path is relative to the folder of the manifest.',
    );
  }
  // The plan needs the hash: it is made while the cluster is asked for other things. Who awaits it is told of errors.
  readArchive(path).catch(() => undefined);
  let names: string[];
  try {
    names = await entryNames(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return at(
      'RCTL_MODEL_ZIP_BROKEN',
      `${file} cannot be read as a zip: ${why}.`,
      'A model is one zip with tokenizer.json and the model file at its root.',
    );
  }
  return layoutProblems(names, resource.spec.model_format).flatMap((problem) =>
    at(
      'RCTL_MODEL_ZIP_LAYOUT',
      `${basename(path)} ${problem}.`,
      'ML Commons wants tokenizer.json and exactly one .pt (TORCH_SCRIPT) or .onnx (ONNX) file, both at the root of the zip.',
    ),
  );
}

function layoutProblems(names: readonly string[], format: unknown): string[] {
  const problems: string[] = [];
  if (!names.includes('tokenizer.json')) {
    const nested = names.find((name) => name.endsWith('/tokenizer.json'));
    problems.push(
      nested === undefined ? 'has no tokenizer.json' : `has its tokenizer.json in a folder (${nested})`,
    );
  }
  const models = names.filter((name) => name.endsWith('.pt') || name.endsWith('.onnx'));
  const ending = format === 'ONNX' ? ENDING.ONNX : ENDING.TORCH_SCRIPT;
  if (models.length === 0) problems.push(`has no model file (${ending})`);
  else if (models.length > 1) problems.push(`has ${models.length} model files (${models.join(', ')})`);
  else if (!models[0]?.endsWith(ending))
    problems.push(`holds ${models[0]}, but model_format is ${String(format)}`);
  else if (models[0].includes('/')) problems.push(`has its model file in a folder (${models[0]})`);
  return problems;
}
