import { parseAddress } from '../core/address.ts';
import { alias } from './alias/index.ts';
import { clusterSettings } from './cluster-settings/index.ts';
import { connector } from './connector/index.ts';
import { index } from './index/index.ts';
import { indexTemplate } from './index-template/index.ts';
import { ingestPipeline } from './ingest-pipeline/index.ts';
import type { Kind, ProvisionedKind } from './kind.ts';
import { model } from './model/index.ts';
import { modelGroup } from './model-group/index.ts';
import { inItsWords } from './refusals.ts';
import { searchPipeline } from './search-pipeline/index.ts';
import { seedData } from './seed-data/index.ts';
import { verification } from './verification/index.ts';

const ALL: readonly Kind[] = [
  clusterSettings,
  modelGroup,
  connector,
  model,
  index,
  indexTemplate,
  alias,
  seedData,
  ingestPipeline,
  searchPipeline,
  verification,
];

/** Every kind, in the order in which people meet them. A new kind is one folder and one line above. */
export const KINDS: readonly Kind[] = ALL.map(inItsWords);

const BY_NAME = new Map(KINDS.map((kind) => [kind.name, kind]));

/** The kind of this name; `undefined` where there is none, as in a state that a newer rerankctl wrote. */
export function findKind(name: string): Kind | undefined {
  return BY_NAME.get(name);
}

/** The kind of a validated resource. */
export function kindOf(name: string): Kind {
  const kind = findKind(name);
  if (kind === undefined) throw new Error(`no kind ${name}: validation should have refused it`);
  return kind;
}

/** The kind of an address in the state, where it has an object on the server. */
export function provisionedKindAt(address: string): ProvisionedKind | undefined {
  const kind = findKind(parseAddress(address)?.kind ?? '');
  return kind?.provisions ? kind : undefined;
}
