import { difference } from '../../core/difference.ts';
import { isObject, type Json, listAt, sameJson, textAt } from '../../core/json.ts';
import type { FieldChange } from '../../core/plan.ts';
import { toShownJson, type Value } from '../../core/value.ts';
import { aliasAsReturned } from '../alias-body.ts';
import type { Recorded } from '../kind.ts';
import { type Body, holdersOf, indicesBehind, type LiveAliases } from './live.ts';

export type Spec = Readonly<Record<string, unknown>>;

/** What each index is to hold, and the name by which the manifest calls it. */
export interface Wanted {
  readonly bodies: ReadonlyMap<string, Body>;
  readonly named: ReadonlyMap<string, string>;
}

function declaredNames(spec: unknown): string[] {
  return listAt(spec, 'indices').filter((name) => typeof name === 'string');
}

export function wantedOf(spec: Spec, live: LiveAliases): Wanted {
  const { indices: _indices, write_index, ...body } = spec;
  const bodies = new Map<string, Body>();
  const named = new Map<string, string>();
  for (const name of declaredNames(spec)) {
    const write = write_index === name ? { is_write_index: true } : {};
    for (const index of indicesBehind(name, live)) {
      bodies.set(index, aliasAsReturned({ ...body, ...write }));
      named.set(index, name);
    }
  }
  return { bodies, named };
}

/** The indices that have the alias, in the manifest's order and words as far as it names them. */
function membership(
  holders: ReadonlyMap<string, Body>,
  { named }: Wanted,
  spec: Spec,
  recorded: Recorded | undefined,
): FieldChange[] {
  const held = [...new Set([...holders.keys()].map((index) => named.get(index) ?? index))].sort();
  const wanted = declaredNames(spec);
  const complete = [...named.keys()].every((index) => holders.has(index));
  if (complete && sameJson(held, [...wanted].sort())) return [];
  const first = [...declaredNames(recorded?.applied), ...wanted];
  const place = (name: string): number => (first.includes(name) ? first.indexOf(name) : first.length);
  const before = held.sort((a, b) => place(a) - place(b));
  return [{ pointer: '/indices', ...(before.length === 0 ? {} : { before }), after: wanted }];
}

const PARTS = ['filter', 'index_routing', 'search_routing', 'is_write_index', 'is_hidden'] as const;
type Part = (typeof PARTS)[number];

const EXACT = { keys: 'exact' } as const;

function same(before: unknown, after: unknown): boolean {
  if (before === undefined || after === undefined) return before === after;
  return difference(before, after as Value, EXACT).length === 0;
}

/** Where the manifest says it, or said it when it was last applied. */
function pointerOf(part: Part, spec: Spec, applied: unknown): string {
  const said = (key: string): boolean =>
    spec[key] !== undefined || (isObject(applied) && applied[key] !== undefined);
  if (part === 'is_write_index' && said('write_index')) return '/write_index';
  if (/_routing$/.test(part) && !said(part) && said('routing')) return '/routing';
  return `/${part}`;
}

/** Without an index that has the alias already there is nothing to compare. */
function partDifference(
  part: Part,
  holders: ReadonlyMap<string, Body>,
  wanted: Wanted,
  spec: Spec,
  recorded: Recorded | undefined,
): FieldChange[] {
  const pointer = pointerOf(part, spec, recorded?.applied);
  const both = [...wanted.bodies].flatMap(([index, body]) => {
    const held = holders.get(index);
    return held === undefined ? [] : [{ index, before: held[part], after: body[part] }];
  });
  const differing = both.filter(({ before, after }) => !same(before, after));
  const [first] = differing;
  if (first === undefined) return [];
  if (pointer === '/write_index') {
    const writes = [...holders].find(([, body]) => body.is_write_index === true)?.[0];
    const before = writes === undefined ? undefined : (wanted.named.get(writes) ?? writes);
    return [shown(pointer, before, textAt(spec, 'write_index'))];
  }
  // Indices that have it each in their own way are told apart.
  const alike = both.every(({ before }) => sameJson(before, first.before));
  if (alike && isObject(first.before) && first.after !== undefined) {
    return difference(first.before, first.after as Value, EXACT, pointer);
  }
  const before = alike
    ? first.before
    : Object.fromEntries(differing.map(({ index, before: held }) => [index, held ?? null]));
  return [shown(pointer, before, first.after)];
}

function shown(pointer: string, before: unknown, after: unknown): FieldChange {
  return {
    pointer,
    ...(before === undefined ? {} : { before: before as Json }),
    ...(after === undefined ? {} : { after: toShownJson(after as Value) }),
  };
}

/** What differs between the whole alias in the cluster and its manifest. */
export function aliasDifference(
  alias: string,
  live: LiveAliases,
  spec: Spec,
  recorded: Recorded | undefined,
): FieldChange[] {
  const holders = holdersOf(alias, live);
  const wanted = wantedOf(spec, live);
  const parts = PARTS.flatMap((part) => partDifference(part, holders, wanted, spec, recorded));
  const once = new Map(parts.map((field) => [field.pointer, field]));
  return [...membership(holders, wanted, spec, recorded), ...once.values()];
}

/** What `POST /_aliases` has to do, all at once. An `add` replaces what the index holds (2.19.1, 3.6.0). */
export function actionsFor(alias: string, live: LiveAliases, spec: Spec): object[] {
  const holders = holdersOf(alias, live);
  const { bodies } = wantedOf(spec, live);
  const gone = [...holders.keys()].filter((index) => !bodies.has(index));
  const added = [...bodies].filter(([index, body]) => !sameJson(holders.get(index), body));
  return [
    ...gone.map((index) => ({ remove: { index, alias, must_exist: false } })),
    ...added.map(([index, body]) => ({ add: { index, alias, ...body } })),
  ];
}
