import { withArticle } from '../core/article.ts';
import { dig, isObject, pointerSegments, pointerTo } from '../core/json.ts';
import { closest, listed, meant } from '../core/suggest.ts';
import type { Aim } from './locate.ts';
import { type Schema, schemaAt, schemaOf, schemaOfError } from './schema.ts';
import type { ValidationError } from './validate.ts';

export interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | undefined;
  /** From the part that was validated. */
  readonly pointer: string;
  readonly aim: Aim;
  /** The field that was probably meant. */
  readonly means?: string;
}

/** What an explanation may look at. `shown` has its secrets masked. */
export interface Subject {
  /** `Model`, `metadata`, or `config`. */
  readonly name: string;
  readonly shown: unknown;
  /** The text of a scalar in the file: `1.0` where the number is 1. */
  textOf(pointer: string): string | undefined;
  isSecret(pointer: string): boolean;
  isInFlow(pointer: string): boolean;
}

const OWN_MESSAGE = new Set([
  'oneOf',
  'anyOf',
  'not',
  'pattern',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
]);

/** Each error explained. A field that is missing because its name is misspelt is one mistake, not two. */
export function explainAll(errors: readonly ValidationError[], subject: Subject): Explanation[] {
  const explained = errors.map((error) => ({ error, ...explain(error, subject) }));
  const misspelt = new Set(
    explained.flatMap(({ error, means }) => (means === undefined ? [] : `${error.instancePath}/${means}`)),
  );
  return explained.filter(
    ({ error }) =>
      error.keyword !== 'required' || !misspelt.has(`${error.instancePath}/${error.params.missingProperty}`),
  );
}

/** A validation error in words for someone who writes manifests and has never read a JSON Schema. */
function explain(error: ValidationError, subject: Subject): Explanation {
  const root = schemaOf(subject.name);
  const schema = schemaOfError(root, error.schemaPath);
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownField(error, subject, root, schema);
    case 'required':
      return missingField(error, subject, root);
    case 'type':
      return wrongType(error, subject, schema);
    case 'enum':
    case 'const':
      return notListed(error, subject, schema);
    default:
      return otherRule(error, subject, schema);
  }
}

function keysOf(schema: Schema): string[] {
  return isObject(schema.properties) ? Object.keys(schema.properties) : [];
}

