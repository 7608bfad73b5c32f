import type { Address } from '../core/address.ts';
import { type Diagnostic, sortDiagnostics } from '../core/diagnostic.ts';
import { difference } from '../core/difference.ts';
import type { Change, FieldChange, Plan } from '../core/plan.ts';
import type { Resource } from '../core/resource.ts';
import { resolveReferences, type Value, type ValueObject } from '../core/value.ts';
import type { Recorded, Verdict } from '../kinds/kind.ts';
import { kindOf } from '../kinds/registry.ts';
import { inDependencyOrder } from './graph.ts';
import { recordedFor } from './intent.ts';
import { sameAsSealed } from './secrets.ts';
import type { Snapshot } from './snapshot.ts';
import type { StateRecord } from './state.ts';

/** Differences between what was last applied and what the manifest says now; secrets by their hash. */
function changedSince(recorded: Recorded, spec: ValueObject): FieldChange[] {
  return difference(recorded.applied ?? {}, spec, {
    keys: 'exact',
    same: (_pointer, before, after) => sameAsSealed(before, after),
  });
}

function changeOf(
  resource: Resource,
  verdict: Exclude<Verdict, { action: 'refuse' }>,
  record: StateRecord | undefined,
): Change {
  const change: Change = {
    address: resource.address,
    kind: resource.kind,
    action: verdict.action,
    steps: [],
    fields: [],
    notes: verdict.notes ?? [],
    resource,
    ...(verdict.id === undefined ? {} : { id: verdict.id }),
  };
  switch (verdict.action) {
    case 'none':
    case 'adopt':
      // A run that was killed between replacing and removing left its old object behind.
      if ((record?.retire?.length ?? 0) > 0) {
        return {
          ...change,
          action: 'update',
          retiresOnly: true,
          steps: ['retire the old one'],
          reason: 'an interrupted run left it behind',
        };
      }
      return verdict.facts === undefined ? change : { ...change, facts: verdict.facts };
    case 'create':
      return {
        ...change,
        steps: verdict.steps,
        ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
      };
    default:
      return {
        ...change,
        steps: verdict.steps,
        fields: verdict.fields,
        ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
        ...(verdict.destructive === undefined ? {} : { destructive: verdict.destructive }),
      };
  }
}

/**
 * Compares manifests with the cluster and with what was last applied. Pure: same input, same plan; nothing is
 * read and nothing is written here.
 */
export function makePlan(resources: readonly Resource[], snapshot: Snapshot): Plan {
  const ids = new Map<Address, string>();
  const changes: Change[] = [];
  const diagnostics: Diagnostic[] = [];
  const refused = new Set<Address>();
  for (const resource of inDependencyOrder(resources)) {
    const kind = kindOf(resource.kind);
    const live = snapshot.kinds.get(resource.kind);
    if (!kind.provisions || live === undefined) continue;
    const spec = resolveReferences(resource.spec as Value, (address) => ids.get(address)) as ValueObject;
    const record = snapshot.state.records.get(resource.address);
    const verdict = live.judge({
      resource,
      spec,
      recorded: recordedFor(resource, record),
      changedSince: (recorded) => changedSince(recorded, spec),
    });
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
    // What replaces an object has another ID than it, and nobody knows it yet.
    if (verdict.id !== undefined && verdict.action !== 'replace') ids.set(resource.address, verdict.id);
    changes.push(changeOf(resource, verdict, record));
  }
  return {
    formatVersion: '1.0',
    stack: snapshot.stack,
    cluster: snapshot.cluster,
    changes,
    diagnostics: sortDiagnostics([...diagnostics, ...unmanaged(resources, snapshot)]),
  };
}

/** Resources that the state knows and no manifest names: said, and left alone. */
function unmanaged(resources: readonly Resource[], snapshot: Snapshot): Diagnostic[] {
  const named = new Set(resources.map((resource) => resource.address));
  const left = [...snapshot.state.records.keys()].filter((address) => !named.has(address)).sort();
  if (left.length === 0) return [];
  const shown = left.slice(0, 5).join(', ') + (left.length > 5 ? `, and ${left.length - 5} more` : '');
  return [
    {
      severity: 'note',
      code: 'RCTL_NOT_IN_MANIFESTS',
      message: `The stack ${snapshot.stack} also holds ${shown}, which no manifest given here names. They are left alone.`,
    },
  ];
}
