import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import {
  type ExportContext,
  type Exported,
  LiveId,
  type LiveObject,
  type LiveValue,
  withIds,
} from '../exporting.ts';
import { exportedSetting } from '../settings.ts';
import { indexPath, isMadeByServer, VISIBLE_INDICES } from '../user-indices.ts';
import { type LiveIndex, liveIndices } from './live.ts';

export async function exportIndices(context: ExportContext): Promise<Exported> {
  const { cluster, wants, signal } = context;
  const { body } = await cluster.request({
    method: 'GET',
    path: `/${indexPath(context.patterns)}`,
    query: { flat_settings: true, ...VISIBLE_INDICES },
    accept: [404],
    signal,
  });
  const objects = [...liveIndices(body)]
    .filter(([name, { settings }]) => wants(name) && !isMadeByServer(name, settings))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, index]) => objectOf(name, index));
  return { objects, diagnostics: [] };
}

function objectOf(name: string, live: LiveIndex): LiveObject {
  const settings = settingsOf(live.settings);
  const mappings = isObject(live.mappings) ? (live.mappings as JsonObject) : {};
  const closed = live.settings['index.verified_before_close'] === 'true';
  return {
    id: name,
    name,
    spec: {
      ...(Object.keys(settings).length === 0 ? {} : { settings }),
      ...(Object.keys(mappings).length === 0 ? {} : { mappings: mappingsOf(mappings) }),
      ...(Object.keys(live.aliases).length === 0 ? {} : { aliases: live.aliases as JsonObject }),
    },
    comments: closed ? ['This index is closed, which no manifest tells.'] : [],
    diagnostics: [],
  };
}

/** Semantic fields name a model (3.1 and later). */
function mappingsOf(mappings: JsonObject): LiveValue {
  return withIds(mappings, (text, key) => (key === 'model_id' ? new LiveId('Model', text, true) : undefined));
}

/** What the server writes down by itself (2.19.1, 3.6.0): of no use in another index, and mostly refused there. */
const SERVER_MADE =
  /^index\.(uuid|creation_date(_string)?|provided_name|history\.uuid|verified_before_close|version\..+|resize\..+|shrink\..+|routing\.allocation\.initial_recovery\..+|remote_store\..+|blocks\.read_only_allow_delete|opensearch\..+|context\.(created_version|current_version))$/;

/** Settings that the k-NN plugin adds to an index with `knn: true` (3.6.0); 2.19.1 does not even know the first. */
const OF_KNN: Readonly<Record<string, string>> = {
  'index.knn.derived_source.enabled': 'true',
  'index.merge.policy.floor_segment': '2mb',
  'index.merge.policy.max_merge_at_once': '10',
};

/** Told by the server although nobody has set it. */
function isDefault(key: string, value: unknown, flat: Readonly<Record<string, unknown>>): boolean {
  if (key === 'index.replication.type') return value === 'DOCUMENT';
  return flat['index.knn'] === 'true' && OF_KNN[key] === value;
}

function settingsOf(flat: Readonly<Record<string, unknown>>): Record<string, LiveValue> {
  const settings: Record<string, LiveValue> = {};
  for (const [key, value] of Object.entries(flat).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (SERVER_MADE.test(key) || !key.startsWith('index.')) continue;
    if (isDefault(key, value, flat)) continue;
    const name = key.slice('index.'.length);
    put(settings, name, exportedSetting(name, value as Json));
  }
  return settings;
}

/** Analysis and similarities are trees; all else reads best with dots. */
function put(settings: Record<string, LiveValue>, name: string, value: LiveValue): void {
  const path = /^(analysis|similarity)\./.test(name) ? name.split('.') : [name];
  let holder = settings;
  for (const [i, key] of path.entries()) {
    const rest = path.slice(i + 1);
    const below = holder[key];
    if (rest.length === 0 && below === undefined) holder[key] = value;
    // A value and a tree under one name: the rest keeps its dots.
    else if (rest.length === 0 || (below !== undefined && !isTree(below))) {
      holder[path.slice(i).join('.')] = value;
      return;
    } else {
      const next: Record<string, LiveValue> = isTree(below) ? below : {};
      holder[key] = next;
      holder = next;
    }
  }
}

function isTree(value: LiveValue | undefined): value is Record<string, LiveValue> {
  return isObject(value) && !(value instanceof LiveId);
}
