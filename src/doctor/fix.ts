import type { Finding, SettingFix } from '../core/finding.ts';
import { textAt } from '../core/json.ts';
import type { Cluster } from '../opensearch/cluster.ts';

/** The settings that would mend what was found, each once. Where two findings want different values, the last one. */
export function fixesOf(findings: readonly Finding[]): readonly SettingFix[] {
  const wanted = findings.filter(({ level }) => level === 'error' || level === 'warning');
  return [...new Map(wanted.flatMap(({ fix }) => (fix === undefined ? [] : [[fix.setting, fix]]))).values()];
}

/** Sets them in one request, for good, and reads them back. Resolves with those that the cluster holds now. */
export async function setAll(cluster: Cluster, fixes: readonly SettingFix[]): Promise<readonly SettingFix[]> {
  const persistent = Object.fromEntries(fixes.map(({ setting, value }) => [setting, value]));
  await cluster.request({ method: 'PUT', path: '/_cluster/settings', body: { persistent } });
  const { body } = await cluster.request({
    method: 'GET',
    path: '/_cluster/settings',
    query: { flat_settings: true },
  });
  return fixes.filter(({ setting, value }) => textAt(body, 'persistent', setting) === value);
}
