import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dig } from '../../src/core/json.ts';
import { acquireLease } from '../../src/engine/state/lock.ts';
import { readState } from '../../src/engine/state/read.ts';
import { reconcile } from '../../src/reconcile/loop.ts';
import { rollout } from '../rollout/story.ts';
import { inProcess } from '../support/in-process.ts';
import { connectToNode, uniqueName } from '../support/node.ts';
import { type Bench, load, manifest, openBench, SERVERS } from '../support/provision.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { type Running, startLoop } from './running.ts';

const [, server] = SERVERS[0] ?? [];
if (server === undefined) throw new Error('no server');

let bench: Bench;
let folder: string;
let name: string;
let loop: Running | undefined;

beforeAll(async () => {
  bench = await openBench(server, 'reconcile');
});
beforeEach(async () => {
  name = uniqueName('reconcile');
  folder = await mkdtemp(join(tmpdir(), 'rerankctl-reconcile-'));
});
afterEach(async () => {
  loop?.child.kill('SIGKILL');
  loop = undefined;
  bench.proxy.reset();
  await bench.wipe();
  await rm(folder, { recursive: true, force: true });
});
afterAll(() => bench.cleanUp());

/** As git-sync does it: the new content is there all at once. */
async function write(yaml: string): Promise<void> {
  await writeFile(join(folder, 'next'), yaml);
  await rename(join(folder, 'next'), join(folder, 'manifests.yaml'));
}

const pipeline = (description = 'as in git'): string => manifest('SearchPipeline', name, { description });
const where = (): string[] => ['-f', folder, '--url', bench.proxy.url, '--stack', bench.stack];
const live = async (): Promise<unknown> => {
  // A node without any pipeline answers the list with 404.
  const { body } = await bench.cluster.request({ method: 'GET', path: '/_search/pipeline', accept: [404] });
  return dig(body, name);
};
const remove = () => bench.raw('DELETE', `/_search/pipeline/${name}`);

