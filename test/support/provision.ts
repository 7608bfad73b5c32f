import { expect } from 'vitest';
import { hasErrors } from '../../src/core/diagnostic.ts';
import { dig, isObject, type JsonObject, textAt } from '../../src/core/json.ts';
import { type Change, type Outcome, type Plan, pendingChanges } from '../../src/core/plan.ts';
import type { Resource } from '../../src/core/resource.ts';
import type { PlanRules } from '../../src/engine/plan.ts';
import { apply, checkResources, type PreparedPlan, plan } from '../../src/engine/provision.ts';
import type { ApplyReport } from '../../src/engine/run.ts';
import { STATE_INDEX } from '../../src/engine/state/format.ts';
import { listSettings } from '../../src/kinds/settings.ts';
import { loadManifests } from '../../src/manifest/load.ts';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { connect } from '../../src/opensearch/connect.ts';
import { searchAll } from '../../src/opensearch/paging.ts';
import { poll } from '../../src/opensearch/poll.ts';
import { deleteModel } from './model.ts';
import { nodeUrl, securedNode, uniqueName } from './node.ts';
import { type FaultyProxy, type Seen, startProxy } from './proxy.ts';

/** A server that every kind is tried on. */
export interface Server {
  readonly version: string;
  /** TLS, users and model access control. */
  readonly secured: boolean;
  readonly url: string;
  readonly login: { readonly username?: string; readonly password?: string };
}

function servers(): Server[] {
  const open: Server = { version: '3.6.0', secured: false, url: nodeUrl(), login: {} };
  const node = securedNode();
  if (node === undefined) return [open];
  const { url, username, password } = node;
  return [open, { version: '2.19.1', secured: true, url, login: { username, password } }];
}

/** For `describe.each`: title and server. Where no secured node is given its half is left out. */
export const SERVERS: [string, Server][] = servers().map((server) => [
  `${server.version}${server.secured ? ', secured' : ''}`,
  server,
]);

/** A manifest document as YAML text: JSON is YAML. */
export function manifest(kind: string, name: string, spec: object, metadata: object = {}): string {
  return `--- \n${JSON.stringify({ apiVersion: 'rerankctl/v1', kind, metadata: { name, ...metadata }, spec })}\n`;
}

/** Resources of a manifest text. Throws with all diagnostics when one of them is an error. */
export async function load(
  yaml: string,
  cwd = process.cwd(),
  env: Readonly<Record<string, string>> = {},
): Promise<Resource[]> {
  const loaded = await loadManifests(['-'], { cwd, env, vars: {}, stdin: async () => yaml });
  const diagnostics = [...loaded.diagnostics, ...(await checkResources(loaded.resources))];
  if (hasErrors(diagnostics)) throw new Error(JSON.stringify(diagnostics, null, 2));
  return [...loaded.resources];
}

/** What a user reads of a plan: `Kind/name action: steps`, of all that would be done. */
export function summaryOf(made: Plan): string[] {
  return pendingChanges(made).map(
    ({ address, action, steps }) =>
      `${address} ${action}${steps.length === 0 ? '' : `: ${steps.join(', ')}`}`,
  );
}

export function refusalsOf(made: Plan): Plan['diagnostics'] {
  return made.diagnostics.filter(({ severity }) => severity === 'error');
}

