import { isObject } from '../core/json.ts';
import { withoutCaseTwins } from './explain.ts';
import { KIND_NAMES, type Schema, schemaOf } from './schema.ts';

/** What a schema says of one field, for a reader. */
export interface FieldHelp {
  /** e.g. `Model.model_config.framework_type`; `[]` where a list is passed through, `*` where any key may stand. */
  readonly path: string;
  readonly description: string;
  /** In words: `text`, `list of text`, `one of a, b`. */
  readonly type: string;
  readonly required: boolean;
  readonly default?: unknown;
  readonly examples: readonly unknown[];
  /** The version of OpenSearch from which on it works. */
  readonly since?: string;
  /** Takes a directive alone. */
  readonly secret: boolean;
  /** The kinds that it may refer to. */
  readonly refersTo: readonly string[];
  /** Below it, in the order of the schema. */
  readonly fields: readonly FieldHelp[];
}

/** What cannot be explained: how far the path goes, and what stands there instead. */
export interface NoField {
  readonly found: string;
  readonly missing: string;
  readonly known: readonly string[];
}

/** Words that a path may begin with: every kind, `metadata`, which all of them have, and the file `rerankctl.yaml`. */
export const SUBJECTS: readonly string[] = [...KIND_NAMES, 'metadata', 'config'];

/** Explains `Kind.field.field`. Lists are passed through without a word for them; `spec` may be said or not. */
export function fieldHelp(path: string): FieldHelp | NoField {
  const [subject = '', ...rest] = path.split(/[./]|\[\d*\]/).filter((part) => part !== '');
  const name = SUBJECTS.find((each) => each.toLowerCase() === subject.toLowerCase());
  if (name === undefined) return { found: '', missing: subject, known: SUBJECTS };
  const inMetadata = rest[0] === 'metadata';
  const segments = inMetadata || rest[0] === 'spec' ? rest.slice(1) : rest;
  let schema = schemaOf(inMetadata ? 'metadata' : name);
  let at = inMetadata ? 'metadata' : name;
  let required = false;
  for (const segment of segments) {
    const { schema: holder, suffix } = throughLists(schema);
    const inner = fieldOf(holder, segment);
    if (inner === undefined) return { found: at + suffix, missing: segment, known: keysOf(holder) };
    required = isRequired(holder, segment);
    at += `${suffix}.${keysOf(holder).includes(segment) ? segment : '*'}`;
    schema = inner;
  }
  return describe(schema, at, required, 2);
}

/** `depth`: how many levels of fields are told with it. */
function describe(schema: Schema, path: string, required: boolean, depth: number): FieldHelp {
  const { schema: holder, suffix } = throughLists(schema);
  const description = String(schema.description ?? holder.description ?? '');
  const secret = schema['x-secret'] === true || (holder['x-secret'] ?? false) === true;
  const since = schema['x-since'];
  return {
    path,
    description,
    type: typeInWords(schema),
    required,
    ...(schema.default === undefined ? {} : { default: schema.default }),
    examples: Array.isArray(schema.examples) ? schema.examples : [],
    ...(typeof since === 'string' ? { since } : {}),
    secret,
    refersTo: Array.isArray(schema['x-ref']) ? schema['x-ref'].map(String) : [],
    fields:
      depth === 0
        ? []
        : keysOf(holder).flatMap((key) => {
            const inner = fieldOf(holder, key);
            return inner === undefined
              ? []
              : [describe(inner, `${path}${suffix}.${key}`, isRequired(holder, key), depth - 1)];
          }),
  };
}

/** The schema of the items, where this one is of a list. */
function throughLists(schema: Schema): { schema: Schema; suffix: string } {
  let current = schema;
  let suffix = '';
  while (isObject(current.items) && !Array.isArray(current.items)) {
    current = current.items;
    suffix += '[]';
  }
  return { schema: current, suffix };
}

/** Every set of fields that may stand here: a choice has those of all its branches. */
function branches(schema: Schema): Schema[] {
  const choices = ['oneOf', 'anyOf', 'allOf'].flatMap((key) => {
    const list = schema[key];
    return Array.isArray(list) ? list.filter(isObject) : [];
  });
  return [schema, ...choices.flatMap(branches)];
}

function keysOf(schema: Schema): string[] {
  return [
    ...new Set(
      branches(schema).flatMap(({ properties }) => (isObject(properties) ? Object.keys(properties) : [])),
    ),
  ];
}

function fieldOf(schema: Schema, key: string): Schema | undefined {
  for (const { properties } of branches(schema)) {
    const inner = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (isObject(inner)) return inner;
  }
  return isObject(schema.additionalProperties) ? schema.additionalProperties : undefined;
}

function isRequired(schema: Schema, key: string): boolean {
  return Array.isArray(schema.required) && schema.required.includes(key);
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'object',
  null: 'null',
};

function typeInWords(schema: Schema): string {
  if (Array.isArray(schema.enum)) return `one of ${withoutCaseTwins(schema.enum.map(String)).join(', ')}`;
  if (isObject(schema.items)) return `list of ${typeInWords(schema.items)}`;
  const types = [schema.type].flat().filter((type) => typeof type === 'string');
  if (types.length > 0)
    return types.map((type) => WORDS[type] ?? (type === 'array' ? 'list' : type)).join(' or ');
  const choices = [schema.oneOf, schema.anyOf].flatMap((list) =>
    Array.isArray(list) ? list.filter(isObject) : [],
  );
  const words = [...new Set(choices.map(typeInWords).filter((word) => word !== ''))];
  return words.length === 0 ? 'anything' : words.join(' or ');
}
