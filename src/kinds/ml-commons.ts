import type { Diagnostic } from '../core/diagnostic.ts';
import { diagnosticAt, type Resource } from '../core/resource.ts';
import type { Capabilities } from '../opensearch/capabilities.ts';
import { heard, type Rule } from '../opensearch/refusals/rule.ts';

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

/** What the server says of names and access, whether of a model group, a connector or a model. */
export const ML_REFUSALS: readonly Rule[] = [
  {
    said: /You cannot specify (?<what>model|connector) access control parameters/i,
    code: 'RCTL_ACCESS_CONTROL_OFF',
    cause: 'The cluster has no {what} access control, and refuses whatever speaks of it.',
    remedy:
      'Leave access_mode, backend_roles and add_all_backend_roles out, or switch it on: the security plugin, and plugins.ml_commons.{what}_access_control_enabled.',
    samples: [
      heard(
        '3.6.0',
        '400 illegal_argument_exception',
        'You cannot specify model access control parameters because the Security plugin or model access control is disabled on your cluster.',
      ),
      heard(
        '2.19.1, 3.6.0',
        '400 illegal_argument_exception',
        'You cannot specify connector access control parameters because the Security plugin or connector access control is disabled on your cluster.',
      ),
    ],
  },
  {
    // From 3.1; combining marks (`\p{M}`) count as none of these.
    said: /(?<field>[\w ]+?) can only contain letters, numbers, spaces, and basic punctuation/i,
    code: 'RCTL_ML_NAME',
    cause: '{field} has a character that this server does not take.',
    remedy:
      'Names and descriptions are made of letters, digits, spaces and . , ! ? ( ) : @ - _ / \' " alone (from 3.1 on); a letter with a combining accent counts as two.',
    samples: [
      heard(
        '3.6.0',
        '400 action_request_validation_exception',
        `Validation Failed: 1: Model group name can only contain letters, numbers, spaces, and basic punctuation (.,!?():@-_'/");`,
      ),
    ],
  },
];
