import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cachePaths } from './paths.ts';
import { isRunning } from './process.ts';
import { nodeUrl } from './ready.ts';
import { dataFolder, logFile, type NodeRecord, nodeFolder, readRecords } from './records.ts';
import type { NodeStatus } from './types.ts';

/** Every node there is a record of, by name. */
export async function status(env: NodeJS.ProcessEnv = process.env): Promise<NodeStatus[]> {
  const paths = cachePaths(env);
  const records = await readRecords(paths);
  return Promise.all(records.map((record) => statusOf(record, nodeFolder(paths, record.name))));
}

async function statusOf(record: NodeRecord, folder: string): Promise<NodeStatus> {
  const alive = await Promise.all(record.members.map(isRunning));
  const pids = record.members.map(({ pid }, at) => (alive[at] ? pid : undefined));
  const sizes = await Promise.all(record.members.map((member) => sizeOf(dataFolder(member))));
  const [first] = record.members;
  return {
    name: record.name,
    url: nodeUrl(record),
    version: record.version,
    security: record.security,
    nodes: record.members.length,
    pids: pids.filter((pid) => pid !== undefined),
    state: alive.every(Boolean) ? 'running' : alive.some(Boolean) ? 'partial' : 'stopped',
    dataBytes: sizes.reduce((sum, size) => sum + size, 0),
    dataDir: first === undefined ? folder : dataFolder(first),
    logFile: first === undefined ? folder : logFile(first),
    ...(record.credentials === undefined ? {} : { credentials: record.credentials }),
  };
}

/** A running node deletes files while they are counted: what is gone counts nothing. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = entries.map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sizeOf(path);
    return stat(path).then(
      ({ size }) => size,
      () => 0,
    );
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
