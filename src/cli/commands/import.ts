import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Diagnostic, hasErrors, sortDiagnostics } from '../../core/diagnostic.ts';
import { RerankctlError } from '../../core/errors.ts';
import { loadManifests } from '../../manifest/load.ts';
import { importTemplate } from '../../migration/flow-framework/import.ts';
import type { Imported, ImportedManifest } from '../../migration/flow-framework/imported.ts';
import { readTemplate, type Template } from '../../migration/flow-framework/template.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { usage } from '../flags.ts';
import { writeNewFiles } from '../new-files.ts';
import { countOf, renderDiagnostics } from '../render/diagnostics.ts';
import { comment, fileOfKind, yamlText } from '../render/manifests.ts';
import { stderrStyle } from './shared.ts';

/** Makes manifests of a template of the flow-framework plugin. Contacts no cluster, overwrites nothing. */
export async function importCommand(invocation: Invocation): Promise<CommandResult> {
  const { io, flags, output } = invocation;
  const template = await templateOf(invocation);
  const imported = await expressible(template, flags.pairs('var'));
  const { manifests, diagnostics } = imported;
  if (hasErrors(diagnostics)) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    throw new RerankctlError('usage', 'RCTL_IMPORT_VARIABLE', 'Nothing is imported.', {
      diagnostics: errors,
    });
  }
  if (diagnostics.length > 0) io.stderr.write(`${renderDiagnostics(diagnostics, stderrStyle(invocation))}\n`);
  const header = `Imported by rerankctl from the flow-framework template ${template.name}. ${template.description}`;
  const to = flags.text('to');
  const texts = textsOf(manifests, header.trim(), to === undefined);
  const files = to === undefined ? [] : [...texts.keys()].map((file) => `${to}/${file}`);
  if (to !== undefined && manifests.length > 0) await writeNewFiles(resolve(io.cwd, to), texts);
  if (output === 'text') {
    io.stdout.write(
      to === undefined ? [...texts.values()].join('') : files.map((file) => `${file}\n`).join(''),
    );
    io.stderr.write(summary(imported, to));
  }
  const resources = manifests.map(({ address, dependsOn, ...manifest }) => ({
    address,
    dependsOn,
    ...(to === undefined ? { manifest: objectOf(manifest) } : { file: `${to}/${fileOfKind(manifest.kind)}` }),
  }));
  return { exitCode: EXIT.done, json: { resources, files, diagnostics } };
}

async function templateOf({ io, flags, positionals }: Invocation): Promise<Template> {
  const file = flags.text('flow-framework');
  const [word] = positionals;
  if (word !== undefined) throw usage(`import takes no ${word}.`, `Write --flow-framework ${word}.`);
  if (file === undefined || file === '')
    throw usage('import needs a template.', 'Name it with --flow-framework: a file, or - for stdin.');
  const path = resolve(io.cwd, file);
  const text = await (file === '-' ? io.readStdin() : readFile(path, 'utf8').catch(() => undefined));
  if (text === undefined)
    throw usage(`The template ${file} cannot be read.`, `It was looked for at ${path}.`);
  return readTemplate(text, file === '-' ? '<stdin>' : path);
}

/** Leaves out what the reader of manifests would refuse, with the reason, until it refuses nothing. */
async function expressible(template: Template, given: Readonly<Record<string, string>>): Promise<Imported> {
  const imported = importTemplate(template, given);
  const env = Object.fromEntries(imported.secrets.map((name) => [name, 'set']));
  const leftOut = new Map<string, string>();
  for (;;) {
    const kept = imported.manifests.filter(({ address }) => !leftOut.has(address));
    const named = new Set(kept.flatMap(({ dependsOn }) => dependsOn));
    const manifests = kept.filter(({ address, implied }) => !implied || named.has(address));
    const text = manifests.map((manifest) => yamlText(objectOf(manifest))).join('---\n');
    const options = { cwd: '/', env, vars: {}, stdin: async () => text };
    const { diagnostics } =
      manifests.length === 0 ? { diagnostics: [] } : await loadManifests(['-'], options);
    const before = leftOut.size;
    for (const { severity, code, address, message } of diagnostics) {
      // What a variable will hold nobody knows yet, so nothing is said of it.
      if (severity !== 'error' || code === 'RCTL_VAR_MISSING') continue;
      if (address !== undefined && !leftOut.has(address)) leftOut.set(address, message);
    }
    if (leftOut.size > before) continue;
    const refused = [...leftOut].map(
      ([address, why]): Diagnostic => ({
        severity: 'warning',
        code: 'RCTL_IMPORT_LEFT_OUT',
        message: `${address} is left out, because no manifest can declare it: ${why.replace(/\.$/, '')}.`,
      }),
    );
    return { ...imported, manifests, diagnostics: sortDiagnostics([...imported.diagnostics, ...refused]) };
  }
}

function objectOf({ kind, name, spec, waitsFor }: Omit<ImportedManifest, 'address' | 'dependsOn'>): object {
  const metadata = { name, ...(waitsFor.length === 0 ? {} : { depends_on: waitsFor }) };
  return { apiVersion: 'rerankctl/v1', kind, metadata, spec };
}

/** One file a kind, or one text of all. */
function textsOf(
  manifests: readonly ImportedManifest[],
  header: string,
  together: boolean,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const manifest of manifests) {
    const file = together ? '' : fileOfKind(manifest.kind);
    const before = texts.get(file);
    const text = manifest.comments.map(comment).join('') + yamlText(objectOf(manifest));
    texts.set(file, before === undefined ? comment(header) + text : `${before}---\n${text}`);
  }
  return texts;
}

function summary({ manifests, secrets, variables }: Imported, to: string | undefined): string {
  if (manifests.length === 0) return 'There is nothing in this template that a manifest could declare.\n';
  const where = to === undefined ? 'FILE' : to;
  const vars = variables.map((name) => ` --var ${name}=…`).join('');
  const lines = [...secrets.map((name) => `export ${name}=…`), `rerankctl plan -f ${where}${vars}`];
  return `\n${countOf(manifests.length, 'resource')} imported. Next:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
