import { ACCESS } from './access.ts';
import { CONNECTION } from './connection.ts';
import { LOCAL_NODE } from './local-node.ts';
import { MANIFESTS } from './manifests.ts';
import type { Codes } from './meaning.ts';
import { MEASURING } from './measuring.ts';
import { MODELS } from './models.ts';
import { OBJECTS } from './objects.ts';
import { STACK } from './stack.ts';

/** Every code that rerankctl uses, but for those of lint rules, which docs/lint.md explains: as docs/troubleshooting.md has them. */
export const CHAPTERS: readonly (readonly [title: string, codes: Codes])[] = [
  ['Manifests', MANIFESTS],
  ['Connecting, and what any request may meet', CONNECTION],
  ['Who we are, and the way to the cluster', ACCESS],
  ['State, plans and releases', STACK],
  ['Model groups, connectors and models', MODELS],
  ['Indices, documents, pipelines and settings', OBJECTS],
  ['Verifications', MEASURING],
  ['A local node (rerankctl dev)', LOCAL_NODE],
];

export const CODES: Codes = Object.fromEntries(CHAPTERS.flatMap(([, codes]) => Object.entries(codes)));
