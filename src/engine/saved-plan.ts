import { RerankctlError } from '../core/errors.ts';
import { canonicalJson, isObject, type JsonObject, textAt } from '../core/json.ts';
import { type Change, type Plan, pendingChanges } from '../core/plan.ts';
import { VERSION } from '../core/version.ts';

const FORMAT = '1.0';

/** What a plan was made from, so that the same can be made again. Paths are relative to the working directory. */
export interface PlanInputs {
  readonly files: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
  /** Variables that secrets are made of. They are not written down: whoever applies the plan gives them again. */
  readonly secretVars?: readonly string[];
  /** Of the manifests as they were read: see `Loaded.digest`. */
  readonly digest: string;
  readonly prune: boolean;
  readonly maxDeletes: number;
  readonly allowDataLoss: boolean;
  readonly targets: readonly string[];
  readonly excludes: readonly string[];
}

/**
 * A plan in a file. It holds no spec and no secret: to apply it, it is made again from the same manifests, and
 * must come out the same.
 */
export interface SavedPlan {
  readonly rerankctlPlan: typeof FORMAT;
  readonly rerankctl: string;
  readonly createdAt: string;
  readonly stack: string;
  readonly cluster: Plan['cluster'];
  readonly inputs: PlanInputs;
  readonly changes: readonly SavedChange[];
}

type SavedChange = Pick<
  Change,
  'address' | 'action' | 'steps' | 'fields' | 'id' | 'fingerprint' | 'movedFrom'
>;

function savedChange({ address, action, steps, fields, id, fingerprint, movedFrom }: Change): SavedChange {
  return {
    address,
    action,
    steps,
    fields,
    ...(id === undefined ? {} : { id }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(movedFrom === undefined ? {} : { movedFrom }),
  };
}

export function savePlan(plan: Plan, inputs: PlanInputs): SavedPlan {
  return {
    rerankctlPlan: FORMAT,
    rerankctl: VERSION,
    createdAt: new Date().toISOString(),
    stack: plan.stack,
    cluster: plan.cluster,
    inputs,
    changes: pendingChanges(plan).map(savedChange),
  };
}

/** Reads a saved plan. `undefined` for a text that is none; throws for one of another format. */
export function readSavedPlan(text: string): SavedPlan | undefined {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return undefined;
  }
  const format = textAt(found, 'rerankctlPlan');
  if (format === undefined) return undefined;
  if (format !== FORMAT || !isObject(found) || !isObject(found.inputs) || !Array.isArray(found.changes)) {
    throw new RerankctlError(
      'usage',
      'RCTL_PLAN_FORMAT',
      `This plan has the format ${format}; this rerankctl (${VERSION}) knows ${FORMAT}.`,
      { remedy: 'Plan again with the rerankctl that is to apply it.' },
    );
  }
  return found as unknown as SavedPlan;
}

function stale(why: string): RerankctlError {
  return new RerankctlError(
    'refused',
    'RCTL_PLAN_STALE',
    `The saved plan does not hold any more: ${why}. Nothing was changed.`,
    { remedy: 'Plan again, look at it, and apply the new one.' },
  );
}

/** Refuses a saved plan whose ground has moved, and says what has. `digest` is that of the manifests as they are now. */
export function refuseIfStale(saved: SavedPlan, now: Plan, digest: string): void {
  if (saved.cluster.uuid !== now.cluster.uuid) {
    throw stale(
      `it was made for the cluster ${saved.cluster.name} (${saved.cluster.uuid}), and this is ${now.cluster.name} (${now.cluster.uuid})`,
    );
  }
  if (saved.inputs.digest !== digest) throw stale('the manifests have changed since it was made');
  const planned = new Map(saved.changes.map((change) => [change.address, change]));
  const pending = new Map(pendingChanges(now).map((change) => [change.address, savedChange(change)]));
  for (const [address, change] of pending) {
    const before = planned.get(address);
    if (before === undefined) throw stale(`${address} has come to need a change (${change.action})`);
    if (before.action !== change.action) {
      throw stale(`${address} would now be another change (${change.action} instead of ${before.action})`);
    }
    if (canonicalJson(before as unknown as JsonObject) !== canonicalJson(change as unknown as JsonObject)) {
      throw stale(`${address} is not as it was: the change to it (${change.action}) would be another one`);
    }
  }
  const gone = saved.changes.find(({ address }) => !pending.has(address));
  if (gone !== undefined) throw stale(`${gone.address} needs no change any more (it was ${gone.action})`);
}
