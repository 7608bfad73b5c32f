import type { Json } from '../core/json.ts';
import type { Resource } from '../core/resource.ts';
import { kindOf } from '../kinds/registry.ts';
import type { Capabilities } from '../opensearch/capabilities.ts';

/**
 * The cluster as it is once these manifests have set its settings: a resource that needs one of them is not refused
 * because of what is about to change.
 */
export function withSettings(capabilities: Capabilities, resources: readonly Resource[]): Capabilities {
  const set = new Map<string, Json | undefined>();
  for (const resource of resources) {
    const kind = kindOf(resource.kind);
    if (!kind.provisions) continue;
    for (const [name, value] of kind.settings?.(resource) ?? []) set.set(name, value);
  }
  const textOf = (value: Json | undefined): string | undefined =>
    value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
  return {
    ...capabilities,
    setting: (name) => (set.has(name) ? textOf(set.get(name)) : capabilities.setting(name)),
  };
}
