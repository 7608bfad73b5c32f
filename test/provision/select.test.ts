import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Address } from '../../src/core/address.ts';
import type { Diagnostic } from '../../src/core/diagnostic.ts';
import { type Action, type Change, type Plan, pendingChanges } from '../../src/core/plan.ts';
import type { Resource } from '../../src/core/resource.ts';
import { Reference } from '../../src/core/value.ts';
import { type Ground, type Selection, selectChanges } from '../../src/engine/select.ts';

interface Made {
  readonly address: Address;
  readonly action: Action | 'refuse';
  readonly dependsOn?: readonly Address[];
  /** As last applied; absent where nothing was. */
  readonly before?: readonly Address[];
  readonly retire?: readonly string[];
}

function resourceOf({ address, dependsOn = [] }: Made): Resource {
  const [kind = '', name = ''] = address.split('/');
  return {
    address,
    kind,
    name,
    labels: {},
    lifecycle: {},
    spec: Object.fromEntries(dependsOn.map((other, i) => [`field_${i}`, new Reference(other)])),
    movedFrom: [],
    since: [],
    dependsOn,
    folder: '/',
    locate: () => ({}),
  };
}

function isLeaving({ action }: { action: string }): boolean {
  return action === 'delete' || action === 'forget';
}

function refusal(address: Address): Diagnostic {
  return { severity: 'error', code: 'RCTL_NO', message: `${address} is refused`, address };
}

/** What `makePlan` would make: a refused resource has a diagnostic and no change. */
function planOf(made: readonly Made[], more: readonly Diagnostic[] = []): { plan: Plan; ground: Ground } {
  const changes = made.flatMap((one): Change[] => {
    const resource = resourceOf(one);
    if (one.action === 'refuse') return [];
    const { address, action } = one;
    return [{ address, kind: resource.kind, action, steps: [], fields: [], notes: [], resource }];
  });
  const refused = made.flatMap(({ address, action }) => (action === 'refuse' ? [refusal(address)] : []));
  return {
    plan: {
      formatVersion: '1.0',
      stack: 'unit',
      cluster: { uuid: 'u', name: 'n', version: '3.6.0', url: 'http://localhost' },
      changes,
      verifications: [],
      diagnostics: [...refused, ...more],
    },
    ground: {
      resources: made.filter((one) => !isLeaving(one)).map(resourceOf),
      records: new Map(
        made.flatMap(({ address, before, retire }) =>
          before === undefined ? [] : [[address, { dependsOn: before, ...(retire && { retire }) }]],
        ),
      ),
    },
  };
}

function select(made: readonly Made[], { targets = [], excludes = [] }: Partial<Selection>): Plan {
  const { plan, ground } = planOf(made);
  return selectChanges(
    plan,
    { targets, excludes },
    made.map(({ address }) => address),
    ground,
  );
}

function addressesOf({ changes }: Plan): Address[] {
  return changes.map(({ address }) => address);
}

const CHAIN: readonly Made[] = [
  { address: 'ModelGroup/g', action: 'none' },
  { address: 'Model/m', action: 'create', dependsOn: ['ModelGroup/g'] },
  { address: 'SearchPipeline/p', action: 'create', dependsOn: ['Model/m'] },
  { address: 'Index/i', action: 'update', dependsOn: ['SearchPipeline/p'] },
  { address: 'SeedData/s', action: 'create', dependsOn: ['Index/i'] },
  { address: 'Index/other', action: 'create' },
];

describe('--target', () => {
  it('keeps what is named and all it depends on, in the order of the plan', () => {
    const made = select(CHAIN, { targets: ['SearchPipeline/p'] });
    expect(addressesOf(made)).toEqual(['ModelGroup/g', 'Model/m', 'SearchPipeline/p']);
    expect(made.diagnostics).toEqual([
      {
        severity: 'note',
        code: 'RCTL_LIMITED',
        message: 'Limited by --target or --exclude: 3 pending changes are left out.',
      },
    ]);
  });

  it('may be given more than once, and * stands for any text', () => {
    expect(addressesOf(select(CHAIN, { targets: ['Model*', 'Index/o*r'] }))).toEqual([
      'ModelGroup/g',
      'Model/m',
      'Index/other',
    ]);
    expect(addressesOf(select(CHAIN, { targets: ['*/g', 'Index/other'] }))).toHaveLength(2);
    expect(select(CHAIN, { targets: ['*'] }).diagnostics).toEqual([]);
  });

  it('takes every other sign of a pattern for itself', () => {
    const odd: readonly Made[] = [
      { address: 'Index/a.b+(c)[d]$', action: 'create' },
      { address: 'Index/aXb', action: 'create' },
    ];
    expect(addressesOf(select(odd, { targets: ['Index/a.b+(c)[d]$'] }))).toEqual(['Index/a.b+(c)[d]$']);
    expect(() => select(odd, { targets: ['Index/a.b'] })).toThrow('No resource matches Index/a.b');
  });

  it('of a resource without a change, like a Verification, keeps what that needs', () => {
    const { plan, ground } = planOf(CHAIN);
    const check = resourceOf({ address: 'Verification/v', action: 'none', dependsOn: ['Model/m'] });
    const made = selectChanges(plan, { targets: ['Verification/v'], excludes: [] }, [check.address], {
      ...ground,
      resources: [...ground.resources, check],
    });
    expect(addressesOf(made)).toEqual(['ModelGroup/g', 'Model/m']);
  });
});

