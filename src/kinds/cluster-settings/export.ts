import type { ExportContext, Exported } from '../exporting.ts';
import { plainSetting } from '../settings.ts';
import { readSettings } from './live.ts';

const NAME = 'cluster-settings';

/** All persistent settings in one manifest. What an upgrade has put aside (`archived.…`) can only be deleted. */
export async function exportSettings({ cluster, wants }: ExportContext): Promise<Exported> {
  if (!wants(NAME)) return { objects: [], diagnostics: [] };
  const { persistent, transient } = await readSettings(cluster);
  const settings = Object.entries(persistent)
    .filter(([name]) => !name.startsWith('archived.'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, plainSetting(value)] as const);
  const passing = Object.keys(transient).sort();
  if (settings.length === 0) return { objects: [], diagnostics: [] };
  return {
    objects: [
      {
        id: NAME,
        name: NAME,
        spec: { persistent: Object.fromEntries(settings) },
        comments: passing.length === 0 ? [] : [`Not told, as they are transient: ${passing.join(', ')}.`],
        diagnostics: [],
      },
    ],
    diagnostics: [],
  };
}
