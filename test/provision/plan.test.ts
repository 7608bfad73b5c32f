import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Address } from '../../src/core/address.ts';
import type { Resource } from '../../src/core/resource.ts';
import { Reference, Sensitive, type ValueObject } from '../../src/core/value.ts';
import { makePlan } from '../../src/engine/plan.ts';
import type { Snapshot } from '../../src/engine/snapshot.ts';
import type { StateRecord } from '../../src/engine/state/read.ts';
import type { Question, Verdict } from '../../src/kinds/kind.ts';

function resourceOf(kind: string, name: string, spec: ValueObject, dependsOn: Address[] = []): Resource {
  return {
    address: `${kind}/${name}`,
    kind,
    name,
    labels: {},
    lifecycle: {},
    spec,
    movedFrom: [],
    since: [],
    dependsOn,
    folder: '/',
    locate: () => ({ location: { file: 'manifest.yaml', line: 1, column: 1 }, snippet: '' }),
  };
}

/** A chain through three kinds: group, model, pipeline, index. */
function resourcesOf(names: readonly string[]): Resource[] {
  return names.flatMap((name) => [
    resourceOf('Index', name, { settings: { pipeline: new Reference(`SearchPipeline/${name}`) } }, [
      `SearchPipeline/${name}`,
    ]),
    resourceOf('SearchPipeline', name, { model: new Reference(`Model/${name}`) }, [`Model/${name}`]),
    resourceOf(
      'Model',
      name,
      { group: new Reference(`ModelGroup/${name}`), key: new Sensitive('s', '$env S') },
      [`ModelGroup/${name}`],
    ),
    resourceOf('ModelGroup', name, { name }),
  ]);
}

const ACTIONS = ['none', 'adopt', 'create', 'update', 'replace', 'refuse'] as const;
type Action = (typeof ACTIONS)[number];

function verdictOf(action: Action, { resource, spec, recorded, changedSince }: Question): Verdict {
  const id = `id-of-${resource.address}`;
  switch (action) {
    case 'none':
    case 'adopt':
      return { action, id };
    case 'create':
      return { action, steps: ['create'] };
    case 'refuse':
      return { action, diagnostics: [{ severity: 'error', code: 'RCTL_NO', message: resource.address }] };
    default: {
      const fields = recorded === undefined ? [] : changedSince(recorded);
      return {
        action,
        id,
        steps: [action],
        fields: [...fields, { pointer: '/spec', after: Object.keys(spec).length }],
      };
    }
  }
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

function snapshotOf(action: (address: Address) => Action, records: readonly StateRecord[]): Snapshot {
  const judge = (question: Question): Verdict => verdictOf(action(question.resource.address), question);
  const known = new Map(records.map((record) => [record.address, record]));
  return {
    stack: 'unit',
    readAt: 0,
    cluster: { uuid: 'u', name: 'n', version: '3.6.0', url: 'http://localhost' },
    state: { records: known, revisions: new Map(), lock: undefined, indexReady: true },
    records: known,
    moves: new Map(),
    leaving: [],
    kinds: new Map(
      ['ModelGroup', 'Model', 'Index', 'SearchPipeline'].map((kind) => [
        kind,
        { judge, judgeRemoval: () => ({ gone: true }) },
      ]),
    ),
  };
}

const scene = fc
  .record({
    names: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 4 }),
    actions: fc.infiniteStream(fc.constantFrom(...ACTIONS)),
    recorded: fc.infiniteStream(fc.constantFrom('no', 'yes', 'retiring')),
    shuffle: fc.infiniteStream(fc.nat()),
  })
  .map(({ names, actions, recorded, shuffle }) => {
    const resources = resourcesOf(names);
    const chosen = new Map(resources.map(({ address }) => [address, actions.next().value ?? 'none']));
    const records = resources.flatMap(({ address, dependsOn }): StateRecord[] => {
      const how = recorded.next().value;
      const record = { address, id: 'x', applied: { before: true }, dependsOn };
      return how === 'no' ? [] : [how === 'yes' ? record : { ...record, retire: ['old'] }];
    });
    const turned = resources
      .map((resource) => [shuffle.next().value ?? 0, resource] as const)
      .sort(([a], [b]) => a - b)
      .map(([, resource]) => resource);
    return { resources, turned, chosen, records };
  });

describe('A plan', () => {
  it('is a function of manifests and snapshot alone: the same twice, in any order, and its input untouched', () => {
    fc.assert(
      fc.property(scene, ({ resources, turned, chosen, records }) => {
        const snapshot = snapshotOf((address) => chosen.get(address) ?? 'none', frozen(records));
        const first = makePlan(frozen(resources), snapshot);
        expect(makePlan(resources, snapshot)).toEqual(first);
        expect(makePlan(turned, snapshot)).toEqual(first);
      }),
      { seed: 20_261_123 },
    );
  });

  it('puts every change after what it depends on, and says nothing of what depends on a refusal', () => {
    fc.assert(
      fc.property(scene, ({ resources, chosen, records }) => {
        const { changes, diagnostics } = makePlan(
          resources,
          snapshotOf((address) => chosen.get(address) ?? 'none', records),
        );
        const place = new Map(changes.map(({ address }, i) => [address, i]));
        for (const { address, resource } of changes) {
          expect(chosen.get(address)).not.toBe('refuse');
          for (const dependency of resource.dependsOn) {
            // Not there at all would mean that it was refused, and this one with it.
            expect(place.get(dependency)).toBeLessThan(place.get(address) ?? -1);
          }
        }
        const refused = resources.filter(({ address }) => chosen.get(address) === 'refuse');
        expect(diagnostics.filter(({ severity }) => severity === 'error')).toHaveLength(refused.length);
      }),
      { seed: 20_261_123 },
    );
  });

  it('shows no secret', () => {
    const made = makePlan(
      resourcesOf(['a']),
      snapshotOf(
        () => 'update',
        [{ address: 'Model/a', id: 'x', applied: { group: 'g', key: 'was' }, dependsOn: [] }],
      ),
    );
    const fields = made.changes.find(({ kind }) => kind === 'Model')?.fields;
    expect(fields).toContainEqual({
      pointer: '/key',
      before: '(sensitive, before)',
      after: '(sensitive)',
      by: 'git',
    });
    expect(JSON.stringify(made)).not.toContain('"s"');
  });

  it('names what its stack holds and no manifest does, and leaves it alone', () => {
    const record: StateRecord = { address: 'Index/gone', id: 'gone', dependsOn: [] };
    const made = makePlan([], { ...snapshotOf(() => 'none', [record]), leaving: [record] });
    expect(made.changes).toEqual([]);
    expect(made.diagnostics).toMatchObject([
      { severity: 'note', code: 'RCTL_NOT_IN_MANIFESTS', message: expect.stringContaining('Index/gone') },
    ]);
  });
});
