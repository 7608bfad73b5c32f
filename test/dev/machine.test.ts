import { spawn } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { down, stopLock } from '../../src/dev/down.ts';
import { withLock } from '../../src/dev/lock.ts';
import { meaningful } from '../../src/dev/logs.ts';
import { movedJvmOptions } from '../../src/dev/member.ts';
import { cachePaths, makeCache } from '../../src/dev/paths.ts';
import { isRunning } from '../../src/dev/process.ts';
import { status } from '../../src/dev/status.ts';
import type { DevEvent } from '../../src/dev/types.ts';
import { up } from '../../src/dev/up.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the cache', () => {
  it('is where the user says, else where caches are, and for root where others can enter', () => {
    expect(cachePaths({ RERANKCTL_CACHE: '/c', XDG_CACHE_HOME: '/x' }, true).root).toBe('/c');
    expect(cachePaths({ XDG_CACHE_HOME: '/x' }, false).root).toBe('/x/rerankctl');
    expect(cachePaths({}, true).root).toBe('/var/cache/rerankctl');
  });

  it('is not in a path that OpenSearch would split', () => {
    expect(() => cachePaths({ RERANKCTL_CACHE: '/my files/c' })).toThrow(
      expect.objectContaining({ code: 'DEV_CACHE_PATH' }),
    );
  });
});

describe('an empty cache', () => {
  it('has no nodes, and stopping one is no error', async () => {
    const env = { RERANKCTL_CACHE: join(await temporaryFolder(), 'none') };
    expect(await status(env)).toEqual([]);
    const io = { onEvent: () => undefined, env };
    expect(await down({ name: 'default', all: false, purge: true }, io)).toEqual([
      { name: 'default', was: 'absent', stoppedPids: [], purged: false },
    ]);
    expect(await down({ name: 'default', all: true, purge: false }, io)).toEqual([]);
  });
});

describe('a node that is being stopped', () => {
  it('is not taken for one that runs: up waits until it is gone', async () => {
    const folder = await temporaryFolder();
    // For root, whose nodes run under another account.
    await chmod(folder, 0o755);
    const env = { ...process.env, RERANKCTL_CACHE: folder };
    const paths = cachePaths(env);
    await makeCache(paths, undefined);
    const stop = new AbortController();
    const steps: string[] = [];
    const onEvent = (event: DevEvent): void => {
      if (event.type !== 'dev.step') return;
      steps.push(event.detail ?? event.step);
      stop.abort();
    };
    const options = { name: 'going', version: '3.6.0', security: false, nodes: 1 } as const;
    const more = { settings: {}, javaOpts: [], without: [] };
    await withLock(paths.locks, stopLock('going'), { onEvent: () => undefined }, async () => {
      const started = up({ ...options, ...more }, { env, signal: stop.signal, onEvent });
      await expect(started).rejects.toMatchObject({ code: 'DEV_INTERRUPTED' });
    });
    expect(steps).toEqual(['another rerankctl is at work on stop-going']);
  });
});

describe('a process', () => {
  it('that merely has the recorded number is not ours', async () => {
    const stranger = { name: 'a-1', folder: '/nowhere', port: 9200, pid: process.pid };
    expect(await isRunning(stranger)).toBe(false);
    expect(await isRunning({ ...stranger, pid: undefined })).toBe(false);
  });

  it('that becomes another program, as the start script becomes the JVM, runs all the time', async () => {
    const folder = await temporaryFolder();
    const script = join(folder, 'again');
    await writeFile(script, `#!/bin/sh\nexec ${script} "$@"\n`, { mode: 0o755 });
    const child = spawn(script, [`-Epath.data=${join(folder, 'data')}`]);
    try {
      await new Promise((resolve) => child.once('spawn', resolve));
      const member = { name: 'a-1', folder, port: 9200, pid: child.pid };
      for (let looked = 0; looked < 1000; looked++) expect(await isRunning(member)).toBe(true);
    } finally {
      child.kill('SIGKILL');
    }
    await new Promise((resolve) => child.once('exit', resolve));
    expect(await isRunning({ name: 'a-1', folder, port: 9200, pid: child.pid })).toBe(false);
  });
});

describe('what a node says as it ends', () => {
  it('is its trouble, once, without frames and ordinary lines', () => {
    const log = [
      'WARNING: Using incubator modules: jdk.incubator.vector',
      '[2026-01-01T00:00:00,000][INFO ][o.o.n.Node] [a-1] JVM arguments [-XX:+HeapDumpOnOutOfMemoryError]',
      '[2026-01-01T00:00:01,000][ERROR][o.o.b.X   ] [a-1] uncaught exception in thread [main]',
      'org.opensearch.bootstrap.StartupException: SettingsException[unknown setting [x]]',
      '\tat org.opensearch.bootstrap.OpenSearch.init(OpenSearch.java:183)',
      'Caused by: SettingsException[unknown setting [x]]',
      '\t... 6 more',
      'SettingsException[unknown setting [x]]',
      '\tat org.opensearch.common.settings.X',
    ].join('\n');
    expect(meaningful(log)).toEqual([
      '[2026-01-01T00:00:01,000][ERROR][o.o.b.X   ] [a-1] uncaught exception in thread [main]',
      'SettingsException[unknown setting [x]]',
    ]);
  });
});

describe('the options of the JVM', () => {
  it('write nothing into the shared installation', () => {
    const text = '-XX:HeapDumpPath=data\n-XX:ErrorFile=logs/e%p.log\n9-:-Xlog:gc*:file=logs/gc.log:utctime\n';
    expect(movedJvmOptions(text, '/n/logs')).toBe(
      '-XX:HeapDumpPath=/n/logs\n-XX:ErrorFile=/n/logs/e%p.log\n9-:-Xlog:gc*:file=/n/logs/gc.log:utctime\n',
    );
  });
});