describe('--exclude', () => {
  it('takes away what is named and all that depends on it', () => {
    expect(addressesOf(select(CHAIN, { excludes: ['SearchPipeline/*'] }))).toEqual([
      'ModelGroup/g',
      'Model/m',
      'Index/other',
    ]);
  });

  it('takes away from what --target keeps', () => {
    const both = { targets: ['SeedData/s', 'Index/other'], excludes: ['SearchPipeline/p'] };
    expect(addressesOf(select(CHAIN, both))).toEqual(['ModelGroup/g', 'Model/m', 'Index/other']);
  });
});

describe('a pattern that matches nothing', () => {
  it.each([
    ['another kind', 'Index/m', 'Did you mean `Model/m`?'],
    ['no kind', 'othr', 'Did you mean `Index/other`?'],
    ['a slip in the kind', 'Modle/m', 'Did you mean `Model/m`?'],
    ['a slip in the kind of a wildcard', 'SerchPipeline/*', 'Did you mean `SearchPipeline/*`?'],
    ['a slip in the name', 'Index/ohter', 'Did you mean `Index/other`?'],
    ['nothing near', 'Nonsense/nowhere', 'An address is Kind/name, like `Index/i`'],
  ])('%s: a refusal that helps', (_what, pattern, remedy) => {
    for (const selection of [{ targets: [pattern] }, { excludes: [pattern] }]) {
      expect(() => select(CHAIN, selection)).toThrow(
        expect.objectContaining({
          failure: 'refused',
          code: 'RCTL_NO_SUCH_ADDRESS',
          remedy: expect.stringContaining(remedy),
        }),
      );
    }
    expect(() => select([], { targets: ['Index/i'] })).toThrow(
      expect.objectContaining({ remedy: 'There is no resource at all.' }),
    );
  });
});

describe('refusals', () => {
  const made: readonly Made[] = [
    { address: 'Model/bad', action: 'refuse' },
    { address: 'SearchPipeline/needs-bad', action: 'refuse', dependsOn: ['Model/bad'] },
    { address: 'Model/good', action: 'create' },
  ];
  const errorsOf = ({ diagnostics }: Plan) => diagnostics.filter(({ severity }) => severity === 'error');

  it('of what is left out are dropped, and the note counts them', () => {
    const limited = select(made, { targets: ['Model/good'] });
    expect(errorsOf(limited)).toEqual([]);
    expect(limited.diagnostics[0]?.message).toContain(
      '0 pending changes are left out, and 2 errors with them',
    );
    expect(errorsOf(select(made, { excludes: ['Model/bad'] }))).toEqual([]);
  });

  it('hold of what is needed, also by something that has no change because of them', () => {
    expect(errorsOf(select(made, { targets: ['SearchPipeline/needs-bad'] }))).toContainEqual(
      refusal('Model/bad'),
    );
  });

  it('without an address hold always', () => {
    const tooMany: Diagnostic = { severity: 'error', code: 'RCTL_MAX_DELETES', message: 'too many' };
    const { plan, ground } = planOf(made, [tooMany]);
    const limited = selectChanges(plan, { targets: ['Model/good'], excludes: [] }, ['Model/good'], ground);
    expect(errorsOf(limited)).toEqual([tooMany]);
  });
});

