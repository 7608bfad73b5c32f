import type { Address } from '../core/address.ts';
import { type Diagnostic, sortDiagnostics } from '../core/diagnostic.ts';
import { difference, MASKED_BEFORE } from '../core/difference.ts';
import { type JsonObject, sameJson } from '../core/json.ts';
import type { Change, FieldChange, Plan } from '../core/plan.ts';
import { diagnosticAt, type Lifecycle, type Resource } from '../core/resource.ts';
import { resolveReferences, type Value, type ValueObject } from '../core/value.ts';
import type { KindSnapshot, ProvisionedKind, Recorded, Verdict } from '../kinds/kind.ts';
import { kindOf } from '../kinds/registry.ts';
import { attributed } from './attribution.ts';
import { keepOf, overdue } from './former.ts';
import { inDependencyOrder } from './graph.ts';
import { ignoredFields, withLive } from './ignored.ts';
import { recordedFor } from './intent.ts';
import { measuredFirst } from './release.ts';
import { planRemovals, type RemovalRules } from './removal.ts';
import { sameAsSealed } from './secrets.ts';
import type { Snapshot } from './snapshot.ts';
import type { StateRecord } from './state/read.ts';

/** `removals`: what no manifest names any more is deleted, under these rules; without them it is left alone. */
export interface PlanRules {
  readonly removals?: RemovalRules;
}

type Sound = Exclude<Verdict, { action: 'refuse' }>;

/** Differences between what was last applied and what the manifest says now; secrets by their hash. */
function changedSince(recorded: Recorded, spec: ValueObject): FieldChange[] {
  return difference(recorded.applied ?? {}, spec, {
    keys: 'exact',
    same: (_pointer, before, after) => sameAsSealed(before, after),
  });
}

interface Judged {
  readonly verdict: Verdict;
  /** With what the cluster holds in the place of ignored fields. */
  readonly resource: Resource;
  readonly spec: ValueObject;
}

function judge(
  resource: Resource,
  record: StateRecord | undefined,
  live: KindSnapshot,
  idOf: (address: Address) => string | undefined,
): Judged {
  const recorded = recordedFor(resource, record);
  const ask = (asked: Resource): Judged => {
    const spec = resolveReferences(asked.spec as Value, idOf) as ValueObject;
    const question = {
      resource: asked,
      spec,
      recorded,
      changedSince: (since: Recorded) => changedSince(since, spec),
    };
    return { verdict: live.judge(question), resource: asked, spec };
  };
  const first = ask(resource);
  if (!('fields' in first.verdict)) return first;
  const ignored = ignoredFields(resource, first.verdict.fields);
  const secret = ignored.find(({ before }) => before === MASKED_BEFORE);
  if (secret !== undefined) return { ...first, verdict: secretIgnored(resource, secret) };
  return ignored.length === 0 ? first : ask({ ...resource, spec: withLive(resource.spec, ignored) });
}

/** What the cluster holds would have to be sent back to it, and of a secret that is known to nobody. */
function secretIgnored(resource: Resource, { pointer }: FieldChange): Verdict {
  return {
    action: 'refuse',
    diagnostics: [
      diagnosticAt(resource, `/spec${pointer}`, {
        severity: 'error',
        code: 'RCTL_IGNORED_SECRET',
        message: `lifecycle.ignore_changes names ${pointer}, which is a secret and has changed: what the cluster holds there cannot be sent back to it.`,
        remedy: `Take ${pointer} out of lifecycle.ignore_changes, or give the value that the cluster is to keep.`,
      }),
    ],
  };
}

function changeOf(
  { resource, spec }: Judged,
  verdict: Sound,
  record: StateRecord | undefined,
  from: Address | undefined,
  readAt: number,
): Change {
  const change: Change = {
    address: resource.address,
    kind: resource.kind,
    action: verdict.action,
    steps: [],
    fields: [],
    notes: verdict.notes ?? [],
    resource,
    ...(from === undefined ? {} : { movedFrom: from }),
    ...(verdict.id === undefined ? {} : { id: verdict.id }),
    ...('fingerprint' in verdict ? { fingerprint: verdict.fingerprint } : {}),
  };
  switch (verdict.action) {
    case 'none':
    case 'adopt':
      return ofStateAlone(change, verdict, record, readAt);
    case 'create':
      return {
        ...change,
        steps: verdict.steps,
        ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
        // It was there after the last apply.
        ...(record?.id === undefined ? {} : { drifted: true }),
      };
    default: {
      const fields = attributed(verdict.fields, record?.applied, spec);
      const drifted = verdict.drifted || fields.some(({ by }) => by === 'cluster' || by === 'both');
      return {
        ...change,
        steps: verdict.steps,
        fields,
        ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
        ...(verdict.destructive === undefined ? {} : { destructive: verdict.destructive }),
        ...(verdict.restores === undefined ? {} : { restores: verdict.restores }),
        ...(drifted && record !== undefined ? { drifted: true } : {}),
        ...(verdict.keepsId === undefined ? {} : { keepsId: true }),
      };
    }
  }
}

