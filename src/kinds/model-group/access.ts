import type { Capabilities } from '../../opensearch/capabilities.ts';

/** Model access control needs both the plugin and the setting; `undefined` when this user may not ask. */
export function accessControl(capabilities: Capabilities): boolean | undefined {
  if (capabilities.plugins?.has('opensearch-security') === false) return false;
  const enabled = capabilities.setting('plugins.ml_commons.model_access_control_enabled');
  return enabled === undefined || capabilities.plugins === undefined ? undefined : enabled === 'true';
}
