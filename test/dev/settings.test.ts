import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  applyOverrides,
  assertSettings,
  mlSettings,
  type Placement,
  placementSettings,
  renderSettings,
} from '../../src/dev/settings.ts';

const single: Placement = {
  cluster: 'rerankctl-default',
  node: 'default-1',
  httpPort: 9200,
  transportPort: 9300,
  transportPorts: [9300],
  nodeNames: ['default-1'],
};

describe('opensearch.yml', () => {
  it('survives a YAML parser, patterns and all', () => {
    const settings = { ...placementSettings(single), ...mlSettings(true) };
    expect(parse(renderSettings(settings))).toEqual(settings);
  });

  it('forms a single node by itself, and a cluster from its seeds', () => {
    expect(placementSettings(single)).toMatchObject({ 'discovery.type': 'single-node' });
    const cluster = placementSettings({ ...single, transportPorts: [9300, 9301], nodeNames: ['a-1', 'a-2'] });
    expect(cluster).not.toHaveProperty(['discovery.type']);
    expect(cluster).toMatchObject({
      'discovery.seed_hosts': ['127.0.0.1:9300', '127.0.0.1:9301'],
      'cluster.initial_cluster_manager_nodes': ['a-1', 'a-2'],
    });
  });

  it('lets every default be set otherwise, or taken away', () => {
    const settings = applyOverrides(
      { ...placementSettings(single), ...mlSettings(false) },
      {
        'plugins.ml_commons.only_run_on_ml_node': 'true',
        'plugins.ml_commons.trusted_connector_endpoints_regex': '["^https://a\\\\.b$"]',
        'plugins.ml_commons.allow_registering_model_via_url': '',
      },
    );
    expect(settings).toMatchObject({
      'plugins.ml_commons.only_run_on_ml_node': 'true',
      'plugins.ml_commons.trusted_connector_endpoints_regex': ['^https://a\\.b$'],
    });
    expect(settings).not.toHaveProperty(['plugins.ml_commons.allow_registering_model_via_url']);
  });

  it('admits connectors to this machine and to https, and no other plain http', () => {
    const patterns = mlSettings(false)['plugins.ml_commons.trusted_connector_endpoints_regex'];
    const admits = (url: string): boolean =>
      (patterns as string[]).some((pattern) => new RegExp(pattern).test(url));
    expect(admits('http://127.0.0.1:8080/v1/rerank')).toBe(true);
    expect(admits('https://api.cohere.ai/v1/rerank')).toBe(true);
    expect(admits('http://127.0.0.1.example.org/')).toBe(false);
  });

  it('refuses what an option of its own decides, and a broken list', () => {
    expect(() => assertSettings({ 'http.port': '1' })).toThrow(/decided by --port/);
    expect(() => assertSettings({ 'a.b': '["x"' })).toThrow(/starts like a list/);
  });
});
