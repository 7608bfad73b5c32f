import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resource } from '../../../src/core/resource.ts';
import type { ValueObject } from '../../../src/core/value.ts';
import type { Applied, Recorded, StepContext, Verdict } from '../../../src/kinds/kind.ts';
import { seedData } from '../../../src/kinds/seed-data/index.ts';
import type { Capabilities } from '../../../src/opensearch/capabilities.ts';
import type { Cluster } from '../../../src/opensearch/cluster.ts';

const capabilities: Capabilities = {
  version: '3.6.0',
  plugins: undefined,
  nodeRoles: undefined,
  processors: undefined,
  setting: () => undefined,
};

export async function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'rerankctl-seed-'));
}

export function resourceOf(spec: ValueObject, folder = tmpdir()): Resource {
  return {
    address: 'SeedData/test',
    kind: 'SeedData',
    name: 'test',
    labels: {},
    lifecycle: {},
    spec,
    movedFrom: [],
    since: [],
    dependsOn: [],
    folder,
    locate: (pointer) => ({
      location: { file: join(folder, 'manifest.yaml'), line: 1, column: 1 },
      snippet: pointer,
    }),
  };
}

export async function plan(
  cluster: Cluster,
  resource: Resource,
  recorded?: Recorded,
  spec = resource.spec,
): Promise<Verdict> {
  const snapshot = await seedData.snapshot(
    cluster,
    { wanted: [{ resource, recorded }], leaving: [] },
    capabilities,
  );
  return snapshot.judge({ resource, recorded, spec, changedSince: () => [] });
}

export async function apply(
  cluster: Cluster,
  resource: Resource,
  recorded?: Recorded,
  progress: (detail: string) => void = () => {},
): Promise<Recorded> {
  const context: StepContext = {
    cluster,
    capabilities,
    signal: new AbortController().signal,
    resource,
    spec: resource.spec as StepContext['spec'],
    recorded,
    change: { action: 'create' },
    since: performance.now(),
    waitMs: 60_000,
    journal: async () => {},
    exclusive: (_key, work) => work(),
    step: (_name, work) => work(),
    progress: (_step, detail) => progress(detail),
    polled: () => {},
  };
  return recordOf(resource, await seedData.apply(context));
}

export function recordOf(resource: Resource, applied: Applied): Recorded {
  return { address: resource.address, ...applied };
}
