import { resolve } from 'node:path';
import type { Address } from '../../core/address.ts';
import { type Diagnostic, sortDiagnostics } from '../../core/diagnostic.ts';
import { didYouMean, listed } from '../../core/suggest.ts';
import {
  type ExportedManifest,
  exportableKinds,
  type Findings,
  findObjects,
  manifestsOf,
  untellable,
  variablesOf,
} from '../../engine/export.ts';
import { loadManifests } from '../../manifest/load.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { ExportFolder, type Selection } from '../export-folder.ts';
import { usage } from '../flags.ts';
import { lineProgress } from '../progress/lines.ts';
import { countOf, renderDiagnostics } from '../render/diagnostics.ts';
import { fileOfKind, manifestObject, renderManifests } from '../render/manifests.ts';
import { clusterOf, stderrStyle } from './shared.ts';

/** Writes manifests of what the cluster holds: `plan` of them has nothing to do but to adopt. */
export async function exportCommand(invocation: Invocation): Promise<CommandResult> {
  const { io, flags } = invocation;
  const selection = selectionOf(invocation);
  const to = flags.text('to');
  const folder = to === undefined ? undefined : await ExportFolder.open(resolve(io.cwd, to), selection);
  try {
    const cluster = await clusterOf(invocation, { listener: lineProgress(io.stderr), signal: io.signal });
    try {
      return await exportInto(folder, cluster, selection, invocation);
    } finally {
      await cluster.close();
    }
  } finally {
    await folder?.close();
  }
}

function selectionOf({ flags, positionals }: Invocation): Selection {
  const [word] = positionals;
  if (word !== undefined) throw usage(`export takes no ${word}.`, `For the folder write --to ${word}.`);
  if (flags.text('to')?.trim() === '') throw usage('--to names no folder.', 'Write --to FOLDER.');
  const kinds = [...new Set(flags.list('kind'))].sort();
  const known = exportableKinds();
  for (const kind of kinds) {
    if (known.includes(kind)) continue;
    const remedy =
      didYouMean(kind, known) ?? `Kinds that a cluster holds objects of: ${listed(known, 'and')}.`;
    throw usage(`There is no kind ${kind} to export.`, remedy);
  }
  return {
    kinds,
    names: [...new Set(flags.list('name'))].sort(),
    withData: flags.on('with-data') || kinds.includes('SeedData'),
  };
}

async function exportInto(
  folder: ExportFolder | undefined,
  cluster: Cluster,
  { kinds, names, withData }: Selection,
  invocation: Invocation,
): Promise<CommandResult> {
  const { io } = invocation;
  const findings = await findObjects(cluster, {
    kinds,
    patterns: names,
    withData,
    files: folder,
    signal: io.signal,
    progress: calmly(invocation),
  });
  const { manifests, diagnostics, leftOut } = await expressible(findings);
  const ids = new Map(findings.found.map(({ address, object }) => [address, object.id]));
  for (const { address, object } of findings.found) {
    if (leftOut.has(address)) for (const file of object.files ?? []) await folder?.remove(file);
  }
  const { name, version } = await cluster.identity();
  const header = `Exported by rerankctl from the cluster ${name}, OpenSearch ${version}.`;
  if (folder !== undefined && manifests.length > 0) await writeFiles(folder, manifests, header);
  report(folder, manifests, diagnostics, header, invocation);
  const files = manifests.length === 0 ? [] : (folder?.files ?? []);
  const resources = manifests.map((manifest) => ({
    address: manifest.address,
    dependsOn: manifest.dependsOn,
    id: ids.get(manifest.address),
    ...(folder === undefined ? { manifest: manifestObject(manifest) } : { file: fileOfKind(manifest.kind) }),
  }));
  return { exitCode: EXIT.done, json: { resources, files, diagnostics } };
}

/**
 * The manifests that the reader of manifests takes. What it would refuse is left out, and said: the others can
 * be planned then.
 */
async function expressible(findings: Findings): Promise<{
  manifests: ExportedManifest[];
  diagnostics: Diagnostic[];
  leftOut: ReadonlyMap<Address, string>;
}> {
  const leftOut = untellable(findings);
  // Whoever plans them sets these.
  const env = Object.fromEntries(variablesOf(findings).map((name) => [name, 'set']));
  for (;;) {
    const { manifests, diagnostics } = manifestsOf(findings, new Set(leftOut.keys()));
    const text = renderManifests(manifests, '');
    const options = { cwd: '/', env, vars: {}, stdin: async () => text };
    const errors = manifests.length === 0 ? [] : (await loadManifests(['-'], options)).diagnostics;
    const before = leftOut.size;
    for (const { severity, address, message } of errors) {
      if (severity === 'error' && address !== undefined && !leftOut.has(address))
        leftOut.set(address, message);
    }
    if (leftOut.size > before) continue;
    const refused = [...leftOut].map(
      ([address, why]): Diagnostic => ({
        severity: 'warning',
        code: 'RCTL_EXPORT_LEFT_OUT',
        message: `${address} is left out, because no manifest can declare it: ${why.replace(/\.$/, '')}.`,
      }),
    );
    return { manifests, diagnostics: sortDiagnostics([...diagnostics, ...refused]), leftOut };
  }
}

async function writeFiles(
  folder: ExportFolder,
  manifests: readonly ExportedManifest[],
  header: string,
): Promise<void> {
  for (const kind of new Set(manifests.map((manifest) => manifest.kind))) {
    const some = manifests.filter((manifest) => manifest.kind === kind);
    const content = async function* () {
      yield Buffer.from(renderManifests(some, header));
    };
    await folder.write(fileOfKind(kind), content());
  }
  await folder.commit();
}

function report(
  folder: ExportFolder | undefined,
  manifests: readonly ExportedManifest[],
  diagnostics: readonly Diagnostic[],
  header: string,
  invocation: Invocation,
): void {
  const { io, flags, output } = invocation;
  if (diagnostics.length > 0) io.stderr.write(`${renderDiagnostics(diagnostics, stderrStyle(invocation))}\n`);
  if (output === 'json') return;
  if (manifests.length === 0) {
    const narrowed = flags.list('kind').length + flags.list('name').length > 0;
    const found = narrowed ? 'nothing of that kind and name' : 'nothing that a manifest could declare';
    io.stderr.write(`There is nothing to export: the cluster holds ${found}.\n`);
    return;
  }
  if (folder === undefined) {
    io.stdout.write(renderManifests(manifests, header));
    return;
  }
  const to = flags.text('to');
  io.stdout.write(`${folder.files.map((file) => `${to}/${file}\n`).join('')}`);
  io.stderr.write(
    `\n${countOf(manifests.length, 'resource')} exported. To adopt them: rerankctl plan -f ${to}\n`,
  );
}

const QUIET_MS = 10_000;

/** Long work says from time to time that it goes on. */
function calmly({ io }: Invocation): (what: string, detail: string) => void {
  let told = performance.now();
  return (what, detail) => {
    const now = performance.now();
    if (now - told < QUIET_MS) return;
    told = now;
    io.stderr.write(`${what}: ${detail}\n`);
  };
}
