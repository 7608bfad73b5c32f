import { type Address, addressOf, parseAddress } from '../core/address.ts';
import { type Diagnostic, sortDiagnostics } from '../core/diagnostic.ts';
import { RerankctlError } from '../core/errors.ts';
import { type Plan, pendingChanges } from '../core/plan.ts';
import type { Resource } from '../core/resource.ts';
import { closest, listed, meant } from '../core/suggest.ts';
import { leavesOf, Reference } from '../core/value.ts';
import { findKind } from '../kinds/registry.ts';
import { dependentsOf } from './graph.ts';
import type { StateRecord } from './state/read.ts';

/** Addresses; `*` stands for any text. */
export interface Selection {
  readonly targets: readonly string[];
  readonly excludes: readonly string[];
}

/** What a plan does not tell: resources without a change in it, and who referred to what until now. */
export interface Ground {
  readonly resources: readonly Resource[];
  readonly records: ReadonlyMap<Address, Pick<StateRecord, 'dependsOn' | 'retire'>>;
}

/**
 * A plan limited to a part: `targets` and what they need, less `excludes` and what needs them.
 *
 * What a change needs:
 * - One of a resource that stays needs all that its manifest depends on, also what does not change: its ID is used.
 * - A deletion needs every change by which something stops referring to the object: the deletions of its dependents,
 *   and the updates of those that referred to it when they were last applied and stay. Otherwise the group would be
 *   deleted while its model is kept, or the model that a pipeline still reranks with. A forgotten resource counts as
 *   a deleted one: its object may stay and go on referring. What a deleted resource itself depended on may stay.
 * - A replacement needs its dependents that stay, because the old object is removed at its end; so does a change that
 *   removes what an earlier replacement left behind (`retire`). The dependents need the new object in turn: such a
 *   switch is made whole or not at all.
 *
 * What is excluded brings only its dependencies along, and none of these dependents: it does not happen.
 *
 * Refusals of what is left out are dropped, those of what is needed hold. A resource that is refused has no change
 * in the plan, so its dependencies have to come from `ground`. Throws on a pattern that matches none of `known`.
 */
export function selectChanges(
  plan: Plan,
  { targets, excludes }: Selection,
  known: readonly Address[],
  ground: Ground,
): Plan {
  if (targets.length === 0 && excludes.length === 0) return plan;
  const needs = needsOf(plan, ground);
  const users = dependentsOf(
    needs.map((need) => ({ ...need, dependsOn: [...need.dependsOn, ...need.with] })),
  );
  const excluded = reached(matching(excludes, known), (address) => users.get(address) ?? []);
  const byAddress = new Map(needs.map((need) => [need.address, need]));
  const kept = reached(matching(targets, known), (address) => {
    const need = byAddress.get(address);
    return need === undefined ? [] : [...need.dependsOn, ...(excluded.has(address) ? [] : need.with)];
  });
  const isSelected = (address: Address): boolean =>
    !excluded.has(address) && (targets.length === 0 || kept.has(address));

  const changes = plan.changes.filter(({ address }) => isSelected(address));
  const diagnostics = plan.diagnostics.filter(
    ({ severity, address }) => severity !== 'error' || address === undefined || isSelected(address),
  );
  const note = limitedNote(
    pendingChanges(plan).length - pendingChanges({ ...plan, changes }).length,
    plan.diagnostics.length - diagnostics.length,
  );
  return { ...plan, changes, diagnostics: sortDiagnostics([...diagnostics, ...note]) };
}

interface Needs {
  readonly address: Address;
  /** Must be there before. */
  readonly dependsOn: readonly Address[];
  /** Refer to an object that goes: must change in the same run. */
  readonly with: readonly Address[];
}

