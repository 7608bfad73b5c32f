import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Resource } from '../../core/resource.ts';
import type { ProvisionedKind } from '../kind.ts';
import { exportDocuments } from './export.ts';
import { readFacts } from './facts.ts';
import { removeDocuments } from './removal.ts';
import { seed } from './seed.ts';
import { snapshot } from './snapshot.ts';
import { sourceOf } from './source.ts';

/** Documents that an index must hold. The documents themselves are read for a plan, not for `check`. */
export const seedData: ProvisionedKind = {
  name: 'SeedData',
  summary: 'Documents of an index, written in the manifest or streamed from NDJSON files',
  provisions: true,
  namedByManifest: false,
  bulky: ['documents'],
  async check(resource: Resource): Promise<readonly Diagnostic[]> {
    return (await sourceOf(resource, resource.spec)).diagnostics;
  },
  snapshot,
  apply: seed,
  remove: removeDocuments,
  contents({ id, facts }) {
    const known = readFacts(facts);
    if (id === undefined || known === undefined) return undefined;
    const ids = known.held === undefined ? undefined : Object.keys(known.held);
    return { inside: id, documents: known.documents, ids };
  },
  exporting: exportDocuments,
};
