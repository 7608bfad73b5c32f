import { yamlText } from '../render/manifests.ts';

/** Where `init` puts the schema that the modelines of its manifests name. */
export const SCHEMA_PATH = '.rerankctl/manifest.schema.json';
const MODELINE = `# yaml-language-server: $schema=${SCHEMA_PATH}\n`;

export interface Draft {
  readonly kind: string;
  readonly name: string;
  readonly spec: object;
  /** Lines of a comment above it. */
  readonly about: readonly string[];
}

/** One file of manifests, for people to go on with. */
export function fileOf(drafts: readonly Draft[]): string {
  const documents = drafts.map(({ kind, name, spec, about }) => {
    const manifest = { apiVersion: 'rerankctl/v1', kind, metadata: { name }, spec };
    return about.map((line) => `# ${line}\n`).join('') + yamlText(manifest);
  });
  return `${MODELINE}\n${documents.join('---\n')}`;
}