describe('deletions', () => {
  const group: Made = { address: 'ModelGroup/g', action: 'delete', before: [] };
  const model: Made = {
    address: 'Model/m',
    action: 'delete',
    dependsOn: ['ModelGroup/g'],
    before: ['ModelGroup/g'],
  };

  it('take those of their dependents along, and leave what they depended on', () => {
    expect(addressesOf(select([model, group], { targets: ['ModelGroup/g'] }))).toEqual([
      'Model/m',
      'ModelGroup/g',
    ]);
    expect(addressesOf(select([model, group], { targets: ['Model/m'] }))).toEqual(['Model/m']);
  });

  it('that are excluded keep what they depend on', () => {
    expect(addressesOf(select([model, group], { excludes: ['Model/m'] }))).toEqual([]);
    expect(addressesOf(select([model, group], { excludes: ['ModelGroup/g'] }))).toEqual(['Model/m']);
    const forgotten: Made = { ...model, action: 'forget' };
    expect(addressesOf(select([forgotten, group], { excludes: ['Model/m'] }))).toEqual([]);
  });

  it('wait for what stays to let go of the object', () => {
    const made: readonly Made[] = [
      { address: 'Model/new', action: 'create' },
      { address: 'SearchPipeline/p', action: 'update', dependsOn: ['Model/new'], before: ['Model/m'] },
      model,
      group,
    ];
    expect(addressesOf(select(made, { targets: ['Model/m'] }))).toEqual([
      'Model/new',
      'SearchPipeline/p',
      'Model/m',
    ]);
    expect(addressesOf(select(made, { excludes: ['SearchPipeline/p'] }))).toEqual(['Model/new']);
  });
});

describe('a replacement', () => {
  const made: readonly Made[] = [
    { address: 'Model/m', action: 'replace', before: [] },
    { address: 'Index/x', action: 'create' },
    {
      address: 'SearchPipeline/p',
      action: 'update',
      dependsOn: ['Index/x', 'Model/m'],
      before: ['Model/m'],
    },
    { address: 'SearchPipeline/old', action: 'delete', dependsOn: ['Model/m'], before: ['Model/m'] },
  ];

  it('is made with all that refers to the old object, or not at all', () => {
    expect(addressesOf(select(made, { targets: ['Model/m'] }))).toEqual([
      'Model/m',
      'Index/x',
      'SearchPipeline/p',
    ]);
    expect(addressesOf(select(made, { excludes: ['SearchPipeline/p'] }))).toEqual([
      'Index/x',
      'SearchPipeline/old',
    ]);
  });

  it('counts as referred to by a manifest of which the state knows nothing', () => {
    const unknown = made.map(({ before: _lost, ...one }) => one);
    expect(addressesOf(select(unknown, { targets: ['Model/m'] }))).toContain('SearchPipeline/p');
    const check: Made = { address: 'Verification/v', action: 'refuse', dependsOn: ['Model/m', 'Index/x'] };
    const alone = unknown.filter(({ action }) => action !== 'update');
    expect(addressesOf(select([...alone, check], { targets: ['Model/m'] }))).toEqual(['Model/m']);
  });

  it('that is excluded brings none of them', () => {
    expect(addressesOf(select(made, { targets: ['Model/m'], excludes: ['Model/m'] }))).toEqual([]);
  });

  it('that left its old object behind counts until that is gone', () => {
    const [model, ...rest] = made;
    const retiring: Made = { address: 'Model/m', action: 'update', before: [], retire: ['old'] };
    expect(model?.address).toBe(retiring.address);
    const limited = select([retiring, ...rest], { targets: ['Model/m'] });
    expect(addressesOf(limited)).toContain('SearchPipeline/p');
  });
});

const KINDS = ['ModelGroup', 'Model', 'Index', 'SearchPipeline', 'SeedData'] as const;
const STAYING = ['none', 'create', 'update', 'replace', 'adopt', 'move', 'refuse'] as const;

/** Any acyclic graph of resources that stay, and of others that leave: what stays depends on nothing that leaves. */
const scene = fc
  .record({
    sizes: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 6 })),
    kinds: fc.infiniteStream(fc.constantFrom(...KINDS)),
    actions: fc.infiniteStream(fc.constantFrom(...STAYING)),
    removals: fc.infiniteStream(fc.constantFrom('delete', 'forget')),
    edge: fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
    pick: fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
    plain: fc.boolean(),
  })
  .map(({ sizes: [stay, leave], kinds, actions, removals, edge, pick, plain }) => {
    const some = (from: readonly Address[], by = edge) => from.filter(() => by.next().value === 0);
    const named = (n: number) =>
      Array.from({ length: n }, (_, i): Address => `${kinds.next().value ?? 'Model'}/${i}`);
    const staying = named(stay);
    const leaving = named(plain ? 0 : leave).map((address): Address => `${address}-gone`);
    const refused = new Set<Address>();
    const stays = staying.map((address, i): Made => {
      const dependsOn = some(staying.slice(0, i));
      let action = actions.next().value ?? 'none';
      if (plain && action === 'replace') action = 'update';
      if (dependsOn.some((other) => refused.has(other))) action = 'refuse';
      if (action === 'refuse') refused.add(address);
      const before = action === 'create' ? {} : { before: some([...staying.slice(0, i), ...leaving]) };
      return { address, action, dependsOn, ...before };
    });
    const leaves = leaving.map((address, i): Made => {
      const before = some([...staying, ...leaving.slice(0, i)]);
      return { address, action: removals.next().value ?? 'delete', dependsOn: before, before };
    });
    const made = [...stays, ...leaves.reverse()];
    const all = made.map(({ address }) => address);
    return { made, all, plain, targets: some(all, pick), excludes: some(all, pick) };
  });

