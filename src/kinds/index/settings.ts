export { type FlatSettings, flattenSettings, settingText } from '../settings.ts';

/**
 * Settings that an open index does not take (400 `Can't update non dynamic settings`, 2.19.1 and 3.6.0).
 * Everything else is tried in place; the server has the last word.
 */
const STATIC_SETTINGS =
  /^index\.(number_of_shards|number_of_routing_shards|routing_partition_size|routing_path|codec(\..+)?|knn|sort\..+|analysis\..+|similarity\..+|store\..+|soft_deletes\..+|shard\.check_on_startup|load_fixed_bitset_filters_eagerly|replication\.type|append_only\.enabled|derived_source\.enabled)$/;

export function isStaticSetting(name: string): boolean {
  return STATIC_SETTINGS.test(name) && name !== 'index.knn.algo_param.ef_search';
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

/** Would a manifest of this index name the setting? */
export function isSetByPeople(key: string, value: unknown, flat: Readonly<Record<string, unknown>>): boolean {
  return key.startsWith('index.') && !SERVER_MADE.test(key) && !isDefault(key, value, flat);
}