/** The object is as it should be. What the state knows of it may not be. */
function ofStateAlone(
  change: Change,
  verdict: Extract<Sound, { action: 'none' | 'adopt' }>,
  record: StateRecord | undefined,
  readAt: number,
): Change {
  const because = record === undefined ? undefined : overdue(record, change.resource.lifecycle, readAt);
  if (because !== undefined) {
    return { ...change, action: 'update', keepsObject: true, steps: ['retire the old one'], reason: because };
  }
  if (verdict.action === 'adopt') {
    return { ...change, keepsObject: true, ...(verdict.facts === undefined ? {} : { facts: verdict.facts }) };
  }
  // Under another address the object is still the same one.
  if (change.movedFrom !== undefined) return { ...change, action: 'move', keepsObject: true };
  if (record !== undefined && !isRemembered(change.resource, record)) {
    return {
      ...change,
      action: 'update',
      keepsObject: true,
      steps: ['remember its lifecycle and dependencies'],
      reason: 'they have changed in the manifest',
    };
  }
  return change;
}

function isRemembered({ lifecycle, dependsOn }: Resource, record: StateRecord): boolean {
  return (
    sameJson(inFull(lifecycle), inFull(record.lifecycle ?? {})) &&
    sameJson([...dependsOn], [...record.dependsOn])
  );
}

/** What the state remembers of a lifecycle, with its defaults. */
function inFull(lifecycle: Lifecycle): JsonObject {
  const { prevent_destroy = false, on_remove = 'delete', strategy = 'blue_green' } = lifecycle;
  const { retire_after = '0s' } = lifecycle;
  return { prevent_destroy, on_remove, strategy, retire_after, keep: keepOf(lifecycle) };
}

function objections(
  change: Change,
  kind: ProvisionedKind,
  from: Address | undefined,
): Diagnostic | undefined {
  const { resource } = change;
  if (change.action === 'replace' && resource.lifecycle.prevent_destroy) {
    const fields = change.fields.map(({ pointer }) => pointer.slice(1).replaceAll('/', '.')).join(', ');
    return diagnosticAt(resource, '/metadata/lifecycle/prevent_destroy', {
      severity: 'error',
      code: 'RCTL_PREVENT_DESTROY',
      message: `${change.address} would be replaced${fields === '' ? '' : ` (because of ${fields})`}, and lifecycle.prevent_destroy forbids that.`,
      remedy: 'Take the change back, or set prevent_destroy to false.',
    });
  }
  if (from !== undefined && kind.namedByManifest) {
    return diagnosticAt(resource, '/metadata/moved_from', {
      severity: 'error',
      code: 'RCTL_MOVE_NAMED',
      message: `${from} cannot become ${change.address}: the name of a manifest of kind ${kind.name} is the name on the server, which cannot be changed there.`,
      remedy: 'Give the manifest its old name back, or make the new one beside the old.',
    });
  }
  return undefined;
}

/**
 * Compares manifests with the cluster and with what was last applied. Pure: same input, same plan; nothing is
 * read and nothing is written here.
 */
export function makePlan(resources: readonly Resource[], snapshot: Snapshot, rules: PlanRules = {}): Plan {
  const ids = new Map<Address, string>();
  const changes: Change[] = [];
  const diagnostics: Diagnostic[] = [];
  const refused = new Set<Address>();
  for (const resource of inDependencyOrder(resources)) {
    const kind = kindOf(resource.kind);
    const live = snapshot.kinds.get(resource.kind);
    if (!kind.provisions || live === undefined) continue;
    const record = snapshot.records.get(resource.address);
    const judged = judge(resource, record, live, (address) => ids.get(address));
    const { verdict } = judged;
    if (verdict.action === 'refuse') {
      diagnostics.push(...verdict.diagnostics);
      refused.add(resource.address);
      continue;
    }
    // What would become of it hangs on a resource that is refused: nothing true can be said of it.
    if (resource.dependsOn.some((address) => refused.has(address))) {
      refused.add(resource.address);
      continue;
    }
    // What replaces an object has another ID than it, mostly, and nobody knows it yet, unless it is one that was kept.
    const anew = verdict.action === 'replace' && verdict.keepsId !== true;
    const id = anew ? verdict.restores?.id : verdict.id;
    if (id !== undefined) ids.set(resource.address, id);
    const from = snapshot.moves.get(resource.address);
    const change = changeOf(judged, verdict, record, from, snapshot.readAt);
    const objection = objections(change, kind, from);
    if (objection !== undefined) diagnostics.push(objection);
    changes.push(change);
  }
  const verifications = resources.filter(({ kind }) => !kindOf(kind).provisions);
  // A rollback names what it returns to, and nothing else.
  const whole = resources.every(({ former }) => former === undefined);
  const removals =
    rules.removals === undefined
      ? { changes: [], diagnostics: whole ? leftAlone(snapshot) : [] }
      : planRemovals(snapshot, rules.removals);
  return {
    formatVersion: '1.0',
    stack: snapshot.stack,
    cluster: snapshot.cluster,
    changes: [...measuredFirst(changes, verifications), ...removals.changes],
    verifications,
    diagnostics: sortDiagnostics([...diagnostics, ...removals.diagnostics]),
  };
}

/** Resources that the state knows and no manifest names: said, and left alone. */
function leftAlone({ stack, leaving }: Snapshot): Diagnostic[] {
  const left = leaving.map(({ address }) => address).sort();
  if (left.length === 0) return [];
  const shown = left.slice(0, 5).join(', ') + (left.length > 5 ? `, and ${left.length - 5} more` : '');
  return [
    {
      severity: 'note',
      code: 'RCTL_NOT_IN_MANIFESTS',
      message: `The stack ${stack} also holds ${shown}, which no manifest given here names. They are left alone.`,
      remedy: 'To delete them: --prune. To forget them and keep the objects: rerankctl state rm.',
    },
  ];
}