describe('rerankctl reconcile --apply', () => {
  it('heals what is deleted behind its back, survives broken manifests and a lost cluster, and ends with SIGTERM', async () => {
    await write(pipeline());
    await bench.provision(pipeline());
    loop = await startLoop([...where(), '--apply']);
    await loop.until('rerankctl_rounds_total{result="in_sync"}');
    expect(await loop.get('/readyz')).toMatchObject([200, expect.stringContaining('in_sync')]);
    expect(await loop.get('/livez')).toEqual([200, 'ok\n']);
    expect((await loop.get('/secrets'))[0]).toBe(404);
    expect((await fetch(`${loop.url}/metrics`, { method: 'POST' })).status).toBe(405);

    await remove();
    await loop.until('rerankctl_changes_applied_total{kind="SearchPipeline",action="create"}');
    expect(await live()).toEqual({ description: 'as in git' });
    const healed = await loop.metrics();
    expect(healed.get('rerankctl_drift_found_total{kind="SearchPipeline"}')).toBe(1);
    expect(healed.get('rerankctl_drifted_resources{kind="SearchPipeline"}')).toBe(0);
    expect(healed.get('rerankctl_rounds_total{result="applied"}')).toBe(1);
    expect(healed.get('rerankctl_last_success_timestamp_seconds')).toBeGreaterThan(1.7e9);

    await write(pipeline().replace('description', 'descripton'));
    await loop.until('rerankctl_failures_total{code="RCTL_UNKNOWN_FIELD"}');
    expect(await loop.get('/readyz')).toMatchObject([503, expect.stringContaining('RCTL_INVALID_MANIFESTS')]);
    expect((await loop.get('/livez'))[0]).toBe(200);
    await write(pipeline('mended'));
    await loop.until('rerankctl_changes_applied_total{kind="SearchPipeline",action="update"}');
    expect(await live()).toEqual({ description: 'mended' });

    bench.proxy.inject({ fault: { do: 'drop' } });
    await loop.until('rerankctl_failures_total{code="RCTL_CONNECTION_LOST"}');
    expect(await loop.get('/readyz')).toMatchObject([503, expect.stringContaining('RCTL_CONNECTION_LOST')]);
    bench.proxy.reset();
    await expect.poll(async () => (await loop?.get('/readyz'))?.[0], { timeout: 30_000 }).toBe(200);

    const before = (await loop.metrics()).get('rerankctl_rounds_total{result="in_sync"}') ?? 0;
    await loop.until('rerankctl_rounds_total{result="in_sync"}', before + 1);
    loop.child.kill('SIGTERM');
    const { code, stdout, stderr } = await loop.ended;
    expect([code, stdout]).toEqual([0, '']);
    const log = stderr.split('\n').map((line) => line.replace(/^[\dT:-]+Z /, ''));
    expect(log).toContain(`warning: drift: SearchPipeline/${name}: gone from the cluster`);
    expect(log).toContainEqual(
      expect.stringMatching(/^error: .*manifests\.yaml:\d+:\d+: RCTL_UNKNOWN_FIELD/),
    );
    expect(log).toContain('Stopped.');
    // Silent while nothing happens, however many rounds that are.
    expect(log.filter((line) => line === 'In sync: 1 resource.').length).toBeLessThanOrEqual(4);
  });

  it('leaves the stack to another run that holds the lock, and goes on when that has ended', async () => {
    await write(pipeline());
    const options = { command: 'rerankctl apply', signal: new AbortController().signal };
    const lease = await acquireLease(
      bench.cluster,
      bench.stack,
      await readState(bench.cluster, bench.stack),
      options,
    );
    loop = await startLoop([...where(), '--apply']);
    await loop.until('rerankctl_rounds_total{result="skipped"}', 2);
    expect((await loop.get('/readyz'))[0]).toBe(200);
    expect(await live()).toBeUndefined();
    const watched = await inProcess(['reconcile', ...where(), '--once', '--output', 'json']);
    expect(JSON.parse(watched.stdout)).toMatchObject({ exitCode: 0, result: 'skipped' });
    await lease.release();
    await loop.until('rerankctl_rounds_total{result="applied"}');
    const metrics = await loop.metrics();
    expect([...metrics.keys()].filter((series) => series.startsWith('rerankctl_failures_total{'))).toEqual(
      [],
    );
    loop.child.kill('SIGINT');
    const { code, stderr } = await loop.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('Skipped: The stack');
  });

  it('told to stop in a round, finishes what is under way and gives the lock back', async () => {
    await write(pipeline());
    let goOn = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      bench.proxy.strike(({ method, path }) => {
        if (method !== 'PUT' || path !== `/_search/pipeline/${name}`) return undefined;
        resolve();
        return new Promise((forward) => {
          goOn = () => forward(undefined);
        });
      });
    });
    loop = await startLoop([...where(), '--apply', '--grace-period', '1m']);
    await begun;
    loop.child.kill('SIGTERM');
    await expect.poll(async () => loop?.get('/readyz'), { timeout: 20_000 }).toEqual([503, 'stopping\n']);
    expect(await loop.get('/livez')).toEqual([200, 'stopping\n']);
    goOn();
    const { code, stderr } = await loop.ended;
    expect(code, stderr).toBe(0);
    expect(await live()).toEqual({ description: 'as in git' });
    expect((await readState(bench.cluster, bench.stack)).lock?.record.holder).toBeUndefined();
  });

  it('told to stop in a round that does not end, ends with the grace period; the next run finishes it', async () => {
    await write(pipeline());
    const put = { method: 'PUT', path: `/_search/pipeline/${name}` };
    const begun = new Promise<void>((resolve) => {
      bench.proxy.strike(({ method, path }) => {
        if (method !== put.method || path !== put.path) return undefined;
        resolve();
        return new Promise(() => undefined);
      });
    });
    loop = await startLoop([...where(), '--apply', '--grace-period', '1s']);
    await begun;
    loop.child.kill('SIGTERM');
    const { code, stderr } = await loop.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('Broken off: the grace period was over.');
    bench.proxy.reset();
    expect((await inProcess(['reconcile', ...where(), '--apply', '--once'])).code).toBe(0);
    expect(await live()).toEqual({ description: 'as in git' });
  });
});

