import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { type Address, parseAddress } from '../core/address.ts';
import { isObject, type Json, pointerTo } from '../core/json.ts';
import { didYouMean, listed } from '../core/suggest.ts';
import { Reference, Sensitive, type Value } from '../core/value.ts';

export interface DirectiveContext {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly vars: Readonly<Record<string, string>>;
  /** Is what stands at this pointer a secret, whatever directive it comes from? */
  readonly isSecret?: (pointer: string) => boolean;
}

export interface DirectiveProblem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly pointer: string;
}

/** What stands where a directive stood. At a `hole` the directive failed: there is nothing to validate. */
export type LeafKind = 'reference' | 'secret' | 'hole';

export interface Resolved {
  readonly value: Value;
  /** By JSON pointer. */
  readonly leaves: ReadonlyMap<string, LeafKind>;
  readonly references: readonly { readonly address: Address; readonly pointer: string }[];
  readonly problems: readonly DirectiveProblem[];
}

const NAMES = ['$ref', '$env', '$file', '$var', '$join'] as const;
const MAX_FILE_BYTES = 10_000_000;

const NOTHING = { leaves: new Map(), references: [], problems: [] } as const;

/** Replaces the one-key objects `{$ref: …}`, `{$env: …}`, `{$file: …}`, `{$var: …}` and `{$join: […]}`. */
export function resolveDirectives(value: Json, pointer: string, context: DirectiveContext): Resolved {
  if (!holdsDirective(value)) return { value, ...NOTHING };
  const reader = new DirectiveReader(context);
  return {
    value: reader.value(value, pointer),
    leaves: reader.leaves,
    references: reader.references,
    problems: reader.problems,
  };
}

function holdsDirective(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsDirective);
  if (directiveOf(value) !== undefined) return true;
  for (const key in value) if (holdsDirective(value[key] as Json)) return true;
  return false;
}

/** The name of the directive that an object is; an object with more keys is data. */
function directiveOf(object: Record<string, unknown>): string | undefined {
  let name: string | undefined;
  for (const key in object) {
    if (name !== undefined || !key.startsWith('$')) return undefined;
    name = key;
  }
  return name;
}

class DirectiveReader {
  readonly leaves = new Map<string, LeafKind>();
  readonly references: { address: Address; pointer: string }[] = [];
  readonly problems: DirectiveProblem[] = [];
  readonly #context: DirectiveContext;

  constructor(context: DirectiveContext) {
    this.#context = context;
  }

  value(value: Json, pointer: string): Value {
    if (!isObject(value)) {
      return Array.isArray(value) ? value.map((item, i) => this.value(item, pointerTo(pointer, i))) : value;
    }
    const name = directiveOf(value);
    if (name !== undefined)
      return this.#sealed(name, this.#directive(name, value[name] as Json, pointer), pointer);
    const result: { [key: string]: Value } = { ...(value as { [key: string]: Json }) };
    for (const key of Object.keys(value)) {
      const item = value[key] as Json;
      if (typeof item === 'object' && item !== null) result[key] = this.value(item, pointerTo(pointer, key));
    }
    return result;
  }

  /** A file that holds a secret mostly ends with the line end that an editor or `echo` has put there. */
  #sealed(name: string, value: Value, pointer: string): Value {
    if (typeof value !== 'string' || this.leaves.has(pointer)) return value;
    if (this.#context.isSecret?.(pointer) !== true) return value;
    this.leaves.set(pointer, 'secret');
    return new Sensitive(name === '$file' ? value.replace(/\r?\n$/, '') : value, name);
  }