/** `response_processors[0].rerank.ml_opensearch`, for reading. */
function pathOf(pointer: string, subject: Subject): string {
  const path = pointerSegments(pointer).reduce(
    (text, part) => (/^\d+$/.test(part) ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
  if (subject.name === 'metadata') return path === '' ? '`metadata`' : `\`metadata.${path}\``;
  if (subject.name === 'config' && path === '') return 'the configuration';
  return path === '' ? `the spec of ${withArticle(subject.name)}` : `\`${path}\``;
}

function valueAt(subject: Subject, pointer: string): unknown {
  return pointerSegments(pointer).reduce<unknown>(
    (value, part) => dig(value, Array.isArray(value) ? Number(part) : part),
    subject.shown,
  );
}

function unknownField(error: ValidationError, subject: Subject, root: Schema, schema: Schema): Explanation {
  const field = String(error.params.additionalProperty);
  const pointer = pointerTo(error.instancePath, field);
  const known = keysOf(schema);
  const where = pathOf(error.instancePath, subject);
  const found = {
    code: 'RCTL_UNKNOWN_FIELD',
    message: `\`${field}\` is no field of ${where}.`,
    pointer,
    aim: 'key' as const,
  };
  if (valueAt(subject, pointer) === null && subject.isInFlow(pointer)) {
    return {
      ...found,
      remedy:
        'A comma inside { } or [ ] ends a value. If it is part of a text, put the whole text in quotes.',
    };
  }
  if (field.startsWith('$')) {
    return { ...found, remedy: `A directive stands alone: \`{ ${field}: … }\` is the whole value.` };
  }
  const near = closest(field, known);
  if (near !== undefined) return { ...found, remedy: meant(near), means: near };
  const inSpec = !['metadata', 'config'].includes(subject.name);
  if (inSpec && keysOf(schemaOf('metadata')).includes(field) && field !== 'name') {
    return { ...found, remedy: `\`${field}\` belongs under \`metadata\`.` };
  }
  const above = schemaAt(root, pointerSegments(error.instancePath).slice(0, -1));
  if (error.instancePath !== '' && above !== undefined && keysOf(above).includes(field)) {
    return { ...found, remedy: `\`${field}\` belongs one level up: indent it less.` };
  }
  return { ...found, remedy: known.length === 0 ? undefined : `What it knows: ${listed(known, 'and')}.` };
}

function example(schema: Schema | undefined): string {
  const [first] = Array.isArray(schema?.examples) ? schema.examples : [];
  const reference = dig(first, '$ref');
  if (typeof reference === 'string') return `{ $ref: ${reference} }`;
  return first === undefined || isObject(first) || Array.isArray(first) ? '…' : String(first);
}

function missingField(error: ValidationError, subject: Subject, root: Schema): Explanation {
  const field = String(error.params.missingProperty);
  const schema = schemaAt(root, pointerSegments(pointerTo(error.instancePath, field)));
  const description = typeof schema?.description === 'string' ? `: ${schema.description}` : '';
  return {
    code: 'RCTL_MISSING_FIELD',
    message: `\`${field}\` is missing in ${pathOf(error.instancePath, subject)}.`,
    remedy: `Add \`${field}: ${example(schema)}\`${description}`,
    pointer: error.instancePath,
    aim: 'auto',
  };
}

const TYPE_NAMES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping (`key: value` lines)',
  array: 'a list',
  null: 'nothing',
};

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function wrongType(error: ValidationError, subject: Subject, schema: Schema): Explanation {
  const expected = [schema.type].flat().map(String);
  const { instancePath: pointer } = error;
  const value = valueAt(subject, pointer);
  const names = expected.map((type) => TYPE_NAMES[type] ?? type);
  const wanted = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  const path = pathOf(pointer, subject);
  const code = 'RCTL_WRONG_TYPE';
  if (subject.isSecret(pointer)) {
    return {
      code,
      message: `${path} must be ${wanted}; the secret that stands here is not.`,
      remedy: undefined,
      pointer,
      aim: 'value',
    };
  }
  if (value === null) {
    return {
      code,
      message: `${path} has no value; it must be ${wanted}.`,
      remedy: 'Give it one, or remove the key. What belongs below it must be indented.',
      pointer,
      aim: 'auto',
    };
  }
  const text = subject.textOf(pointer) ?? (typeof value === 'object' ? undefined : String(value));
  const actual = text === undefined || text.length > 60 ? TYPE_NAMES[typeOf(value)] : `\`${text}\``;
  const unquoted = typeof value === 'number' || typeof value === 'boolean';
  const message = `${path} must be ${wanted}, not ${actual}.`;
  return { code, message, remedy: conversion(expected, value, text, unquoted), pointer, aim: 'auto' };
}

function conversion(
  expected: string[],
  value: unknown,
  text: string | undefined,
  unquoted: boolean,
): string | undefined {
  if (expected.includes('string') && unquoted) return `Put it in quotes: "${text}".`;
  if (expected.includes('boolean') && typeof value === 'string')
    return 'Write true or false, without quotes.';
  if (
    (expected.includes('integer') || expected.includes('number')) &&
    typeof value === 'string' &&
    value.trim() !== '' &&
    Number.isFinite(Number(value))
  ) {
    return `Write it without quotes: ${value.trim()}.`;
  }
  if (expected.includes('array') && typeof value !== 'object') return `Make it a list: [${text}].`;
  if (expected.includes('array') && isObject(value)) return 'Begin each item with `- `.';
  if (expected.includes('object') && Array.isArray(value)) return 'Remove the `- ` before its keys.';
  return undefined;
}

function notListed(error: ValidationError, subject: Subject, schema: Schema): Explanation {
  const allowed = [...new Set([schema.enum ?? schema.const].flat().map(String))];
  const { instancePath: pointer } = error;
  const value = valueAt(subject, pointer);
  const path = pathOf(pointer, subject);
  const shown = subject.isSecret(pointer)
    ? 'the secret given'
    : `\`${subject.textOf(pointer) ?? JSON.stringify(value)}\``;
  const near = subject.isSecret(pointer) || typeof value !== 'string' ? undefined : closest(value, allowed);
  return {
    code: 'RCTL_INVALID_VALUE',
    message: `${path} cannot be ${shown}.`,
    remedy: [
      near === undefined ? undefined : meant(near),
      `It is one of ${listed(withoutCaseTwins(allowed))}.`,
    ]
      .filter((part) => part !== undefined)
      .join(' '),
    pointer,
    aim: 'auto',
  };
}

/** The server takes its enums in either case; one is enough to read. */
export function withoutCaseTwins(words: string[]): string[] {
  return words.filter(
    (word, i) => words.findIndex((other) => other.toLowerCase() === word.toLowerCase()) === i,
  );
}

const RULES: Record<string, (limit: unknown) => string> = {
  minimum: (limit) => `must be at least ${limit}`,
  maximum: (limit) => `must be at most ${limit}`,
  minLength: () => 'must not be empty',
  maxLength: (limit) => `must have at most ${limit} characters`,
  minItems: (limit) => `needs at least ${limit} ${limit === 1 ? 'item' : 'items'}`,
  maxItems: (limit) => `takes at most ${limit} items`,
  minProperties: () => 'must not be empty',
};

function otherRule(error: ValidationError, subject: Subject, schema: Schema): Explanation {
  const own = OWN_MESSAGE.has(error.keyword) && typeof schema['x-message'] === 'string' ? schema : undefined;
  const { instancePath } = error;
  const rule = RULES[error.keyword]?.(error.params.limit) ?? error.message ?? 'is not allowed';
  const message = own === undefined ? `${pathOf(instancePath, subject)} ${rule}.` : `${own['x-message']}.`;
  const remedy = typeof own?.['x-remedy'] === 'string' ? own['x-remedy'] : undefined;
  const choices = [schema.oneOf, dig(schema, 'not', 'required')]
    .flat()
    .map((choice) => dig(choice, 'required', 0) ?? choice);
  const given = valueAt(subject, instancePath);
  const both = isObject(given) ? Object.keys(given).filter((key) => choices.includes(key)) : [];
  const isMissing = error.keyword === 'oneOf' && both.length === 0;
  const last = both.at(-1);
  return {
    code: isMissing ? 'RCTL_MISSING_FIELD' : 'RCTL_INVALID_VALUE',
    message: message.charAt(0).toUpperCase() + message.slice(1),
    remedy,
    pointer: last === undefined ? instancePath : pointerTo(instancePath, String(last)),
    aim: last === undefined ? 'auto' : 'key',
  };
}
