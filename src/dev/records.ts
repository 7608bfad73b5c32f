import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReleaseVersion } from './catalogue.ts';
import { systemCode } from './errors.ts';
import type { CachePaths } from './paths.ts';
import type { Credentials } from './types.ts';

/** One process of a node or cluster. */
export interface Member {
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  readonly pid: number | undefined;
}

/** What is remembered of a named node between commands. */
export interface NodeRecord {
  readonly format: 1;
  readonly name: string;
  readonly version: ReleaseVersion;
  readonly security: boolean;
  readonly heap: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly javaOpts: readonly string[];
  readonly without: readonly string[];
  readonly members: readonly Member[];
  readonly credentials?: Credentials;
}

export function nodeFolder(paths: CachePaths, name: string): string {
  return join(paths.nodes, name);
}

export function dataFolder(member: Member): string {
  return join(member.folder, 'data');
}

export function logFile(member: Member): string {
  return join(member.folder, 'logs', 'console.log');
}

export async function readRecord(paths: CachePaths, name: string): Promise<NodeRecord | undefined> {
  try {
    return JSON.parse(await readFile(recordFile(paths, name), 'utf8')) as NodeRecord;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export async function readRecords(paths: CachePaths): Promise<NodeRecord[]> {
  const names = await readdir(paths.nodes).catch(() => []);
  const records = await Promise.all(names.toSorted().map((name) => readRecord(paths, name)));
  return records.filter((record) => record !== undefined);
}

export async function writeRecord(paths: CachePaths, record: NodeRecord): Promise<void> {
  const file = recordFile(paths, record.name);
  const draft = `${file}.${process.pid}`;
  // It holds a password, demo or not.
  await writeFile(draft, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

function recordFile(paths: CachePaths, name: string): string {
  return join(nodeFolder(paths, name), 'record.json');
}