  #directive(name: string, operand: Json, pointer: string): Value {
    if (name === '$join') return this.#join(operand, pointer);
    if (!NAMES.some((known) => known === name)) {
      return this.#fail('RCTL_UNKNOWN_DIRECTIVE', `There is no directive \`${name}\`.`, pointer, [
        didYouMean(name, NAMES),
        `A value may be ${listed(NAMES.map((known) => `{ ${known}: … }`))}.`,
      ]);
    }
    if (typeof operand !== 'string' || operand === '') {
      return this.#fail('RCTL_DIRECTIVE_OPERAND', `\`${name}\` takes a text.`, pointer, [EXAMPLES[name]]);
    }
    switch (name) {
      case '$ref':
        return this.#ref(operand, pointer);
      case '$env':
        return this.#env(operand, pointer);
      case '$file':
        return this.#file(operand, pointer);
      default:
        return this.#var(operand, pointer);
    }
  }

  #ref(operand: string, pointer: string): Value {
    if (parseAddress(operand) === undefined) {
      return this.#fail('RCTL_REF_INVALID', `\`${operand}\` is no address.`, pointer, [
        'An address is the kind and the name of a resource: `{ $ref: Model/ms-marco }`.',
      ]);
    }
    const address = operand as Address;
    this.leaves.set(pointer, 'reference');
    this.references.push({ address, pointer });
    return new Reference(address);
  }

  #env(name: string, pointer: string): Value {
    const value = this.#context.env[name];
    if (value === undefined || value === '') {
      const state = value === undefined ? 'is not set' : 'is empty';
      return this.#fail('RCTL_ENV_MISSING', `The environment variable ${name} ${state}.`, pointer, [
        `Set it: \`export ${name}=…\`.`,
      ]);
    }
    this.leaves.set(pointer, 'secret');
    return new Sensitive(value, `$env ${name}`);
  }

  #file(path: string, pointer: string): Value {
    const absolute = resolve(this.#context.folder, path);
    let bytes: Buffer;
    try {
      bytes = readFileSync(absolute);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      return this.#fail('RCTL_FILE_MISSING', `The file ${path} cannot be read (${code}).`, pointer, [
        `Paths are relative to the manifest; it was looked for at ${absolute}.`,
      ]);
    }
    const text = bytes.length > MAX_FILE_BYTES ? '' : bytes.toString('utf8');
    if (bytes.length > MAX_FILE_BYTES || text.includes('\0') || !Buffer.from(text).equals(bytes)) {
      return this.#fail(
        'RCTL_FILE_NOT_TEXT',
        `The file ${path} is no UTF-8 text of at most 10 MB.`,
        pointer,
        ['`$file` puts the text of a file in place. A model is named by `file:`, documents by `files:`.'],
      );
    }
    return text;
  }

  #var(name: string, pointer: string): Value {
    const text = Object.hasOwn(this.#context.vars, name) ? this.#context.vars[name] : undefined;
    if (text === undefined) {
      return this.#fail('RCTL_VAR_MISSING', `The variable ${name} has no value.`, pointer, [
        didYouMean(name, Object.keys(this.#context.vars)),
        `Give it on the command line: \`--var ${name}=…\`.`,
      ]);
    }
    return scalarOf(text);
  }

  #join(operand: Json, pointer: string): Value {
    if (!Array.isArray(operand)) {
      return this.#fail('RCTL_DIRECTIVE_OPERAND', '`$join` takes a list.', pointer, [EXAMPLES.$join]);
    }
    const texts: string[] = [];
    const origins: string[] = [];
    for (const [i, part] of operand.entries()) {
      const at = pointerTo(pointerTo(pointer, '$join'), i);
      const before = this.problems.length;
      const value = this.value(part, at);
      if (this.problems.length > before) return this.#hole(pointer);
      if (value instanceof Reference) {
        this.references.pop();
        return this.#fail(
          'RCTL_JOIN_REF',
          'A reference cannot be joined to other text.',
          at,
          ['Its ID is known only after apply. Let `$ref` be the whole value.'],
          pointer,
        );
      }
      const plain = value instanceof Sensitive ? value.reveal() : value;
      if (value instanceof Sensitive) origins.push(value.origin);
      if (plain === null || typeof plain === 'object') {
        return this.#fail(
          'RCTL_DIRECTIVE_OPERAND',
          '`$join` takes texts only.',
          at,
          [EXAMPLES.$join],
          pointer,
        );
      }
      texts.push(String(plain));
    }
    const text = texts.join('');
    if (origins.length === 0) return text;
    this.leaves.set(pointer, 'secret');
    return new Sensitive(text, origins.join(', '));
  }

  #fail(
    code: string,
    message: string,
    pointer: string,
    remedies: (string | undefined)[],
    hole = pointer,
  ): Value {
    const remedy = remedies.filter((part) => part !== undefined).join(' ');
    this.problems.push({ code, message, remedy, pointer });
    return this.#hole(hole);
  }

  #hole(pointer: string): Value {
    this.leaves.set(pointer, 'hole');
    return '';
  }
}

const EXAMPLES: Record<string, string> = {
  $ref: 'Write `{ $ref: Model/ms-marco }`.',
  $env: 'Write `{ $env: COHERE_KEY }`.',
  $file: 'Write `{ $file: config.json }`.',
  $var: 'Write `{ $var: replicas }`.',
  $join: 'Write `{ $join: ["Bearer ", { $env: COHERE_KEY }] }`.',
};

/** `--var replicas=2` is a number, `--var on=true` a boolean, everything else the text as it is. */
function scalarOf(text: string): Value {
  try {
    const value: unknown = parse(text, { logLevel: 'silent' });
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'number' && String(value) === text.trim()) return value;
  } catch {
    return text;
  }
  return text;
}
