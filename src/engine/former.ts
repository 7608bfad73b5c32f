import type { Lifecycle, Resource } from '../core/resource.ts';
import type { Former, StateRecord } from './state/read.ts';

/** So many earlier releases are kept where the manifest does not say. */
const KEEP = 1;

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What becomes of the objects that earlier releases have left. */
export interface Settled {
  /** IDs that go out of service and stay. */
  readonly rest: readonly string[];
  /** IDs that go. */
  readonly remove: readonly string[];
  /** As the state is to know it when that is done. */
  readonly record: StateRecord;
}

export function keepOf({ keep = KEEP }: Lifecycle): number {
  return keep;
}

/**
 * What a pipeline was until now joins what it was before; those that are too many are forgotten, and so is the one that
 * a rollback has returned to.
 */
export function withFormer(
  before: StateRecord,
  { lifecycle, former: restored }: Resource,
  until: string,
): Former[] {
  const { applied, facts, former = [] } = before;
  const latest: Former = {
    ...(applied === undefined ? {} : { applied }),
    ...(facts === undefined ? {} : { facts }),
    until,
  };
  const others = former.filter((each) => restored === undefined || each.until !== restored.until);
  return [latest, ...others].slice(0, keepOf(lifecycle));
}

/**
 * Once nothing refers to them: the object that was replaced joins the earlier ones, which rest when their time has
 * come, and go when they are too many or cannot be returned to. `now` in milliseconds since the epoch.
 */
export function settleFormer(record: StateRecord, lifecycle: Lifecycle, now: number): Settled {
  const { retire = [], previous, former = [], ...rest } = record;
  const known = former.filter(({ id }) => id !== record.id);
  const replaced = previous?.id !== undefined && previous.id !== record.id && previous.applied !== undefined;
  const joins = replaced && !known.some(({ id }) => id === previous.id);
  const restsAt = new Date(now + graceOf(lifecycle)).toISOString();
  const all: Former[] = [...(joins ? [{ ...previous, restsAt }] : []), ...known];
  const staying = all.slice(0, keepOf(lifecycle));
  const ids = new Set(staying.map(({ id }) => id));
  const due = staying.filter((each) => isDue(each, now));
  const remove = [...retire, ...all.flatMap(({ id }) => id ?? [])].filter(
    (id) => !ids.has(id) && id !== record.id,
  );
  const next = staying.map((each) => (due.includes(each) ? resting(each) : each));
  return {
    rest: due.flatMap(({ id }) => id ?? []),
    remove: [...new Set(remove)],
    record: next.length === 0 ? rest : { ...rest, former: next },
  };
}

/** Why an object that nothing refers to is to be taken care of now; `undefined` while there is nothing to do. */
export function overdue(record: StateRecord, lifecycle: Lifecycle, now: number): string | undefined {
  if ((record.retire?.length ?? 0) > 0) return 'an interrupted run left it behind';
  const former = (record.former ?? []).filter(({ id }) => id !== undefined);
  const surplus = former.slice(keepOf(lifecycle));
  if (surplus.length > 0) return `lifecycle.keep is ${keepOf(lifecycle)}`;
  const due = former.find((each) => isDue(each, now));
  return due === undefined ? undefined : `${due.id} was to stay deployed until ${due.restsAt}`;
}

/** IDs of objects that are there because of this record, and that it does not stand for itself. */
export function leftBehind({ retire = [], former = [] }: Partial<StateRecord>): string[] {
  return [...new Set([...retire, ...former.flatMap(({ id }) => id ?? [])])];
}

function isDue({ restsAt }: Former, now: number): boolean {
  return restsAt !== undefined && Date.parse(restsAt) <= now;
}

function resting({ restsAt: _past, ...former }: Former): Former {
  return former;
}

function graceOf({ retire_after = '0s' }: Lifecycle): number {
  return Number(retire_after.slice(0, -1)) * (UNIT_MS[retire_after.slice(-1)] ?? 0);
}
