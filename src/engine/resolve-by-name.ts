import { parseAddress } from '../core/address.ts';
import type { JsonObject } from '../core/json.ts';
import type { Resource } from '../core/resource.ts';
import { resolveReferences, toPlainJson } from '../core/value.ts';
import { kindOf } from '../kinds/registry.ts';

/**
 * A spec whose references are all to resources that bear their manifest's name on the server, with those names in
 * their place. Asks no cluster.
 */
export function resolveByName(resource: Resource): JsonObject {
  return toPlainJson(
    resolveReferences(resource.spec, (address) => {
      const target = parseAddress(address);
      const kind = target === undefined ? undefined : kindOf(target.kind);
      return kind?.provisions && kind.namedByManifest ? target?.name : undefined;
    }),
  ) as JsonObject;
}
