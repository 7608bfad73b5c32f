import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apply, plan } from '../../src/engine/provision.ts';
import { thisProcess } from '../../src/engine/state/holder.ts';
import { acquireLease, breakLock, LEASE_MS } from '../../src/engine/state/lock.ts';
import { readState } from '../../src/engine/state/read.ts';
import type { Cluster } from '../../src/opensearch/cluster.ts';
import { openStory } from '../faults/story.ts';
import { start } from '../support/cli.ts';
import { connectToNode, nodeUrl, uniqueName } from '../support/node.ts';
import { load, manifest } from '../support/provision.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';

const signal = new AbortController().signal;
const options = { command: 'test', signal };

let cluster: Cluster;
let proxy: FaultyProxy;
let stack: string;
beforeAll(async () => {
  cluster = connectToNode();
  proxy = await startProxy(nodeUrl());
});
beforeEach(() => {
  stack = uniqueName('lock');
});
afterEach(() => proxy.reset());
afterAll(async () => {
  await cluster.close();
  await proxy.close();
});

const acquire = async () => acquireLease(cluster, stack, await readState(cluster, stack), options);

/** Another run's lock, as it stands in the state. */
async function putLock(holder: object): Promise<void> {
  const record = { fence: 7, holder: { run: 'another', ...thisProcess('rerankctl apply'), ...holder } };
  await cluster.request({
    method: 'POST',
    path: `/.rerankctl-state/_update/${encodeURIComponent(`${stack}:lock`)}`,
    query: { refresh: true },
    body: { doc: { record } },
  });
}

async function lockOf(holder: object): Promise<void> {
  await (await acquire()).release();
  await putLock(holder);
}

describe('The lock of a stack', () => {
  it('is held by one at a time, and its number grows', async () => {
    const first = await acquire();
    await expect(acquire()).rejects.toMatchObject({
      code: 'RCTL_LOCKED',
      failure: 'refused',
      message: expect.stringContaining(`on ${hostname()} (test, process ${process.pid}), since`),
      remedy: expect.stringContaining(`rerankctl state unlock --stack ${stack}`),
    });
    await first.release();
    const second = await acquire();
    expect([first.fence, second.fence]).toEqual([1, 2]);
    await second.release();
  });

  it('is not given for a state that is not true any more', async () => {
    const seen = await readState(cluster, stack);
    await (await acquire()).release();
    await expect(acquireLease(cluster, stack, seen, options)).rejects.toMatchObject({
      code: 'RCTL_PLAN_STALE',
    });
  });

  it('goes to the next one at once when the process that held it is gone', async () => {
    await lockOf({ pid: 2 ** 22 - 1 });
    const lease = await acquire();
    expect(lease.fence).toBe(8);
    await lease.release();
  });

  it('of another machine is refused while that one gives signs of life', async () => {
    await lockOf({ machine: 'another boot', host: 'ci-runner-7' });
    const from = performance.now();
    await expect(acquire()).rejects.toMatchObject({
      code: 'RCTL_LOCKED',
      message: expect.stringContaining('ci-runner-7'),
    });
    expect(performance.now() - from).toBeLessThan(3_000);
  });

  it('of another machine that is silent is heard out, and then taken', async () => {
    await lockOf({ machine: 'another boot', renewed: new Date(Date.now() - 3_600_000).toISOString() });
    const lease = await acquire();
    expect(lease.fence).toBe(8);
    await lease.release();
  });

  it('is not taken from one whose clock is wrong and who still renews it', async () => {
    await lockOf({ machine: 'another boot', renewed: new Date(Date.now() - 3_600_000).toISOString() });
    const taking = acquire();
    await sleep(2_000);
    await putLock({ machine: 'another boot', renewed: new Date(Date.now() - 3_590_000).toISOString() });
    await expect(taking).rejects.toMatchObject({ code: 'RCTL_LOCKED' });
  });

  it('that is broken stops its holder before the next write', async () => {
    const lease = await acquire();
    expect(await breakLock(cluster, stack)).toMatchObject({ pid: process.pid });
    expect(await breakLock(cluster, stack)).toBeUndefined();
    // Found out by the renewal, at the latest when the lease ends.
    await expect
      .poll(() => lease.confirm().then(String, ({ code }) => code), { timeout: LEASE_MS })
      .toBe('RCTL_LOCK_LOST');
    await lease.release();
    await (await acquire()).release();
  }, 30_000);

  it('that an apply loses stops it before its next write', async () => {
    const yaml = [1, 2].map((n) =>
      manifest(
        'SearchPipeline',
        `${stack}-${n}`,
        { version: n },
        n === 2 ? { depends_on: [`SearchPipeline/${stack}-1`] } : {},
      ),
    );
    const through = connectToNode(proxy.url);
    proxy.inject({ method: 'PUT', path: `${stack}-1`, fault: { do: 'delay', ms: 7_000 } });
    const prepared = await plan(through, await load(yaml.join('')), { stack });
    const running = apply(through, prepared, {
      listener: () => undefined,
      parallelism: 4,
      waitMs: 1000,
      ...options,
    });
    await sleep(500);
    await breakLock(cluster, stack);
    const { outcomes } = await running;
    expect(outcomes).toMatchObject([
      { result: 'done' },
      { result: 'failed', error: { code: 'RCTL_LOCK_LOST' } },
    ]);
    expect(proxy.writes().filter(({ path }) => path.endsWith(`${stack}-2`))).toEqual([]);
    await through.close();
    await cluster.request({ method: 'DELETE', path: `/_search/pipeline/${stack}-1` });
  }, 30_000);
});