describe('rerankctl reconcile', () => {
  it('without --apply tells of drift once and changes nothing; its log can be JSON', async () => {
    await write(pipeline());
    await bench.provision(pipeline());
    await bench.raw('PUT', `/_search/pipeline/${name}`, { description: 'by hand' });
    bench.proxy.reset();
    loop = await startLoop([...where(), '--log-format', 'json']);
    await loop.until('rerankctl_rounds_total{result="pending"}', 3);
    const metrics = await loop.metrics();
    expect(metrics.get('rerankctl_drifted_resources{kind="SearchPipeline"}')).toBe(1);
    expect(metrics.get('rerankctl_pending_resources{kind="SearchPipeline"}')).toBe(0);
    expect(metrics.get('rerankctl_drift_found_total{kind="SearchPipeline"}')).toBe(1);
    expect([...metrics.keys()]).toContainEqual(
      expect.stringMatching(/^rerankctl_info\{version="[\d.]+",stack="[^"]+",mode="watch"\}$/),
    );
    expect([...metrics.keys()]).toContainEqual(expect.stringMatching(/^rerankctl_cluster_info\{name="/));
    expect(bench.proxy.writes()).toEqual([]);
    loop.child.kill('SIGTERM');
    const { code, stdout } = await loop.ended;
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ event }) => event)).toEqual([
      'started',
      'drift.found',
      'round.finished',
      'stopping',
      'stopped',
    ]);
    expect(lines[1]).toMatchObject({
      level: 'warning',
      address: `SearchPipeline/${name}`,
      message: `drift: SearchPipeline/${name}: description changed in the cluster`,
    });
    expect(lines[2]).toMatchObject({ round: 1, result: 'pending', drifted: 1, pending: 0 });
  });

  it('--once ends with the exit codes of drift and apply', async () => {
    const once = async (...args: string[]) => {
      const ran = await inProcess(['reconcile', ...where(), '--once', '--output', 'json', ...args]);
      const { exitCode, result, drifted, diagnostics } = JSON.parse(ran.stdout);
      expect(exitCode).toBe(ran.code);
      return [ran.code, result, drifted ?? diagnostics.map(({ code }: { code: string }) => code)];
    };
    await write(pipeline());
    expect(await once()).toEqual([0, 'pending', 0]);
    expect(await once('--apply')).toEqual([0, 'applied', 0]);
    await remove();
    expect(await once()).toEqual([2, 'pending', 1]);
    await write(pipeline().replace('SearchPipeline', 'Nonsense'));
    expect(await once('--apply')).toMatchObject([3, 'failed', ['RCTL_UNKNOWN_KIND']]);
    await write(pipeline());
    expect(await once('--url', 'http://127.0.0.1:9')).toEqual([4, 'failed', ['RCTL_NO_CLUSTER']]);
  });
});

describe('a release that its verifications stop', () => {
  let best: ModelFile;
  let worst: ModelFile;
  beforeAll(async () => {
    [best, worst] = [await writeTinyModel(0, 'best'), await writeTinyModel(0, 'worst')];
  });
  afterAll(() => Promise.all([best.remove(), worst.remove()]));

  it('is not measured again and again, but when the manifests change', async () => {
    await bench.provision(rollout(name, best.path));
    bench.proxy.reset();
    const registered = (): number =>
      bench.proxy.requests.filter(({ path }) => path.endsWith('/models/_register_meta')).length;
    let yaml = rollout(name, worst.path);
    const stop = new AbortController();
    const results: string[] = [];
    await reconcile({
      load: async () => ({ resources: await load(yaml), diagnostics: [], digest: yaml }),
      connect: async () => connectToNode(bench.proxy.url),
      planning: { stack: bench.stack },
      applying: { parallelism: 10, waitMs: 90_000, command: 'test' },
      signal: stop.signal,
      graceMs: 1_000,
      intervalMs: 10,
      listener: () => undefined,
      onEvent: (event) => {
        if (event.type !== 'round.finished') return;
        results.push(event.round.end.result);
        if (results.length === 3) yaml = rollout(name, best.path);
        if (results.length === 4) stop.abort();
      },
    });
    expect(results).toEqual(['stopped', 'stopped', 'stopped', 'in_sync']);
    expect(registered()).toBe(1);
  });
});
