import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { grouped } from '../core/grouped.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { isMerge, keyText, resolveAlias, startOf } from './nodes.ts';

/** What is wrong with a document as data, at an offset within its segment. */
export interface DataProblem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly offset: number;
  /** Where the other one of two stands. */
  readonly other?: number;
}

/** What aliases may add to a document. A “billion laughs” of 300 bytes asks for more than memory holds. */
const MAX_ALIASED = 100_000;
const MAX_DEPTH = 200;
const STOP = Symbol('stop');

/** Turns the real parser's nodes into JSON. Aliases become copies, merge keys are merged. */
export function dataOf(document: Document): { data: Json | undefined; problems: DataProblem[] } {
  const reader = new DataReader(document);
  try {
    return { data: reader.value(document.contents), problems: reader.problems };
  } catch (error) {
    if (error === STOP) return { data: undefined, problems: reader.problems };
    throw error;
  }
}

class DataReader {
  readonly problems: DataProblem[] = [];
  readonly #document: Document;
  readonly #aliases: unknown[] = [];
  #copied = 0;
  #depth = 0;

  constructor(document: Document) {
    this.#document = document;
  }

  value(node: unknown): Json {
    if (this.#aliases.length > 0 && ++this.#copied > MAX_ALIASED) {
      return this.#stop(
        'RCTL_ALIAS_BOMB',
        `Aliases make this document grow by more than ${grouped(MAX_ALIASED)} values.`,
        'Anchors that hold aliases that hold aliases multiply. Write the values out, or refer to fewer.',
        this.#aliases[0],
      );
    }
    if (++this.#depth > MAX_DEPTH) {
      this.#stop('RCTL_YAML_DEPTH', `Values are nested more than ${MAX_DEPTH} deep.`, 'Nest less.', node);
    }
    const value = this.#anyValue(node);
    this.#depth--;
    return value;
  }

  #anyValue(node: unknown): Json {
    if (isAlias(node)) return this.#alias(node);
    if (isMap(node)) return this.#map(node);
    if (isSeq(node)) return this.#list(node);
    return isScalar(node) ? this.#scalar(node) : null;
  }

  #list(seq: YAMLSeq): Json[] {
    if (seq.tag !== undefined && seq.tag !== 'tag:yaml.org,2002:seq') this.#tag(seq.tag, seq);
    return seq.items.map((item) => this.value(item));
  }

  #map(map: YAMLMap): JsonObject {
    if (map.tag !== undefined && map.tag !== 'tag:yaml.org,2002:map') this.#tag(map.tag, map);
    const object: JsonObject = {};
    const seen = new Map<string, unknown>();
    for (const pair of map.items) {
      const key = isMerge(pair) ? undefined : keyText(pair);
      if (key === undefined) continue;
      const first = seen.get(key);
      if (first !== undefined) {
        this.#report(
          'RCTL_YAML_DUPLICATE_KEY',
          `The key \`${key}\` stands twice in one mapping; the second would hide the first.`,
          'Remove one of the two.',
          pair.key,
          first,
        );
        continue;
      }
      seen.set(key, pair.key);
      define(object, key, this.value(pair.value));
    }
    for (const pair of map.items.filter(isMerge)) this.#merge(object, pair.value);
    return object;
  }

  /** Keys of the mapping itself win over merged ones, earlier merged ones over later ones. */
  #merge(object: JsonObject, node: unknown): void {
    const target = resolveAlias(node, this.#document);
    const sources = isSeq(target) ? target.items : [node];
    for (const source of sources) {
      const value = this.value(source);
      if (value === null || typeof value !== 'object' || Array.isArray(value)) {
        this.#report(
          'RCTL_YAML_SYNTAX',
          'The merge key `<<` takes a mapping, or a list of mappings.',
          'Give it an alias of a mapping, as in `<<: *defaults`, or put the key in quotes: `"<<"`.',
          source,
        );
      } else {
        for (const [key, item] of Object.entries(value))
          if (!Object.hasOwn(object, key)) define(object, key, item);
      }
    }
  }

  #alias(node: Alias): Json {
    const target = resolveAlias(node, this.#document);
    if (target === undefined) {
      const remedy = `Mark a value with \`&${node.source}\` earlier in the same document, or put the text in quotes.`;
      this.#report(
        'RCTL_YAML_SYNTAX',
        `There is no anchor \`&${node.source}\` before this alias.`,
        remedy,
        node,
      );
      return null;
    }
    if (holds(target, node)) {
      this.#stop(
        'RCTL_YAML_ALIAS_CYCLE',
        `The alias \`*${node.source}\` stands inside the value that it repeats.`,
        'Write the value out.',
        node,
      );
    }
    this.#aliases.push(node);
    const value = this.value(target);
    this.#aliases.pop();
    return value;
  }

  #scalar(node: Scalar): Json {
    const { value, tag } = node;
    if (tag !== undefined && !/^tag:yaml\.org,2002:(?:str|int|float|bool|null)$/.test(tag))
      this.#tag(tag, node);
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.#report(
        'RCTL_YAML_NUMBER',
        `${node.source ?? value} is no number in JSON.`,
        'Put it in quotes if it is text.',
        node,
      );
      return null;
    }
    if (
      typeof value === 'number' &&
      Number.isInteger(value) &&
      !Number.isSafeInteger(value) &&
      /^[-+]?\d+$/.test(node.source ?? '')
    ) {
      this.#report(
        'RCTL_YAML_NUMBER',
        `The number ${node.source} is too large to be kept exactly.`,
        `Put it in quotes: "${node.source}".`,
        node,
      );
    }
    if (
      value === null ||
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean'
    )
      return value;
    return null;
  }

  #tag(tag: string, node: unknown): void {
    const short = tag.replace('tag:yaml.org,2002:', '!!');
    const remedy =
      'Remove it. rerankctl has no tags; what it knows is { $ref: … }, { $env: … }, { $file: … }, { $var: … }.';
    this.#report('RCTL_YAML_TAG', `The tag \`${short}\` means nothing in a manifest.`, remedy, node);
  }

  #report(code: string, message: string, remedy: string, node: unknown, other?: unknown): void {
    const offset = startOf(node) ?? 0;
    const place = other === undefined ? undefined : startOf(other);
    this.problems.push({ code, message, remedy, offset, ...(place === undefined ? {} : { other: place }) });
  }

  #stop(code: string, message: string, remedy: string, node: unknown): never {
    this.#report(code, message, remedy, node);
    throw STOP;
  }
}

/** An anchor comes before its alias, so only a value that holds its own alias makes a circle. */
function holds(outer: Node, inner: Alias): boolean {
  const from = startOf(outer);
  const at = startOf(inner);
  const to = outer.range?.[1];
  return from !== undefined && to !== undefined && at !== undefined && from <= at && at < to;
}

/** A key named `__proto__` is a key like any other. */
function define(object: JsonObject, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}