describe('Eight applies at once', () => {
  it.each([1, 2, 3])(
    'one works, seven are refused cleanly, nothing is there twice (%i)',
    async () => {
      const story = openStory(nodeUrl());
      try {
        const eight = Array.from({ length: 8 }, () =>
          start(story.args('apply', nodeUrl()), { stdin: story.yaml }),
        );
        const runs = await Promise.all(eight.map(({ ended }) => ended));
        expect(runs.map(({ code }) => code).sort()).toEqual([0, 8, 8, 8, 8, 8, 8, 8]);
        for (const { code, stderr } of runs) {
          if (code === 8)
            expect(stderr).toMatch(/RCTL_LOCKED[\s\S]*since[\s\S]*state unlock|RCTL_PLAN_STALE/);
        }
        await story.expectWhole();
      } finally {
        await story.cleanUp();
      }
    },
    60_000,
  );
});

it('an apply that slept longer than its lease sends no further write', async () => {
  const story = openStory(nodeUrl());
  try {
    proxy.inject({ path: '_register_meta', fault: { do: 'delay', ms: 500 } });
    const seen = new Promise<void>((resolve) => {
      proxy.onRequest((_n, { path }) => {
        if (path.endsWith('_register_meta')) resolve();
      });
    });
    const { child, ended } = start(story.args('apply', proxy.url), { stdin: story.yaml });
    await seen;
    child.kill('SIGSTOP');
    // It is alive as far as the machine tells, so it is its silence that counts.
    await sleep(LEASE_MS - 4_000);
    const other = await story.run('apply', nodeUrl());
    expect(other.code, other.stderr).toBe(0);
    const before = proxy.writes().length;
    child.kill('SIGCONT');
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(5);
    expect(stderr).toContain('RCTL_LOCK_LOST');
    const after = proxy.writes().slice(before);
    // But for the lock itself: asking whether it is still held is a compare-and-swap that fails.
    expect(after.filter(({ path }) => path !== '/.rerankctl-state/_bulk').map(({ path }) => path)).toEqual(
      [],
    );
    await story.expectWhole();
  } finally {
    await story.cleanUp();
  }
}, 90_000);
