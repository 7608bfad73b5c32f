import { dig, isObject, type Json } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';

export type Settings = Readonly<Record<string, Json>>;

/** What was set through the API: values as text or lists of text. Defaults and `opensearch.yml` are not among them. */
export interface LiveSettings {
  readonly persistent: Settings;
  readonly transient: Settings;
}

const PATH = '/_cluster/settings';

export async function readSettings(cluster: Cluster): Promise<LiveSettings> {
  const { body } = await cluster.request({ method: 'GET', path: PATH, query: { flat_settings: true } });
  return { persistent: settingsIn(body, 'persistent'), transient: settingsIn(body, 'transient') };
}

/** The names of all settings that have a default, for suggestions. */
export async function readNames(cluster: Cluster): Promise<string[]> {
  const query = { flat_settings: true, include_defaults: true };
  const { body } = await cluster.request({ method: 'GET', path: PATH, query });
  return Object.keys(settingsIn(body, 'defaults'));
}

/** All at once: the server takes all of them or none (2.19.1, 3.6.0). `null` takes a setting away. */
export async function putSettings(cluster: Cluster, persistent: Settings): Promise<void> {
  await cluster.request({ method: 'PUT', path: PATH, body: { persistent } });
}

function settingsIn(body: unknown, key: string): Settings {
  const found = dig(body, key);
  return isObject(found) ? (found as Settings) : {};
}