function needsOf(plan: Plan, { resources, records }: Ground): Needs[] {
  const leaving = plan.changes.filter(({ action }) => action === 'delete' || action === 'forget');
  const gone = new Set(leaving.map(({ address }) => address));
  const staying = new Map(
    [...resources, ...plan.changes.map(({ resource }) => resource)]
      .filter(({ address }) => !gone.has(address))
      .map((resource) => [resource.address, resource]),
  );
  const replaced = new Set(
    plan.changes
      .filter(({ action, keepsId }) => action === 'replace' && keepsId !== true)
      .map(({ address }) => address),
  );
  const remaining = dependentsOf(
    [...staying.values()].map((resource) => {
      const { address } = resource;
      return { address, dependsOn: [...refersTo(resource), ...(records.get(address)?.dependsOn ?? [])] };
    }),
  );
  const removed = dependentsOf(leaving.map(({ resource }) => resource));
  return [
    ...[...staying.values()].map(({ address, dependsOn }) => {
      const loses = replaced.has(address) || (records.get(address)?.retire?.length ?? 0) > 0;
      return { address, dependsOn, with: loses ? (remaining.get(address) ?? []) : [] };
    }),
    ...leaving.map(({ address }) => ({
      address,
      dependsOn: [],
      with: [...(removed.get(address) ?? []), ...(remaining.get(address) ?? [])],
    })),
  ];
}

/** Those whose IDs its object holds. What has no object, like a Verification, holds none. */
function refersTo({ kind, spec }: Resource): Address[] {
  if (!findKind(kind)?.provisions) return [];
  return leavesOf(spec).flatMap((leaf) => (leaf instanceof Reference ? leaf.address : []));
}

function reached(from: readonly Address[], next: (address: Address) => readonly Address[]): Set<Address> {
  const found = new Set(from);
  // A set that grows while it is walked is walked to its new end.
  for (const address of found) for (const other of next(address)) found.add(other);
  return found;
}

function matching(patterns: readonly string[], known: readonly Address[]): Address[] {
  return patterns.flatMap((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
    const whole = new RegExp(`^${parts.join('.*')}$`, 's');
    const found = known.filter((address) => whole.test(address));
    if (found.length === 0) throw noSuchAddress(pattern, known);
    return found;
  });
}

function noSuchAddress(pattern: string, known: readonly Address[]): RerankctlError {
  const near = nearest(pattern, known);
  const some = [...known].sort().slice(0, 5);
  const examples =
    some.length === 0
      ? 'There is no resource at all.'
      : `An address is Kind/name, like ${listed(some)}; * is a wildcard.`;
  return new RerankctlError('refused', 'RCTL_NO_SUCH_ADDRESS', `No resource matches ${pattern}.`, {
    remedy: near === undefined ? examples : meant(near),
  });
}

/** Kind and name are mended each by itself: two addresses of one kind are always spelt somewhat alike. */
function nearest(pattern: string, known: readonly Address[]): string | undefined {
  const all = known.flatMap((address) => parseAddress(address) ?? []);
  const asked = parseAddress(pattern) ?? { kind: undefined, name: pattern };
  const named = all.find(({ name }) => name === asked.name);
  if (named !== undefined) return addressOf(named.kind, named.name);
  const kinds = all.map(({ kind }) => kind);
  const kind = asked.kind === undefined ? undefined : closest(asked.kind, kinds);
  if (kind !== undefined && kind !== asked.kind && asked.name.includes('*'))
    return addressOf(kind, asked.name);
  const candidates = all.filter((one) => asked.kind === undefined || one.kind === kind);
  const name = closest(
    asked.name,
    candidates.map((one) => one.name),
  );
  const found = candidates.find((one) => one.name === name);
  return found === undefined ? undefined : addressOf(found.kind, found.name);
}

function limitedNote(changes: number, refusals: number): Diagnostic[] {
  if (changes === 0 && refusals === 0) return [];
  const left = changes === 1 ? '1 pending change is left out' : `${changes} pending changes are left out`;
  const refused =
    refusals === 0 ? '' : `, and ${refusals === 1 ? '1 error' : `${refusals} errors`} with them`;
  return [
    {
      severity: 'note',
      code: 'RCTL_LIMITED',
      message: `Limited by --target or --exclude: ${left}${refused}.`,
    },
  ];
}
