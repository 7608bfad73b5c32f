import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DevError, systemCode, throwIfInterrupted } from './errors.ts';
import { inStep } from './steps.ts';
import type { DevIo } from './types.ts';

const beatMs = 2000;
const staleMs = 20_000;
const pollMs = 150;
const patienceMs = 15 * 60_000;

/**
 * Runs `work` while no other process does under the same name. The holder touches its file every two seconds,
 * so a lock whose holder was killed is known by its age, without trusting process ids across containers.
 */
export async function withLock<T>(
  folder: string,
  name: string,
  io: DevIo,
  work: () => Promise<T>,
): Promise<T> {
  const file = join(folder, `${name}.lock`);
  const token = `${process.pid} ${randomUUID()}\n`;
  if (!(await tryTake(file, token))) {
    await inStep(io, 'wait-for-lock', `another rerankctl is at work on ${name}`, () =>
      waitFor(file, token, name, io.signal),
    );
  }
  const beat = setInterval(() => {
    const now = new Date();
    // A lock taken away from us shows when it is released; there is nothing to do about it here.
    utimes(file, now, now).catch(() => undefined);
  }, beatMs);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await readFile(file, 'utf8').catch(() => '')) === token) await rm(file, { force: true });
  }
}

async function waitFor(
  file: string,
  token: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await tryTake(file, token))) {
    throwIfInterrupted(signal);
    if (Date.now() > deadline) {
      throw new DevError(
        'DEV_LOCKED',
        `Another rerankctl has been at work on ${name} for ${patienceMs / 60_000} minutes.`,
        `Stop it, or delete ${file} if it is gone.`,
      );
    }
    await sleep(pollMs);
  }
}

async function tryTake(file: string, token: string): Promise<boolean> {
  // A link appears with its content, where a file created and then written could be read empty.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, token);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    await removeIfStale(file);
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

async function removeIfStale(file: string): Promise<void> {
  const held = await readFile(file, 'utf8').catch(() => undefined);
  if (held === undefined || !(await isStale(file, held))) return;
  // Two waiters may both find it stale: what was moved away must be what was judged, else it goes back.
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
    if ((await readFile(aside, 'utf8')) !== held) await link(aside, file);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function isStale(file: string, held: string): Promise<boolean> {
  const touched = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );
  if (Date.now() - touched > staleMs) return true;
  try {
    process.kill(Number.parseInt(held, 10), 0);
    return false;
  } catch (error) {
    return systemCode(error) === 'ESRCH';
  }
}
