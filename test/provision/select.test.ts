import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Address } from '../../src/core/address.ts';
import type { Action, Change, Plan } from '../../src/core/plan.ts';
import { selectChanges } from '../../src/engine/select.ts';

function change(name: string, dependsOn: readonly Address[], action: Action): Change {
  const address: Address = `Kind/${name}`;
  const resource = {
    address,
    kind: 'Kind',
    name,
    labels: {},
    lifecycle: {},
    spec: {},
    movedFrom: [],
    dependsOn,
    folder: '',
    locate: () => ({}),
  };
  return { address, kind: 'Kind', action, steps: [], fields: [], notes: [], resource };
}

function planOf(changes: readonly Change[]): Plan {
  const cluster = { uuid: 'u', name: 'n', version: '3.6.0', url: 'http://localhost' };
  return { formatVersion: '1.0', stack: 'unit', cluster, changes, diagnostics: [] };
}

const addresses = (plan: Plan): Address[] => plan.changes.map(({ address }) => address);
const select = (plan: Plan, targets: string[], excludes: string[] = []): Plan =>
  selectChanges(plan, { targets, excludes }, addresses(plan));

/** A resource depends on some of those before it; the last ones leave, dependents first as the planner has it. */
const plans = fc
  .array(fc.record({ picks: fc.array(fc.nat({ max: 20 }), { maxLength: 3 }), leaves: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((drawn) => {
    const made: Change[] = [];
    for (const leaves of [false, true]) {
      const own: Change[] = [];
      for (const { picks } of drawn.filter((each) => each.leaves === leaves)) {
        const before = picks.flatMap((pick) => own[pick]?.address ?? []);
        own.push(
          change(
            `${leaves ? 'old' : 'new'}-${own.length}`,
            [...new Set(before)],
            leaves ? 'delete' : 'create',
          ),
        );
      }
      made.push(...(leaves ? own.reverse() : own));
    }
    return planOf(made);
  });

/** Nothing is done without what has to be done before. */
function isClosed(part: Plan, whole: Plan): boolean {
  const kept = new Set(addresses(part));
  const made = part.changes.filter(({ action }) => action !== 'delete');
  const deleted = whole.changes.filter(({ action }) => action === 'delete');
  return (
    made.every(({ resource }) => resource.dependsOn.every((address) => kept.has(address))) &&
    deleted.every(
      ({ address, resource }) => kept.has(address) || resource.dependsOn.every((other) => !kept.has(other)),
    )
  );
}

describe('--target and --exclude', () => {
  it('keep a part that can be applied alone, in its order, and keep it when asked again', () => {
    fc.assert(
      fc.property(plans, fc.array(fc.nat()), fc.array(fc.nat()), (plan, some, others) => {
        const all = addresses(plan);
        const pick = (numbers: number[]): Address[] => numbers.flatMap((n) => all[n % all.length] ?? []);
        const [targets, excludes] = [pick(some), pick(others)];
        const part = select(plan, targets, excludes);
        const kept = addresses(part);
        expect(isClosed(part, plan)).toBe(true);
        expect(kept).toEqual(all.filter((address) => kept.includes(address)));
        expect(kept.filter((address) => excludes.includes(address))).toEqual([]);
        const again = selectChanges(part, { targets, excludes }, all);
        expect(addresses(again)).toEqual(kept);
      }),
    );
  });

  const chain = planOf([
    change('group', [], 'create'),
    change('model', ['Kind/group'], 'create'),
    change('pipeline', ['Kind/model'], 'create'),
    change('old-pipeline', ['Kind/old-model'], 'delete'),
    change('old-model', [], 'delete'),
  ]);

  it('a target brings what it depends on; a deletion, those of what depends on it', () => {
    expect(addresses(select(chain, ['Kind/model']))).toEqual(['Kind/group', 'Kind/model']);
    expect(addresses(select(chain, ['Kind/old-model']))).toEqual(['Kind/old-pipeline', 'Kind/old-model']);
    expect(addresses(select(chain, ['Kind/old-pipeline']))).toEqual(['Kind/old-pipeline']);
    expect(addresses(select(chain, ['*old*']))).toEqual(['Kind/old-pipeline', 'Kind/old-model']);
  });

  it('an exclusion takes what depends on it; of a deletion, what it depends on', () => {
    expect(addresses(select(chain, [], ['Kind/model', 'Kind/old-pipeline']))).toEqual(['Kind/group']);
    expect(addresses(select(chain, [], ['Kind/old-model']))).toEqual([
      'Kind/group',
      'Kind/model',
      'Kind/pipeline',
      'Kind/old-pipeline',
    ]);
  });

  it('say how much is left out, and leave refusals of others out', () => {
    const refusal = { severity: 'error', code: 'RCTL_NO', message: 'no' } as const;
    const refused = {
      ...chain,
      diagnostics: [
        { ...refusal, address: 'Kind/pipeline' as const },
        { ...refusal, address: 'Kind/group' as const },
      ],
    };
    expect(select(refused, ['Kind/model']).diagnostics).toMatchObject([
      { code: 'RCTL_NO', address: 'Kind/group' },
      { code: 'RCTL_LIMITED', message: expect.stringContaining('3 pending changes are left out') },
    ]);
  });

  it('refuse an address that nobody has, with the nearest one', () => {
    expect(() => select(chain, ['Kind/modle'])).toThrow(
      expect.objectContaining({ code: 'RCTL_NO_SUCH_ADDRESS', remedy: 'Did you mean `Kind/model`?' }),
    );
  });
});
