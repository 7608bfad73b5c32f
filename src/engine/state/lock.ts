import { randomUUID } from 'node:crypto';
import { RerankctlError } from '../../core/errors.ts';
import type { Listener } from '../../core/events.ts';
import { isObject, numberAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { forbiddenItem } from '../../opensearch/permissions.ts';
import { pause } from '../../opensearch/signals.ts';
import { prepareStateIndex, type StateOperation, writeState } from './bulk.ts';
import { documentId, type Revision, readDocument, STATE_INDEX, stateDocument } from './format.ts';
import { type Holder, isGone, type LockRecord, thisProcess } from './holder.ts';
import { readState, type State } from './read.ts';

interface Stored {
  readonly record: LockRecord;
  readonly revision: Revision;
}

/** A holder that gives no sign of life for so long is dead. */
export const LEASE_MS = 15_000;
const RENEW_MS = LEASE_MS / 3;
/** The holder itself stops trusting its lease earlier than others begin to take it away. */
const MARGIN_MS = 3_000;

/** Real time, unlike the search that a state is read with. */
async function readLock(cluster: Cluster, stack: string): Promise<Stored | undefined> {
  const { body } = await cluster.request({
    method: 'GET',
    path: `/${STATE_INDEX}/_doc/${encodeURIComponent(documentId(stack, 'lock'))}`,
    accept: [404],
  });
  const source = isObject(body) ? body._source : undefined;
  const seqNo = numberAt(body, '_seq_no');
  const primaryTerm = numberAt(body, '_primary_term');
  if (!isObject(source) || seqNo === undefined || primaryTerm === undefined) return undefined;
  const record = readDocument(stack, source)?.record;
  if (record === undefined) return undefined;
  return { record: record as unknown as LockRecord, revision: { seqNo, primaryTerm } };
}

function lockOperation(
  stack: string,
  record: LockRecord,
  revision: Revision | undefined,
): StateOperation & { document: object } {
  return { id: documentId(stack, 'lock'), document: stateDocument(stack, 'lock', record), revision };
}

/**
 * The revision after it; `undefined` when somebody else was faster, or this very write was, whose answer got lost: it
 * is sent again after a broken connection, such as an idle one that a proxy has closed.
 */
async function writeLock(
  cluster: Cluster,
  stack: string,
  record: LockRecord,
  revision: Revision | undefined,
): Promise<Revision | undefined> {
  const operation = lockOperation(stack, record, revision);
  const [outcome] = await writeState(cluster, [operation], { repeatable: true });
  if (outcome === undefined) throw new Error('a bulk request of one operation had no outcome');
  if ('revision' in outcome) return outcome.revision;
  if (outcome.conflict) return undefined;
  const forbidden = forbiddenItem(outcome.problem, 'writing the lock');
  if (forbidden !== undefined) throw forbidden;
  throw new RerankctlError(
    'server',
    'RCTL_STATE_WRITE',
    `The lock of stack ${stack} could not be written: ${outcome.problem}`,
  );
}

/**
 * The right to change one stack, alone. It is kept alive while it is held; whoever finds that it was lost stops
 * before the next write. Its number is one more than that of any holder before.
 */
export class Lease {
  readonly fence: number;
  readonly holder: Holder;
  readonly #cluster: Cluster;
  readonly #stack: string;
  #revision: Revision;
  #validUntil: number;
  #lost: RerankctlError | undefined;
  #renewing: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(
    cluster: Cluster,
    stack: string,
    held: { fence: number; holder: Holder; revision: Revision; since: number },
  ) {
    this.#cluster = cluster;
    this.#stack = stack;
    this.fence = held.fence;
    this.holder = held.holder;
    this.#revision = held.revision;
    this.#validUntil = held.since + LEASE_MS - MARGIN_MS;
    // A renewal that fails is tried again by the next one, and by whoever wants to write.
    this.#timer = setInterval(() => void this.#renew().catch(() => undefined), RENEW_MS).unref();
  }

  /** Resolves when this run may write; throws `RCTL_LOCK_LOST` when it may not any more. */
  async confirm(): Promise<void> {
    if (this.#lost === undefined && performance.now() >= this.#validUntil) await this.#renew();
    if (this.#lost !== undefined) throw this.#lost;
  }

  #renew(): Promise<void> {
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renewOnce(): Promise<void> {
    if (this.#lost !== undefined) return;
    const from = performance.now();
    const record = {
      fence: this.fence,
      holder: { ...this.holder, renewed: new Date().toISOString() },
    };
    const revision = await writeLock(this.#cluster, this.#stack, record, this.#revision);
    if (revision !== undefined) {
      this.#revision = revision;
      this.#validUntil = from + LEASE_MS - MARGIN_MS;
      return;
    }
    const now = await readLock(this.#cluster, this.#stack);
    if (now?.record.holder?.run === this.holder.run) {
      // Our own renewal, whose answer was lost.
      this.#revision = now.revision;
      return this.#renewOnce();
    }
    clearInterval(this.#timer);
    this.#lost = lockLost(this.#stack, now?.record.holder);
  }

  /** Gives the lock back, together with what else is to be written. A lock that was lost is left to its holder. */
  async release(more: readonly StateOperation[] = []): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing?.catch(() => undefined);
    if (this.#lost !== undefined) return;
    const record = { fence: this.fence };
    await writeState(this.#cluster, [...more, lockOperation(this.#stack, record, this.#revision)]);
  }
}

/**
 * Takes the lock of a stack for the run that has read `state`. Throws `RCTL_LOCKED` when another run holds it, and
 * `RCTL_PLAN_STALE` when another has ended since: what was planned may not be true any more.
 */
export async function acquireLease(
  cluster: Cluster,
  stack: string,
  state: State,
  options: { readonly command: string; readonly signal: AbortSignal; readonly listener?: Listener },
): Promise<Lease> {
  if (!state.indexReady) await prepareStateIndex(cluster);
  const holder: Holder = { run: randomUUID(), ...thisProcess(options.command) };
  const seen = state.lock;
  let known: Stored | undefined = seen;
  let takenOver = false;
  if (seen?.record.holder !== undefined) {
    known = await readLock(cluster, stack);
    if (known?.record.holder !== undefined) {
      await awaitDeath(cluster, stack, known, options);
      takenOver = true;
    } else if (known?.record.fence !== seen.record.fence) throw planStale(stack);
  }
  const fence = (known?.record.fence ?? 0) + 1;
  const since = performance.now();
  const written = await writeLock(cluster, stack, { fence, holder }, known?.revision);
  const winner = written === undefined ? await readLock(cluster, stack) : undefined;
  const { holder: faster } = winner?.record ?? {};
  const revision = written ?? (faster?.run === holder.run ? winner?.revision : undefined);
  if (revision === undefined) {
    if (faster === undefined) throw planStale(stack);
    if (!isGone(faster)) throw locked(stack, faster);
    // The last request of a run that was killed, which was still on its way when the state was read.
    return acquireLease(cluster, stack, { ...state, lock: winner }, options);
  }
  const lease = new Lease(cluster, stack, { fence, holder, revision, since });
  if ((takenOver || seen?.record.holder !== undefined) && !(await isCurrent(cluster, stack, state))) {
    await lease.release();
    throw planStale(stack);
  }
  return lease;
}

/** Returns when the holder is surely dead; throws when it lives. */
async function awaitDeath(
  cluster: Cluster,
  stack: string,
  { record, revision }: Stored,
  { signal, listener }: { readonly signal: AbortSignal; readonly listener?: Listener },
): Promise<void> {
  const { holder } = record;
  if (holder === undefined || isGone(holder)) return;
  const silentMs = Date.now() - Date.parse(holder.renewed);
  // A clock that is wrong makes this false or true, but takes nothing away: the silence is heard out below.
  if (silentMs < 2 * RENEW_MS) throw locked(stack, holder);
  // Between two looks at the lock the holder, were it alive, would have renewed it.
  const wait = Math.min(LEASE_MS, Math.max(RENEW_MS + 1_000, LEASE_MS - silentMs));
  listener?.({ type: 'lock.awaited', holder: describeHolder(holder), waitMs: wait });
  await pause(wait, signal);
  const now = await readLock(cluster, stack);
  const silent = now?.revision.seqNo === revision.seqNo && now.revision.primaryTerm === revision.primaryTerm;
  if (!silent) throw now?.record.holder === undefined ? planStale(stack) : locked(stack, now.record.holder);
}

/** Has the state not moved since it was read? The holder that died may have written after that. */
async function isCurrent(cluster: Cluster, stack: string, state: State): Promise<boolean> {
  const { revisions } = await readState(cluster, stack);
  return (
    revisions.size === state.revisions.size &&
    [...revisions].every(([address, { seqNo }]) => state.revisions.get(address)?.seqNo === seqNo)
  );
}

/** Who holds the lock of a state that was just read, as far as anybody can tell without hearing a silence out. */
export function holderOf({ lock }: Pick<State, 'lock'>): Holder | undefined {
  const holder = lock?.record.holder;
  if (holder === undefined || isGone(holder)) return undefined;
  // Whatever the clocks say: one that is an hour ahead must not seem to hold it for an hour.
  return Math.abs(Date.now() - Date.parse(holder.renewed)) < LEASE_MS ? holder : undefined;
}

/** Takes the lock away from whoever holds it, who then stops before the next write. The holder that it had. */
export async function breakLock(cluster: Cluster, stack: string): Promise<Holder | undefined> {
  const found = await readLock(cluster, stack);
  if (found?.record.holder === undefined) return undefined;
  const record = { fence: found.record.fence + 1 };
  const revision = await writeLock(cluster, stack, record, found.revision);
  // It was renewed or given back in this very moment.
  return revision === undefined ? breakLock(cluster, stack) : found.record.holder;
}

export function describeHolder({ user, host, pid, command, since, renewed }: Holder): string {
  const ago = Math.max(0, Math.round((Date.now() - Date.parse(renewed)) / 1000));
  return `${user} on ${host} (${command}, process ${pid}), since ${since}, last sign of life ${ago} s ago`;
}

/** `RCTL_LOCKED`. */
export function locked(stack: string, holder: Holder): RerankctlError {
  return new RerankctlError(
    'refused',
    'RCTL_LOCKED',
    `The stack ${stack} is being changed by ${describeHolder(holder)}.`,
    {
      remedy: `Wait until that run ends, then run this again. A run that died is noticed after ${LEASE_MS / 1000} s. If you are sure that it is dead: rerankctl state unlock --stack ${stack}`,
    },
  );
}

function lockLost(stack: string, holder: Holder | undefined): RerankctlError {
  const who = holder === undefined ? 'it was unlocked' : `it went to ${describeHolder(holder)}`;
  return new RerankctlError(
    'refused',
    'RCTL_LOCK_LOST',
    `This run has lost the lock of stack ${stack} (${who}), and stopped before its next write.`,
    { remedy: 'Look at what the other run does, then plan and apply again.' },
  );
}

function planStale(stack: string): RerankctlError {
  return new RerankctlError(
    'refused',
    'RCTL_PLAN_STALE',
    `Another run has changed the stack ${stack} since this was planned. Nothing was changed.`,
    { remedy: 'Plan and apply again.' },
  );
}
