import { assemble } from './assemble.ts';
import { stopLock } from './down.ts';
import { DevError, throwIfInterrupted } from './errors.ts';
import { machine, requireJava } from './java.ts';
import { withLock } from './lock.ts';
import { assertOptions, dataDifferences, differences } from './options.ts';
import { cachePaths, makeCache } from './paths.ts';
import { nodeAccount } from './platform.ts';
import { isRunning } from './process.ts';
import { nodeUrl, waitUntilReady } from './ready.ts';
import { dataFolder, logFile, type NodeRecord, nodeFolder, readRecord } from './records.ts';
import { planRecord, startMembers, undoStart } from './start.ts';
import { inStep } from './steps.ts';
import type { DevIo, NodeOptions, RunningNode } from './types.ts';

/** Brings a local node up, or finds it up. The first time, its installation is assembled. */
export async function up(options: NodeOptions, io: DevIo): Promise<RunningNode> {
  const release = assertOptions(options);
  const { security, without } = options;
  const env = io.env ?? process.env;
  const paths = cachePaths(env);
  const account = await nodeAccount();
  await makeCache(paths, account);
  return withLock(paths.locks, `node-${options.name}`, io, async () => {
    // One that is being stopped answers for a while yet, and then is gone.
    await withLock(paths.locks, stopLock(options.name), io, async () => undefined);
    const previous = await readRecord(paths, options.name);
    const alive = await Promise.all(previous?.members.map(isRunning) ?? []);
    const runs = alive.includes(true);
    if (previous !== undefined) assertAgrees(previous, options, runs);
    if (previous !== undefined && runs && !alive.includes(false)) {
      await waitUntilReady(previous, io);
      return handle(previous, nodeFolder(paths, previous.name), true);
    }
    const java = await requireJava(release, machine(env));
    const install = await assemble({ release, security, without }, java, paths, io);
    throwIfInterrupted(io.signal);
    // Two nodes that start at once must not choose the same ports: held until the processes run.
    const started = await withLock(paths.locks, 'ports', io, async () => {
      const record = previous !== undefined && runs ? previous : await planRecord(options, previous, paths);
      const detail = `OpenSearch ${record.version} on Java ${java.major} (${java.home})`;
      return inStep(io, 'start', detail, () => startMembers(record, { install, java, account, env }, paths));
    });
    try {
      await waitUntilReady(started, io);
    } catch (error) {
      const forget = previous === undefined && io.signal?.aborted === true;
      await inStep(io, 'stop', options.name, () => undoStart(started, previous, forget, paths));
      throw error;
    }
    return handle(started, nodeFolder(paths, started.name), false);
  });
}

function assertAgrees(record: NodeRecord, options: NodeOptions, runs: boolean): void {
  const found = runs ? differences(record, options) : dataDifferences(record, options);
  if (found.length === 0) return;
  const purge = dataDifferences(record, options).length > 0 ? ' --purge' : '';
  throw new DevError(
    'DEV_NODE_DIFFERS',
    `A node named ${record.name} ${runs ? 'runs' : 'has data'} with other options: ${found.join('; ')}.`,
    `Stop it (rerankctl dev down --name ${record.name}${purge}), or choose another --name.`,
    { failure: 'refused' },
  );
}

function handle(record: NodeRecord, folder: string, reused: boolean): RunningNode {
  const [first] = record.members;
  return {
    name: record.name,
    url: nodeUrl(record),
    version: record.version,
    security: record.security,
    ports: record.members.map(({ port }) => port),
    pids: record.members.map(({ pid }) => pid).filter((pid) => pid !== undefined),
    ...(record.credentials === undefined ? {} : { credentials: record.credentials }),
    dataDir: first === undefined ? folder : dataFolder(first),
    logFile: first === undefined ? folder : logFile(first),
    reused,
  };
}
