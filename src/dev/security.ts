import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Credentials } from './types.ts';

/** No secret: it guards a demo on loopback, and every such node has it. Long enough for the plugin's own check. */
export const demoPassword = 'rerankctl-Local-Demo-2719!';

export function demoCredentials(configFolder: string): Credentials {
  return { username: 'admin', password: demoPassword, caFile: join(configFolder, 'root-ca.pem') };
}

/** The settings that the demo installer of the security plugin left in the installation's opensearch.yml. */
export async function demoSettings(installHome: string): Promise<Record<string, unknown>> {
  const parsed: unknown = parse(await readFile(join(installHome, 'config/opensearch.yml'), 'utf8'));
  const settings: Record<string, unknown> = {};
  if (typeof parsed !== 'object' || parsed === null) return settings;
  for (const [key, value] of Object.entries(parsed)) {
    if (key.startsWith('plugins.security.')) settings[key] = value;
  }
  return settings;
}
