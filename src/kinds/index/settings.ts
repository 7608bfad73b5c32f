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
