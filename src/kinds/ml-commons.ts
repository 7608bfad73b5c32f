import type { Diagnostic } from '../core/diagnostic.ts';
import { diagnosticAt, type Resource } from '../core/resource.ts';
import type { Capabilities } from '../opensearch/capabilities.ts';

/** The refusal of a resource that needs a plugin which this cluster lacks; `undefined` where it is there. */
export function pluginMissing(
  resource: Resource,
  capabilities: Capabilities,
  plugin: string,
  because: { pointer: string; needs: string },
): Diagnostic | undefined {
  // A user who may not list plugins is not refused: the server will say what it lacks.
  if (capabilities.plugins?.has(plugin) !== false) return undefined;
  return diagnosticAt(resource, because.pointer, {
    severity: 'error',
    code: 'RCTL_PLUGIN_MISSING',
    message: `${because.needs} needs the plugin ${plugin}, which this cluster does not have.`,
    remedy: `Install it on every node (bin/opensearch-plugin install ${plugin}) and restart, or point rerankctl at another cluster.`,
  });
}

export function mlPluginMissing(resource: Resource, capabilities: Capabilities): Diagnostic | undefined {
  return pluginMissing(resource, capabilities, 'opensearch-ml', {
    pointer: '/kind',
    needs: `A ${resource.kind}`,
  });
}
