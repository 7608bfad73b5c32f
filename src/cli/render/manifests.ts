import { Document, isScalar, visit } from 'yaml';
import type { ExportedManifest } from '../../engine/export.ts';

export function manifestObject(manifest: ExportedManifest): Record<string, unknown> {
  const { kind, name, lifecycle, spec } = manifest;
  const metadata = { name, ...(lifecycle === undefined ? {} : { lifecycle }) };
  return { apiVersion: 'rerankctl/v1', kind, metadata, spec };
}

/** Manifests as one text of YAML documents. */
export function renderManifests(manifests: readonly ExportedManifest[], header: string): string {
  return `${comment(header)}${manifests.map(renderManifest).join('---\n')}`;
}

function renderManifest(manifest: ExportedManifest): string {
  return manifest.comments.map(comment).join('') + yamlText(manifestObject(manifest));
}

/** A value as YAML. Directives stand on one line. */
export function yamlText(value: unknown): string {
  // Equal parts are written out each time: anchors are for people who know them.
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Map(_key, node) {
      const [first, ...others] = node.items;
      const isDirective = isScalar(first?.key) && String(first.key.value).startsWith('$');
      if (isDirective && others.length === 0) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** One file a kind: `model-group.yaml`. */
export function fileOfKind(kind: string): string {
  return `${kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.yaml`;
}

export function comment(text: string): string {
  return `# ${text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}\n`;
}
