import type { Address } from './address.ts';
import { isObject, type Json } from './json.ts';

/** `{$ref: Kind/name}`: stands for the server's ID, or name, of another resource. */
export class Reference {
  readonly address: Address;
  constructor(address: Address) {
    this.address = address;
  }
}

/** A reference whose target does not exist yet, so that its ID is known only after apply. */
export class Unknown {
  readonly address: Address;
  constructor(address: Address) {
    this.address = address;
  }
}

/** A value that must never reach state, plans, logs, errors or reports. `JSON.stringify` shows a mask. */
export class Sensitive {
  readonly #value: Json;
  /** Where it came from, e.g. `$env COHERE_KEY`: safe to show. */
  readonly origin: string;
  constructor(value: Json, origin: string) {
    this.#value = value;
    this.origin = origin;
  }
  reveal(): Json {
    return this.#value;
  }
  toJSON(): string {
    return '(sensitive)';
  }
}

/** What a spec holds once its text is read: JSON, and the three things that are not JSON yet. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Value[]
  | { [key: string]: Value }
  | Reference
  | Unknown
  | Sensitive;

export type ValueObject = { [key: string]: Value };

type Leaf = Reference | Unknown | Sensitive;

export function isLeaf(value: unknown): value is Leaf {
  return value instanceof Reference || value instanceof Unknown || value instanceof Sensitive;
}

/** Rebuilds a tree with its references, unknowns and secrets replaced. Everything else is kept as it is. */
export function mapLeaves<T>(value: Value, replace: (leaf: Leaf) => T): unknown {
  if (isLeaf(value)) return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item, replace));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapLeaves(item, replace)]));
  }
  return value;
}

export function leavesOf(value: Value): Leaf[] {
  const leaves: Leaf[] = [];
  mapLeaves(value, (leaf) => leaves.push(leaf));
  return leaves;
}

/** Puts the IDs that are known in the place of references; the others become `Unknown`. */
export function resolveReferences(value: Value, idOf: (address: Address) => string | undefined): Value {
  return mapLeaves(value, (leaf) => {
    if (!(leaf instanceof Reference)) return leaf;
    return idOf(leaf.address) ?? new Unknown(leaf.address);
  }) as Value;
}

/** The plain JSON that is sent to the server: secrets revealed. Throws on an ID that is still unknown: a bug. */
export function toPlainJson(value: Value): Json {
  return mapLeaves(value, (leaf) => {
    if (leaf instanceof Sensitive) return leaf.reveal();
    throw new Error(`the ID of ${leaf.address} is needed before it is known`);
  }) as Json;
}

/** JSON for people: secrets masked, unknown IDs said to be unknown. Never sent to the server. */
export function toShownJson(value: Value): Json {
  return mapLeaves(value, (leaf) => {
    if (leaf instanceof Sensitive) return '(sensitive)';
    return leaf instanceof Unknown ? `(known after apply: ${leaf.address})` : `(id of ${leaf.address})`;
  }) as Json;
}