/** One stack of its own on one server, behind a proxy that counts. */
export interface Bench {
  readonly stack: string;
  readonly server: Server;
  /** Straight to the node, for what happens behind rerankctl's back: not counted. */
  readonly cluster: Cluster;
  readonly proxy: FaultyProxy;
  planOf(yaml: string, rules?: PlanRules): Promise<Plan>;
  /** Loads, plans and applies. Fails where any change does. */
  provision(yaml: string, rules?: PlanRules): Promise<{ plan: Plan; outcomes: readonly Outcome[] }>;
  /** As `provision`, and lets changes fail. */
  tryProvision(yaml: string, rules?: PlanRules): Promise<{ plan: Plan; report: ApplyReport }>;
  /** Applies a plan that was made otherwise. */
  carryOut(prepared: PreparedPlan): Promise<ApplyReport>;
  /** Plans, and gives the one change that is pending; fails where there are none or several. */
  onlyChange(yaml: string): Promise<Change>;
  /** The writes that `work` sends. */
  writesOf(work: () => Promise<unknown>): Promise<string[]>;
  /** Applies, and then nothing is left to do: neither by the plan nor by the wire. */
  settle(yaml: string): Promise<void>;
  /** Forgets all that the state knows of this stack. */
  loseState(): Promise<void>;
  /** Raw request that must succeed; the body of the answer. */
  raw(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown>;
  /** Resources that others apply: they count as loaded here. */
  know(resources: readonly Resource[]): void;
  /** Deletes everything that was ever loaded here, by its natural key, and the state. */
  wipe(): Promise<void>;
  /** Leaves everything as it is. */
  close(): Promise<void>;
  /** Wipes and closes. */
  cleanUp(): Promise<void>;
}

/** `env`: what manifests find there; it may be changed between two plans. */
export async function openBench(
  server: Server,
  purpose: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Bench> {
  const proxy = await startProxy(server.url);
  const settings = { ...server.login, requestTimeoutMs: 30_000, retryForMs: 10_000 };
  const counted = connect({ ...settings, url: proxy.url });
  const cluster = connect({ ...settings, url: server.url, insecure: server.secured || undefined });
  const stack = uniqueName(purpose);
  const known = new Map<string, Resource>();

  function know(resources: readonly Resource[]): void {
    for (const resource of resources) {
      known.set(`${resource.address} ${String(resource.spec.name)}`, resource);
    }
  }

  async function prepare(yaml: string, rules: PlanRules = {}) {
    const resources = await load(yaml, process.cwd(), env);
    know(resources);
    return plan(counted, resources, { stack, ...rules });
  }

  async function tryProvision(
    yaml: string,
    rules: PlanRules = {},
  ): Promise<{ plan: Plan; report: ApplyReport }> {
    const prepared = await prepare(yaml, rules);
    return { plan: prepared.plan, report: await carryOut(prepared) };
  }

  function carryOut(prepared: PreparedPlan): Promise<ApplyReport> {
    return apply(counted, prepared, {
      listener: () => undefined,
      signal: new AbortController().signal,
      parallelism: 10,
      waitMs: 90_000,
      command: 'test',
    });
  }

  const bench: Bench = {
    stack,
    server,
    cluster,
    proxy,
    planOf: async (yaml, rules) => (await prepare(yaml, rules)).plan,
    know,
    tryProvision,
    carryOut,
    async provision(yaml, rules) {
      const { plan: made, report } = await tryProvision(yaml, rules);
      const failed = report.outcomes.filter((outcome) => outcome.result !== 'done');
      if (failed.length + report.diagnostics.length > 0) {
        throw new Error(JSON.stringify([...failed, ...report.diagnostics], null, 2));
      }
      return { plan: made, outcomes: report.outcomes };
    },
    async onlyChange(yaml) {
      const made = (await prepare(yaml)).plan;
      const [change, ...others] = pendingChanges(made);
      if (change === undefined || others.length > 0 || refusalsOf(made).length > 0) {
        throw new Error(
          `expected one change, found ${JSON.stringify([summaryOf(made), refusalsOf(made)], null, 2)}`,
        );
      }
      return change;
    },
    async writesOf(work) {
      const before = proxy.requests.length;
      await work();
      const written = new Set<Seen>(proxy.writes());
      return proxy.requests
        .slice(before)
        .filter((seen) => written.has(seen))
        .map(({ method, path, body }) => `${method} ${path} ${body.toString('utf8').slice(0, 300)}`);
    },
    async settle(yaml) {
      await bench.provision(yaml);
      const left = (await prepare(yaml)).plan;
      expect([summaryOf(left), pendingChanges(left).map(({ fields }) => fields)]).toEqual([[], []]);
      expect(await bench.writesOf(() => bench.provision(yaml))).toEqual([]);
    },
    async loseState() {
      await deleteState(cluster, stack);
    },
    async raw(method, path, body) {
      const request = { method, path, ...(body === undefined ? {} : { body }) };
      return (await cluster.request(request)).body;
    },
    async wipe() {
      await deleteAll(cluster, [...known.values()]);
      known.clear();
      await deleteState(cluster, stack);
    },
    async close() {
      await Promise.all([counted.close(), cluster.close()]);
      await proxy.close();
    },
    async cleanUp() {
      await bench.wipe();
      await bench.close();
    },
  };
  return bench;
}

/** Of `writesOf`: does it write down what rerankctl knows, and nothing that the user has? */
export function isStateWrite(write: string): boolean {
  return /^(PUT|POST) \/\.rerankctl-state[ /]/.test(write);
}

async function deleteState(cluster: Cluster, stack: string): Promise<void> {
  const hits = await searchAll(cluster, `/${STATE_INDEX}/_search`, { term: { stack } });
  if (hits.length === 0) return;
  const lines = hits.map(({ _id }) => JSON.stringify({ delete: { _id } }));
  await cluster.request({
    method: 'POST',
    path: `/${STATE_INDEX}/_bulk`,
    query: { refresh: true },
    body: `${lines.join('\n')}\n`,
    contentType: 'application/x-ndjson',
  });
}

/** IDs of all models (without their chunks), groups or connectors of a name. */
export async function idsOf(
  cluster: Cluster,
  what: 'models' | 'model_groups' | 'connectors',
  name: string,
): Promise<string[]> {
  const query = {
    bool: {
      filter: [{ term: { 'name.keyword': name } }],
      must_not: [{ exists: { field: 'chunk_number' } }],
    },
  };
  const hits = await searchAll(cluster, `/_plugins/_ml/${what}/_search`, query);
  return hits.map(({ _id }) => _id);
}

async function deleteAll(cluster: Cluster, resources: readonly Resource[]): Promise<void> {
  const named = (kind: string): string[] => [
    ...new Set(resources.filter((r) => r.kind === kind).map((r) => r.name)),
  ];
  const specNames = (kind: string): string[] => [
    ...new Set(resources.filter((r) => r.kind === kind).flatMap((r) => textAt(r.spec, 'name') ?? [])),
  ];
  for (const name of named('Alias')) await deleteAlias(cluster, name);
  for (const name of named('Index')) {
    await cluster.request({ method: 'DELETE', path: `/${encodeURIComponent(name)}`, accept: [404] });
  }
  for (const name of named('SearchPipeline')) {
    const path = `/_search/pipeline/${encodeURIComponent(name)}`;
    await cluster.request({ method: 'DELETE', path, accept: [404] });
  }
  for (const name of named('IngestPipeline')) {
    const path = `/_ingest/pipeline/${encodeURIComponent(name)}`;
    await cluster.request({ method: 'DELETE', path, accept: [404] });
  }
  for (const name of named('IndexTemplate')) {
    const path = `/_index_template/${encodeURIComponent(name)}`;
    await cluster.request({ method: 'DELETE', path, accept: [404] });
  }
  await unsetSettings(
    cluster,
    resources.filter((r) => r.kind === 'ClusterSettings'),
  );
  for (const name of specNames('Model')) {
    for (const id of await idsOf(cluster, 'models', name)) await deleteModel(cluster, id);
  }
  for (const name of specNames('Connector')) {
    for (const id of await idsOf(cluster, 'connectors', name)) {
      await cluster.request({
        method: 'DELETE',
        path: `/_plugins/_ml/connectors/${id}`,
        // A model of another name can hold it: that one is the failure to look at.
        accept: [404, 409],
      });
    }
  }
  // A group made by hand for a model bears the model's name.
  for (const name of new Set([...specNames('ModelGroup'), ...specNames('Model')])) {
    for (const id of await idsOf(cluster, 'model_groups', name)) {
      const path = `/_plugins/_ml/model_groups/${id}`;
      // For a second the server still finds the models that were just deleted: 409.
      await poll({
        what: `group ${id} to be empty`,
        read: async () => (await cluster.request({ method: 'DELETE', path, accept: [404, 409] })).status,
        done: (status) => status !== 409,
        describe: String,
        deadlineMs: 10_000,
      });
    }
  }
}

async function deleteAlias(cluster: Cluster, alias: string): Promise<void> {
  const path = `/_alias/${encodeURIComponent(alias)}`;
  const { status, body } = await cluster.request({ method: 'GET', path, accept: [404] });
  const indices = status === 200 && isObject(body) ? Object.keys(body) : [];
  if (indices.length === 0) return;
  const actions = indices.map((index) => ({ remove: { index, alias } }));
  await cluster.request({ method: 'POST', path: '/_aliases', body: { actions } });
}

/** Those whose name a test has made up (`uniqueName`): others on the node are not ours to unset. */
async function unsetSettings(cluster: Cluster, resources: readonly Resource[]): Promise<void> {
  const names = resources.flatMap(({ spec }) => listSettings(spec.persistent, '').map(({ name }) => name));
  if (names.length === 0) return;
  const request = { path: '/_cluster/settings', query: { flat_settings: true } } as const;
  const { body } = await cluster.request({ method: 'GET', ...request });
  const set = [...new Set(names)].filter(
    (name) => /-[0-9a-f]{10}/.test(name) && dig(body, 'persistent', name) !== undefined,
  );
  const persistent = Object.fromEntries(set.map((name) => [name, null]));
  if (set.length > 0) await cluster.request({ method: 'PUT', ...request, body: { persistent } });
}

/**
 * The state of a model by its document, once the server has made up its mind: for up to ten seconds it says
 * DEPLOY_FAILED of a model that was deployed while it asked its nodes (MLSyncUpCron, 3.6.0), and a node that comes
 * back deploys by itself what it had.
 */
export async function stateOfModel(cluster: Cluster, id: string): Promise<string | undefined> {
  const path = `/_plugins/_ml/models/${encodeURIComponent(id)}`;
  return poll({
    what: `model ${id} to settle`,
    read: async () => textAt((await cluster.request({ method: 'GET', path })).body, 'model_state'),
    done: (state) => state !== 'DEPLOY_FAILED' && state !== 'DEPLOYING',
    describe: String,
    deadlineMs: 30_000,
  });
}

/** The mapping, settings (flat) and aliases of one index, as the server tells them. */
export async function liveIndex(
  bench: Bench,
  name: string,
): Promise<{ settings: JsonObject; mappings: JsonObject; aliases: JsonObject }> {
  const { body } = await bench.cluster.request({
    method: 'GET',
    path: `/${encodeURIComponent(name)}`,
    query: { flat_settings: true },
  });
  const found = isObject(body) ? body[name] : undefined;
  if (!isObject(found)) throw new Error(`no index ${name}`);
  return found as { settings: JsonObject; mappings: JsonObject; aliases: JsonObject };
}
