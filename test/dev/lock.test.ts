import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../src/dev/lock.ts';
import type { DevEvent, DevIo } from '../../src/dev/types.ts';
import { temporaryFolder } from './temporary-folder.ts';

const quiet: DevIo = { onEvent: () => undefined };

describe('a lock', () => {
  it('lets one in at a time, tells who waits, and leaves nothing behind', async () => {
    const at = await temporaryFolder();
    const events: DevEvent[] = [];
    let inside = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      expect(inside).toBe(1);
      await sleep(20);
      inside -= 1;
    };
    const io: DevIo = { onEvent: (event) => events.push(event) };
    await Promise.all(Array.from({ length: 5 }, () => withLock(at, 'a', io, work)));
    expect(events).toContainEqual(expect.objectContaining({ type: 'dev.step', step: 'wait-for-lock' }));
    expect(await readdir(at)).toEqual([]);
  });

  it('is released when the work fails', async () => {
    const at = await temporaryFolder();
    await expect(withLock(at, 'a', quiet, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(at, 'a', quiet, async () => 'next')).toBe('next');
  });

  it('is taken over from a process that is gone, by its number or by its silence', async () => {
    const at = await temporaryFolder();
    await writeFile(join(at, 'gone.lock'), '2147483646 x\n');
    expect(await withLock(at, 'gone', quiet, async () => 'taken')).toBe('taken');
    await writeFile(join(at, 'silent.lock'), `${process.pid} x\n`);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(join(at, 'silent.lock'), longAgo, longAgo);
    expect(await withLock(at, 'silent', quiet, async () => 'taken')).toBe('taken');
  });

  it('gives up waiting when interrupted', async () => {
    const at = await temporaryFolder();
    await writeFile(join(at, 'a.lock'), `${process.pid} x\n`);
    const io: DevIo = { ...quiet, signal: AbortSignal.timeout(30) };
    await expect(withLock(at, 'a', io, async () => 'never')).rejects.toMatchObject({
      code: 'DEV_INTERRUPTED',
    });
  });
});
