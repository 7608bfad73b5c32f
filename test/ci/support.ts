import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rerankctl } from '../support/cli.ts';
import { nodeUrl, uniqueName } from '../support/node.ts';

/** A checkout with two small resources in it, under names of its own. */
export interface Checkout {
  readonly folder: string;
  readonly name: string;
  write(file: string, text: string): Promise<string>;
  /** Deletes what was applied, and the folder. */
  remove(): Promise<void>;
}

export function manifests(name: string, description = 'first'): string {
  return `apiVersion: rerankctl/v1
kind: Index
metadata: { name: ${name} }
spec:
  mappings: { properties: { text: { type: text } } }
---
apiVersion: rerankctl/v1
kind: SearchPipeline
metadata: { name: ${name} }
spec:
  description: ${JSON.stringify(description)}
  response_processors:
    - rename_field: { field: text, target_field: passage }
`;
}

/** One error each in two documents. */
export const INVALID = `apiVersion: rerankctl/v1
kind: ModelGroup
metadata: { name: broken }
spec: { name: broken, descripton: "100%, and: more" }
---
apiVersion: rerankctl/v1
kind: SearchPipeline
metadata: { name: broken }
spec:
  response_processors:
    - rerank:
        ml_opensearch: { model_id: { $ref: Model/nowhere } }
        context: { document_fields: [text] }
`;

export async function openCheckout(): Promise<Checkout> {
  const folder = await mkdtemp(join(tmpdir(), 'rerankctl-ci-'));
  const name = uniqueName('ci');
  return {
    folder,
    name,
    async write(file, text) {
      await writeFile(join(folder, file), text);
      return file;
    },
    async remove() {
      await rerankctl(['destroy', '--confirm', name, '--stack', name, '--url', nodeUrl()]);
      await rm(folder, { recursive: true });
    },
  };
}
