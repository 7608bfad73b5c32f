import type { Diagnostic } from '../../core/diagnostic.ts';
import { diagnosticAt } from '../../core/resource.ts';
import type { ValueObject } from '../../core/value.ts';
import type { Capabilities } from '../../opensearch/capabilities.ts';
import type { Question } from '../kind.ts';

const ACCESS_KEYS = ['access_mode', 'backend_roles', 'add_all_backend_roles'] as const;

/** Connector access control needs both the plugin and the setting; `undefined` when this user may not ask. */
export function accessControl(capabilities: Capabilities): boolean | undefined {
  if (capabilities.plugins?.has('opensearch-security') === false) return false;
  const enabled = capabilities.setting('plugins.ml_commons.connector_access_control_enabled');
  return enabled === undefined || capabilities.plugins === undefined ? undefined : enabled === 'true';
}

/**
 * Without access control the server refuses all three access keys with a 400 (2.19.1, 3.6.0), and everybody may use
 * every connector: `public` is satisfied without being sent, and everything else cannot be had.
 */
export function withoutAccessControl({ resource, spec }: Question): {
  refused: Diagnostic[];
  notes: string[];
} {
  const refused = ACCESS_KEYS.filter((key) => spec[key] !== undefined && spec[key] !== false)
    .filter((key) => !(key === 'access_mode' && spec[key] === 'public'))
    .map((key) =>
      diagnosticAt(resource, `/spec/${key}`, {
        severity: 'error',
        code: 'RCTL_ACCESS_CONTROL_OFF',
        message: `\`${key}: ${JSON.stringify(spec[key])}\` cannot be had: connector access control is off on this cluster, so every connector is public.`,
        remedy:
          'Install the security plugin and set plugins.ml_commons.connector_access_control_enabled to true, or write `access_mode: public`.',
      }),
    );
  const notes =
    spec.access_mode === 'public'
      ? [
          'access_mode: public holds without being sent: connector access control is off, every connector is public',
        ]
      : [];
  return { refused, notes };
}

/** What the server is sent: the access keys only where it takes them. */
export function bodyFor(spec: ValueObject, capabilities: Capabilities): ValueObject {
  const body = { ...spec };
  if (accessControl(capabilities) === false) for (const key of ACCESS_KEYS) delete body[key];
  return body;
}
