import { rm } from 'node:fs/promises';
import { withLock } from './lock.ts';
import { assertName } from './options.ts';
import { cachePaths } from './paths.ts';
import { stop } from './process.ts';
import { type NodeRecord, nodeFolder, readRecord, readRecords, writeRecord } from './records.ts';
import { inStep } from './steps.ts';
import type { DevIo } from './types.ts';

export interface DownOptions {
  readonly name: string;
  /** Every node there is, whatever `name` says. */
  readonly all: boolean;
  /** Deletes data, configuration and logs too; installations stay. */
  readonly purge: boolean;
}

export interface Downed {
  readonly name: string;
  /** `absent`: no such node was ever made, or it was purged. */
  readonly was: 'running' | 'stopped' | 'absent';
  readonly stoppedPids: readonly number[];
  readonly purged: boolean;
}

/**
 * Stops nodes and keeps their data, unless told otherwise. Does not wait for an `up`: stopping a node that is starting
 * is allowed, and its `up` then reports that it ended. An `up` that comes while a node stops waits for this.
 */
export async function down(options: DownOptions, io: DevIo): Promise<Downed[]> {
  if (!options.all) assertName(options.name);
  const paths = cachePaths(io.env ?? process.env);
  const named = options.all ? await readRecords(paths) : [await readRecord(paths, options.name)];
  const records = named.filter((record) => record !== undefined);
  if (records.length === 0 && !options.all) {
    return [{ name: options.name, was: 'absent', stoppedPids: [], purged: false }];
  }
  return Promise.all(
    records.map((record) =>
      withLock(paths.locks, stopLock(record.name), io, async (): Promise<Downed> => {
        const stoppedPids = await inStep(io, 'stop', record.name, () => stop(record.members));
        if (options.purge) await rm(nodeFolder(paths, record.name), { recursive: true, force: true });
        else await writeRecord(paths, withoutPids(record));
        return {
          name: record.name,
          was: stoppedPids.length > 0 ? 'running' : 'stopped',
          stoppedPids,
          purged: options.purge,
        };
      }),
    ),
  );
}

/** Held while a node of this name is being stopped. */
export function stopLock(name: string): string {
  return `stop-${name}`;
}

function withoutPids(record: NodeRecord): NodeRecord {
  return { ...record, members: record.members.map((member) => ({ ...member, pid: undefined })) };
}
