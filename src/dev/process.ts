import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Install } from './assemble.ts';
import { nativeEnvironment } from './catalogue.ts';
import { DevError, systemCode } from './errors.ts';
import { exec } from './exec.ts';
import type { Java } from './java.ts';
import type { Account } from './platform.ts';
import { dataFolder, logFile, type Member } from './records.ts';

const graceMs = 30_000;
const pollMs = 100;
/** Longer than a process is between two programs, even where it waits for a core. */
const execMs = 2_000;

export interface Launch {
  readonly install: Install;
  readonly java: Java;
  readonly heap: string;
  readonly javaOpts: readonly string[];
  readonly account: Account | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** On the command line of the start script and then of the JVM: what tells our process from a stranger's. */
function marker(member: Member): string {
  return `-Epath.data=${dataFolder(member)}`;
}

/** Starts one node so that it outlives this process, and returns its process id. */
export async function launch(member: Member, how: Launch): Promise<number> {
  const log = await open(logFile(member), 'w');
  try {
    const child = spawn(join(how.install.home, 'bin', 'opensearch'), [marker(member)], {
      cwd: member.folder,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      // Nothing of the user's environment but these: a node must start alike from every shell.
      env: {
        PATH: how.env.PATH || '/usr/bin:/bin',
        HOME: member.folder,
        LANG: 'C.UTF-8',
        TMPDIR: join(member.folder, 'tmp'),
        OPENSEARCH_TMPDIR: join(member.folder, 'tmp'),
        OPENSEARCH_JAVA_HOME: how.java.home,
        OPENSEARCH_PATH_CONF: join(member.folder, 'config'),
        OPENSEARCH_JAVA_OPTS: [`-Xms${how.heap}`, `-Xmx${how.heap}`, ...how.javaOpts].join(' '),
        ...nativeEnvironment(how.install.natives),
      },
      ...(how.account ?? {}),
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve(child.pid ?? 0));
    });
    child.unref();
    return pid;
  } finally {
    await log.close();
  }
}

/** Whether the recorded process still runs; a number that another program got since does not count. */
export async function isRunning(member: Member): Promise<boolean> {
  if (member.pid === undefined) return false;
  try {
    process.kill(member.pid, 0);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return false;
  }
  const deadline = Date.now() + execMs;
  let line = await commandLine(member.pid);
  // Between two programs of one process (the start script becomes the JVM) Linux shows no command line for a moment.
  while (line === '' && Date.now() < deadline && (await exists(member.pid))) {
    await sleep(pollMs / 10);
    line = await commandLine(member.pid);
  }
  return line.includes(marker(member));
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  }
  const result = await exec('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return result.lines.join(' ');
}

/** Asks the processes to end, and ends those that do not. */
export async function stop(members: readonly Member[]): Promise<number[]> {
  const running: Member[] = [];
  for (const member of members) if (await isRunning(member)) running.push(member);
  for (const member of running) signalTo(member, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  let left = running;
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(pollMs);
    left = await stillThere(left);
  }
  for (const member of left) signalTo(member, 'SIGKILL');
  while (left.length > 0) {
    await sleep(pollMs);
    left = await stillThere(left);
  }
  return running.map(({ pid }) => pid).filter((pid) => pid !== undefined);
}

async function stillThere(members: readonly Member[]): Promise<Member[]> {
  const there = await Promise.all(members.map(({ pid }) => pid !== undefined && exists(pid)));
  return members.filter((_, at) => there[at]);
}

/**
 * A JVM that ends loses its command line first and its ports and data lock last, so `isRunning` says no too
 * early for a restart. A process that ended and that nobody waits for (as in a container) counts as gone.
 */
async function exists(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return (await commandLine(pid)) !== '';
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  return stat !== '' && state !== 'Z' && state !== 'X';
}

function signalTo(member: Member, signal: NodeJS.Signals): void {
  if (member.pid === undefined) return;
  try {
    process.kill(member.pid, signal);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return;
    throw new DevError(
      'DEV_STOP_REFUSED',
      `The process ${member.pid} of ${member.name} belongs to another account.`,
      'Run the command as the account that started it.',
      { cause: error },
    );
  }
}
