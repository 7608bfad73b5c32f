import { type Address, parseAddress } from '../core/address.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Change } from '../core/plan.ts';
import type { Resource } from '../core/resource.ts';
import type { ValueObject } from '../core/value.ts';
import type { Removal } from '../kinds/kind.ts';
import { leftBehind } from './former.ts';
import { inDependencyOrder } from './graph.ts';
import type { Snapshot } from './snapshot.ts';
import type { StateRecord } from './state/read.ts';

export interface RemovalRules {
  /** More deletions than this are refused. */
  readonly maxDeletes: number;
  /** Delete also an index that holds documents which the stack did not put there. */
  readonly allowDataLoss: boolean;
}

/** A resource as the state remembers it, where no manifest tells. */
export function remembered(record: StateRecord): Resource {
  const { kind = '', name = '' } = parseAddress(record.address) ?? {};
  return {
    address: record.address,
    kind,
    name,
    labels: {},
    lifecycle: record.lifecycle ?? {},
    spec: (record.applied ?? {}) as ValueObject,
    movedFrom: [],
    since: [],
    dependsOn: record.dependsOn,
    folder: '',
    locate: () => ({}),
  };
}

function changeOf(record: StateRecord, removal: Removal): Change {
  const resource = remembered(record);
  const base = { address: record.address, kind: resource.kind, steps: [], fields: [], notes: [], resource };
  if (record.lifecycle?.on_remove === 'keep') {
    return {
      ...base,
      action: 'forget',
      keepsObject: true,
      reason: 'lifecycle.on_remove is keep: the object stays as it is',
    };
  }
  const [left] = leftBehind(record);
  if (removal.gone && left !== undefined) {
    const reason = 'it is gone from the cluster already, and earlier releases of it are not';
    return { ...base, action: 'delete', id: left, steps: ['delete'], reason };
  }
  if (removal.gone) {
    return { ...base, action: 'forget', keepsObject: true, reason: 'it is gone from the cluster already' };
  }
  const { id, steps, destructive, notes = [] } = removal;
  return {
    ...base,
    action: 'delete',
    id,
    steps,
    notes,
    ...(destructive === undefined ? {} : { destructive }),
  };
}

/** What leaves, dependents first, and why it may not. Pure. */
export function planRemovals(
  snapshot: Snapshot,
  rules: RemovalRules,
): { changes: Change[]; diagnostics: Diagnostic[] } {
  const changes: Change[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const record of inDependencyOrder(snapshot.leaving).reverse()) {
    const kind = parseAddress(record.address)?.kind ?? '';
    const removal = snapshot.kinds.get(kind)?.judgeRemoval(record) ?? { gone: true };
    const change = changeOf(record, removal);
    changes.push(change);
    if (change.action === 'delete') diagnostics.push(...objections(record, removal, rules));
  }
  diagnostics.push(...stillNeeded(changes));
  return { changes, diagnostics };
}

function objections(record: StateRecord, removal: Removal, rules: RemovalRules): Diagnostic[] {
  const { address, lifecycle } = record;
  const found: Diagnostic[] = [];
  if (lifecycle?.prevent_destroy) {
    found.push({
      severity: 'error',
      code: 'RCTL_PREVENT_DESTROY',
      address,
      message: `${address} was applied with lifecycle.prevent_destroy: it must not be deleted, also now that its manifest is gone.`,
      remedy:
        'To delete it: put the manifest back without prevent_destroy, apply, and then remove it. To keep the object and forget it here: rerankctl state rm.',
    });
  }
  const foreign = removal.gone ? 0 : (removal.foreignDocuments ?? 0);
  if (foreign > 0 && !rules.allowDataLoss) {
    found.push({
      severity: 'error',
      code: 'RCTL_DATA_LOSS',
      address,
      message: `${address} holds ${foreign === 1 ? 'a document' : `${foreign} documents`} that this stack did not put there; deleting it would lose ${foreign === 1 ? 'it' : 'them'}.`,
      remedy:
        'Pass --allow-data-loss when that is meant. To keep the index and forget it here: rerankctl state rm.',
    });
  }
  return found;
}

/** What is kept may refer to what would be deleted. */
function stillNeeded(changes: readonly Change[]): Diagnostic[] {
  const deleted = new Set<Address>(
    changes.filter(({ action }) => action === 'delete').map(({ address }) => address),
  );
  return changes.flatMap(({ action, address, resource }) => {
    const needed = resource.dependsOn.find((dependency) => deleted.has(dependency));
    if (action !== 'forget' || resource.lifecycle.on_remove !== 'keep' || needed === undefined) return [];
    return [
      {
        severity: 'error' as const,
        code: 'RCTL_STILL_NEEDED',
        address: needed,
        message: `${needed} would be deleted, but ${address}, which refers to it, is kept (lifecycle.on_remove).`,
        remedy: `Keep both, or let both go: apply ${address} once more with another lifecycle.on_remove.`,
      },
    ];
  });
}

/** Counted over what will really be done: a plan may have been limited to a part. */
export function tooMany(changes: readonly Change[], { maxDeletes }: RemovalRules): Diagnostic[] {
  const deletes = changes.filter(({ action }) => action === 'delete').length;
  if (deletes <= maxDeletes) return [];
  return [
    {
      severity: 'error',
      code: 'RCTL_MAX_DELETES',
      message: `This would delete ${deletes} resources; ${maxDeletes} are allowed in one run.`,
      remedy: `Were manifests left out by mistake? When all of them are meant: --max-deletes ${deletes}`,
    },
  ];
}
