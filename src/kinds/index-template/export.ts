import { isObject, type Json, type JsonObject, textAt } from '../../core/json.ts';
import { aliasAsWritten } from '../alias-body.ts';
import {
  type ExportContext,
  type Exported,
  LiveId,
  type LiveObject,
  type LiveValue,
  withIds,
} from '../exporting.ts';
import { exportedSetting } from '../settings.ts';
import { type LiveTemplate, readTemplates } from './live.ts';

/** Templates whose name begins with a dot are made by plugins for themselves. */
export async function exportTemplates({ cluster, wants }: ExportContext): Promise<Exported> {
  const objects = [...(await readTemplates(cluster))]
    .filter(([name]) => wants(name) && !name.startsWith('.'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, live]) => objectOf(name, live));
  return { objects, diagnostics: [] };
}

function objectOf(name: string, live: LiveTemplate): LiveObject {
  const { template, composed_of, data_stream, ...rest } = live as JsonObject;
  const parts = Array.isArray(composed_of) ? composed_of : [];
  const inside = insideOf(isObject(template) ? template : {});
  const plain = textAt(data_stream, 'timestamp_field', 'name') === '@timestamp';
  const missing =
    'The component templates of composed_of are in no manifest: they have to be there before it.';
  return {
    id: name,
    name,
    spec: {
      ...rest,
      ...(Object.keys(inside).length === 0 ? {} : { template: inside }),
      ...(parts.length === 0 ? {} : { composed_of: parts }),
      ...(data_stream === undefined ? {} : { data_stream: plain ? {} : data_stream }),
    },
    comments: parts.length === 0 ? [] : [missing],
    diagnostics: [],
  };
}

function insideOf({ settings, mappings, aliases }: JsonObject): Record<string, LiveValue> {
  const index = isObject(settings) && isObject(settings.index) ? settings.index : {};
  const parts: Record<string, LiveValue> = {
    settings: settingsOf(index, ''),
    mappings: withIds(mappings ?? {}, (text, key) =>
      key === 'model_id' ? new LiveId('Model', text, true) : undefined,
    ),
    aliases: Object.fromEntries(
      Object.entries(isObject(aliases) ? aliases : {}).map(([alias, body]) => [
        alias,
        (isObject(body) ? aliasAsWritten(body) : body) as LiveValue,
      ]),
    ),
  };
  return Object.fromEntries(
    Object.entries(parts).filter(([, part]) => isObject(part) && Object.keys(part).length > 0),
  );
}

function settingsOf(value: Json, path: string): LiveValue {
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        settingsOf(item as Json, path === '' ? key : `${path}.${key}`),
      ]),
    );
  }
  return exportedSetting(path, value);
}
