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
import { indexPath, isMadeByServer, MARK, VISIBLE_INDICES } from '../user-indices.ts';
import { type LiveIndex, liveIndices } from './live.ts';
import { markOf } from './physical.ts';
import { isSetByPeople } from './settings.ts';

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
    .filter(([name, { settings }]) => !isMadeByServer(name, settings))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, index]) => objectOf(index))
    .filter(({ id, name }) => wants(id) || wants(name));
  return { objects, diagnostics: [] };
}

function objectOf(live: LiveIndex): LiveObject {
  const { name: physical } = live;
  const mark = markOf(live);
  // Under the name that the manifest has, which is an alias of it.
  const rolledOut = mark !== undefined && Object.hasOwn(live.aliases, mark.index);
  const name = rolledOut ? mark.index : physical;
  const { [name]: _own, ...aliases } = live.aliases;
  const settings = settingsOf(live.settings);
  const mappings = withoutMark(isObject(live.mappings) ? (live.mappings as JsonObject) : {});
  const closed = live.settings['index.verified_before_close'] === 'true';
  return {
    id: physical,
    name,
    ...(rolledOut ? { lifecycle: { rollout: 'reindex' } } : {}),
    spec: {
      ...(Object.keys(settings).length === 0 ? {} : { settings }),
      ...(Object.keys(mappings).length === 0 ? {} : { mappings: mappingsOf(mappings) }),
      ...(Object.keys(aliases).length === 0 ? {} : { aliases: aliases as JsonObject }),
    },
    comments: closed ? ['This index is closed, which no manifest tells.'] : [],
    diagnostics: [],
  };
}

/** What rerankctl has written into the mapping for itself. */
function withoutMark(mappings: JsonObject): JsonObject {
  if (!isObject(mappings._meta) || !Object.hasOwn(mappings._meta, MARK)) return mappings;
  const { [MARK]: _mark, ...meta } = mappings._meta;
  const { _meta, ...rest } = mappings;
  return Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta as JsonObject };
}

/** Semantic fields name a model (3.1 and later). */
function mappingsOf(mappings: JsonObject): LiveValue {
  return withIds(mappings, (text, key) => (key === 'model_id' ? new LiveId('Model', text, true) : undefined));
}

function settingsOf(flat: Readonly<Record<string, unknown>>): Record<string, LiveValue> {
  const settings: Record<string, LiveValue> = {};
  for (const [key, value] of Object.entries(flat).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!isSetByPeople(key, value, flat)) continue;
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
