import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { VERSION } from '../../core/version.ts';

/** Who holds the lock, for people and for whoever wants it next. Times are ISO 8601. */
export interface Holder {
  /** Tells two runs apart, also of one process. */
  readonly run: string;
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  /** Names one boot of one machine, or one container of it; absent where that cannot be told. */
  readonly machine?: string;
  readonly command: string;
  readonly version: string;
  readonly since: string;
  readonly renewed: string;
}

export interface LockRecord {
  /** Fencing number: one more with each holder. */
  readonly fence: number;
  readonly holder?: Holder;
}

/**
 * One boot of one machine and, inside a container, its own numbering of processes: where this is the same, a
 * process number means the same process. Linux alone can tell; elsewhere a dead holder is noticed by its silence.
 */
function machineId(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number without a name.
    return String(process.getuid?.() ?? 'unknown');
  }
}

export function thisProcess(command: string): Omit<Holder, 'run'> {
  const machine = machineId();
  const now = new Date().toISOString();
  return {
    user: userName(),
    host: hostname(),
    pid: process.pid,
    ...(machine === undefined ? {} : { machine }),
    command,
    version: VERSION,
    since: now,
    renewed: now,
  };
}

/** Is it a process of this machine that is not there any more? */
export function isGone({ machine, pid }: Holder): boolean {
  if (machine === undefined || machine !== machineId()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
