import { ACCESS } from './access.ts';
import { CONNECTION } from './connection.ts';
import { LOCAL_NODE } from './local-node.ts';
import { MANIFESTS } from './manifests.ts';
import type { Codes } from './meaning.ts';
import { MEASURING } from './measuring.ts';
import { MODELS } from './models.ts';
import { OBJECTS } from './objects.ts';
import { STACK } from './stack.ts';

/** Every code that rerankctl uses, but for those of lint rules, which docs/lint.md explains. */
export const CODES: Codes = {
  ...MANIFESTS,
  ...CONNECTION,
  ...ACCESS,
  ...STACK,
  ...MODELS,
  ...OBJECTS,
  ...MEASURING,
  ...LOCAL_NODE,
};
