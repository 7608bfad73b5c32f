import { DevError } from './errors.ts';

export type SettingValue = string | number | boolean | readonly string[];
export type Settings = Readonly<Record<string, unknown>>;

/** Decided by options of their own; a second place to set them would contradict the record. */
const reserved: Readonly<Record<string, string>> = {
  'http.port': '--port',
  'transport.port': '--port',
  'cluster.name': '--name',
  'node.name': '--name',
};

export interface Placement {
  readonly cluster: string;
  readonly node: string;
  readonly httpPort: number;
  readonly transportPort: number;
  /** Of the whole cluster, this node's own among them. */
  readonly transportPorts: readonly number[];
  readonly nodeNames: readonly string[];
}

/** Where the node is and with whom it forms a cluster. */
export function placementSettings(placement: Placement): Settings {
  const single = placement.nodeNames.length === 1;
  return {
    'cluster.name': placement.cluster,
    'node.name': placement.node,
    'network.host': '127.0.0.1',
    'http.port': placement.httpPort,
    'transport.port': placement.transportPort,
    ...(single
      ? { 'discovery.type': 'single-node' }
      : {
          'discovery.seed_hosts': placement.transportPorts.map((port) => `127.0.0.1:${port}`),
          'cluster.initial_cluster_manager_nodes': placement.nodeNames,
        }),
    // A full disk of the developer's machine would make every index read-only.
    'cluster.routing.allocation.disk.threshold_enabled': false,
  };
}

/** What makes ML Commons usable on a single machine. A server without it does not know these, and would not start. */
export function mlSettings(security: boolean): Settings {
  return {
    'plugins.ml_commons.only_run_on_ml_node': false,
    'plugins.ml_commons.allow_registering_model_via_url': true,
    'plugins.ml_commons.allow_registering_model_via_local_file': true,
    'plugins.ml_commons.native_memory_threshold': 100,
    'plugins.ml_commons.jvm_heap_memory_threshold': 100,
    'plugins.ml_commons.disk_free_space_threshold': '100mb',
    'plugins.ml_commons.connector.private_ip_enabled': true,
    'plugins.ml_commons.trusted_connector_endpoints_regex': [
      '^https?://(127\\.0\\.0\\.1|localhost)(:[0-9]+)?(/.*)?$',
      '^https://.*$',
    ],
    ...(security ? { 'plugins.ml_commons.model_access_control_enabled': true } : {}),
  };
}

/** An empty value takes the default away; `[…]` is a list. */
export function applyOverrides(defaults: Settings, overrides: Readonly<Record<string, string>>): Settings {
  const settings: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(overrides)) {
    if (value === '') delete settings[key];
    else settings[key] = parseValue(key, value);
  }
  return settings;
}

export function assertSettings(settings: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(settings)) {
    const option = reserved[key];
    if (option !== undefined) {
      throw new DevError(
        'DEV_OPTION_INVALID',
        `The setting ${key} is decided by ${option}.`,
        `Use ${option}.`,
      );
    }
    parseValue(key, value);
  }
}

function parseValue(key: string, value: string): unknown {
  if (!value.startsWith('[')) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch (cause) {
    throw new DevError(
      'DEV_OPTION_INVALID',
      `The value of the setting ${key} starts like a list and is not one: ${value}`,
      `Write it as JSON: --setting '${key}=["a","b"]'`,
      { cause },
    );
  }
}

/** JSON values are YAML values, and quoted keys cannot be misread. */
export function renderSettings(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}\n`)
    .join('');
}