function law(holds: (given: typeof scene extends fc.Arbitrary<infer T> ? T : never) => void): void {
  fc.assert(fc.property(scene, holds), { seed: 20_261_123, numRuns: 500 });
}

describe('A limited plan', () => {
  it('never holds a change without the pending changes that it depends on', () => {
    law(({ made, targets, excludes }) => {
      const limited = new Set(addressesOf(select(made, { targets, excludes })));
      const pending = new Set(pendingChanges(planOf(made).plan).map(({ address }) => address));
      for (const one of made.filter(({ address }) => limited.has(address))) {
        // What a deleted resource depended on may stay.
        const needed = isLeaving(one) ? [] : (one.dependsOn ?? []);
        for (const other of needed) if (pending.has(other)) expect(limited).toContain(other);
      }
    });
  });

  it('never removes an object while something that it does not change still refers to it', () => {
    law(({ made, targets, excludes }) => {
      const limited = new Set(addressesOf(select(made, { targets, excludes })));
      for (const { address, action, before = [] } of made) {
        if (limited.has(address) || action === 'refuse') continue;
        for (const other of made.filter((one) => before.includes(one.address) && limited.has(one.address))) {
          expect(other.action === 'delete' || other.action === 'forget').toBe(false);
          // What leaves and is kept for now is in no worse a place than without --prune.
          if (!isLeaving({ action })) expect(other.action).not.toBe('replace');
        }
      }
    });
  });

  it('refuses rather than to remove what a refused resource still refers to', () => {
    law(({ made, targets, excludes }) => {
      const { changes, diagnostics } = select(made, { targets, excludes });
      const losing = new Set(
        changes.filter(({ action }) => isLeaving({ action }) || action === 'replace').map((c) => c.address),
      );
      for (const { address, action, before = [] } of made) {
        if (action !== 'refuse' || !before.some((other) => losing.has(other))) continue;
        expect(diagnostics).toContainEqual(refusal(address));
      }
    });
  });

  it('holds every target that is not excluded, nothing that is, and all of it in the order of the plan', () => {
    law(({ made, all, targets, excludes }) => {
      const { plan } = planOf(made);
      const limited = select(made, { targets, excludes });
      const order = addressesOf(plan);
      expect(addressesOf(limited)).toEqual(order.filter((address) => addressesOf(limited).includes(address)));
      for (const address of excludes) expect(addressesOf(limited)).not.toContain(address);
      const alone = addressesOf(select(made, { excludes }));
      for (const address of targets.length === 0 ? all : targets) {
        if (alone.includes(address)) expect(addressesOf(limited)).toContain(address);
      }
    });
  });

  it('of targets and excludes holds what both keep; where nothing is removed or replaced, all of it', () => {
    law(({ made, plain, targets, excludes }) => {
      const limited = addressesOf(select(made, { targets, excludes }));
      const left = addressesOf(select(made, { excludes }));
      const both = addressesOf(select(made, { targets })).filter((address) => left.includes(address));
      if (plain) expect(limited).toEqual(both);
      else expect(both).toEqual(expect.arrayContaining(limited));
    });
  });

  it('limited once more is the same', () => {
    law(({ made, all, targets, excludes }) => {
      const { plan, ground } = planOf(made);
      const once = selectChanges(plan, { targets, excludes }, all, ground);
      expect(selectChanges(once, { targets, excludes }, all, ground)).toEqual(once);
    });
  });

  it('counts what is missing', () => {
    law(({ made, targets, excludes }) => {
      const limited = select(made, { targets, excludes });
      const missing = pendingChanges(planOf(made).plan).length - pendingChanges(limited).length;
      const note = limited.diagnostics.find(({ code }) => code === 'RCTL_LIMITED')?.message ?? ': 0 ';
      expect(note).toContain(`: ${missing} `);
    });
  });
});
