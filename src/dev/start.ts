import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareMember } from './member.ts';
import type { CachePaths } from './paths.ts';
import { choosePorts, isPortFree, transportPort } from './ports.ts';
import { isRunning, type Launch, launch, stop } from './process.ts';
import { type Member, type NodeRecord, nodeFolder, readRecords, writeRecord } from './records.ts';
import { demoCredentials, demoSettings } from './security.ts';
import { applyOverrides, mlSettings, placementSettings, type Settings } from './settings.ts';
import type { NodeOptions } from './types.ts';

export type Machine = Omit<Launch, 'heap' | 'javaOpts'>;

/** A single node below this opens ML Commons' memory breaker after a few models. */
const singleHeap = '2g';
const clusterHeap = '1g';

/** Decides where a node runs: its folders, and ports that no program and no other node has. */
export async function planRecord(
  options: NodeOptions,
  previous: NodeRecord | undefined,
  paths: CachePaths,
): Promise<NodeRecord> {
  const spokenFor = new Map<number, string>();
  for (const other of await readRecords(paths)) {
    for (const member of other.members) {
      if (!(await isRunning(member))) continue;
      for (const port of [member.port, transportPort(member.port)])
        spokenFor.set(port, `the node ${other.name}`);
    }
  }
  const ports = await choosePorts(
    { count: options.nodes, wanted: options.port, preferred: previous?.members[0]?.port },
    // A node that is starting has not bound its ports yet.
    async (port) => spokenFor.get(port) ?? ((await isPortFree(port)) ? undefined : 'another program'),
  );
  const folder = nodeFolder(paths, options.name);
  const members = ports.map((port, at): Member => {
    const name = `${options.name}-${at + 1}`;
    return { name, folder: join(folder, name), port, pid: undefined };
  });
  return {
    format: 1,
    name: options.name,
    version: options.version,
    security: options.security,
    heap: options.heap?.toLowerCase() ?? (options.nodes === 1 ? singleHeap : clusterHeap),
    settings: options.settings,
    javaOpts: options.javaOpts,
    without: options.without,
    members,
    ...(options.security
      ? { credentials: demoCredentials(join(folder, `${options.name}-1`, 'config')) }
      : {}),
  };
}

/** Starts the members that do not run, and returns the record with their process ids; all of them or none. */
export async function startMembers(
  record: NodeRecord,
  machine: Machine,
  paths: CachePaths,
): Promise<NodeRecord> {
  await mkdir(nodeFolder(paths, record.name), { recursive: true });
  let current = record;
  try {
    for (const member of record.members) {
      if (await isRunning(member)) continue;
      const settings = await settingsOf(record, member, machine.install.home);
      await prepareMember(member, machine.install, settings, machine.account);
      const pid = await launch(member, { ...machine, heap: record.heap, javaOpts: record.javaOpts });
      current = withPid(current, member, pid);
      // At once: a command killed here must leave a node that the next one knows.
      await writeRecord(paths, current);
    }
  } catch (error) {
    await undoStart(current, record, false, paths);
    throw error;
  }
  return current;
}

async function settingsOf(record: NodeRecord, member: Member, installHome: string): Promise<Settings> {
  const placed = placementSettings({
    cluster: `rerankctl-${record.name}`,
    node: member.name,
    httpPort: member.port,
    transportPort: transportPort(member.port),
    transportPorts: record.members.map(({ port }) => transportPort(port)),
    nodeNames: record.members.map(({ name }) => name),
  });
  const security = record.security ? await demoSettings(installHome) : {};
  const ml = record.without.includes('opensearch-ml') ? {} : mlSettings(record.security);
  return applyOverrides({ ...placed, ...security, ...ml }, record.settings);
}

/** Takes back a start that did not succeed: only what it started stops, and a node it made new disappears. */
export async function undoStart(
  started: NodeRecord,
  ranBefore: NodeRecord | undefined,
  forget: boolean,
  paths: CachePaths,
): Promise<void> {
  const before = new Set(ranBefore?.members.map(({ pid }) => pid));
  const ours = started.members.filter(({ pid }) => !before.has(pid));
  await stop(ours);
  if (forget) {
    await rm(nodeFolder(paths, started.name), { recursive: true, force: true });
    return;
  }
  await writeRecord(
    paths,
    ours.reduce((record, member) => withPid(record, member, undefined), started),
  );
}

function withPid(record: NodeRecord, member: Member, pid: number | undefined): NodeRecord {
  return {
    ...record,
    members: record.members.map((other) => (other.name === member.name ? { ...other, pid } : other)),
  };
}
