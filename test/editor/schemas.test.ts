import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { isObject } from '../../src/core/json.ts';

type Schema = Record<string, unknown>;

const FOLDER = resolve(import.meta.dirname, '../../schemas');
const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.schema.json'))
  .sort();
const read = (path: string): Schema => JSON.parse(readFileSync(join(FOLDER, path), 'utf8'));

/** As strict as Ajv is, but for what JSON Schema asks of a choice between sets of fields. */
function strictAjv(): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    formats: { 'date-time': true },
    keywords: ['x-since', 'x-ref', 'x-text', 'x-message', 'x-remedy', 'x-secret'],
  });
  for (const other of ['report.schema.json', 'output.schema.json']) ajv.addSchema(read(other), other);
  return ajv;
}

interface Place {
  readonly pointer: string;
  readonly schema: Schema;
  /** Of a field, as opposed to a list's items or a condition. */
  readonly isField: boolean;
}

/** Every schema in a file, with its place. The names of fields are no keywords. */
function placesIn(schema: unknown, pointer = '', isField = false): Place[] {
  if (!isObject(schema)) return [];
  const maps = ['properties', 'definitions'].flatMap((key) =>
    Object.entries(isObject(schema[key]) ? schema[key] : {}).flatMap(([name, inner]) =>
      placesIn(inner, `${pointer}/${key}/${name}`, key === 'properties'),
    ),
  );
  const single = ['items', 'additionalProperties'].flatMap((key) =>
    placesIn(schema[key], `${pointer}/${key}`),
  );
  const lists = ['oneOf', 'anyOf', 'allOf'].flatMap((key) =>
    (Array.isArray(schema[key]) ? schema[key] : []).flatMap((inner: unknown, i: number) =>
      placesIn(inner, `${pointer}/${key}/${i}`),
    ),
  );
  return [{ pointer, schema, isField }, ...maps, ...single, ...lists];
}

/** The description of a schema, or of what it refers to. */
function descriptionOf(schema: Schema, root: Schema): string {
  if (typeof schema.description === 'string') return schema.description;
  const [only, ...others] = Array.isArray(schema.allOf) ? schema.allOf : [schema];
  const target = String(isObject(only) ? only.$ref : '');
  if (others.length > 0 || !target.startsWith('#/definitions/')) return '';
  const definitions = isObject(root.definitions) ? root.definitions : {};
  const named = definitions[target.slice('#/definitions/'.length)];
  return isObject(named) ? descriptionOf(named, root) : '';
}

describe.each(FILES)('schemas/%s', (file) => {
  const root = read(file);
  const places = placesIn(root);

  it('is draft-07, and strict Ajv takes it', () => {
    expect(root.$schema).toBe('http://json-schema.org/draft-07/schema#');
    const ajv = strictAjv();
    expect(ajv.validateSchema(root), JSON.stringify(ajv.errors)).toBe(true);
    expect(ajv.getSchema(file) ?? ajv.compile(root)).toBeInstanceOf(Function);
  });

  it('describes every field in sentences', () => {
    const bare = places.filter(
      ({ schema, isField }) => isField && !/[.)]$/.test(descriptionOf(schema, root)),
    );
    expect(bare.map(({ pointer }) => pointer)).toEqual([]);
  });

  it('says of every value of an enum what it means', () => {
    const unsaid = places
      .filter(({ schema, isField, pointer }) => isField && schema.enum && pointer !== '/properties/command')
      .flatMap(({ schema, pointer }) => {
        const said = descriptionOf(schema, root).toLowerCase();
        return [schema.enum]
          .flat()
          .map((value) => String(value).toLowerCase())
          .filter((value) => !said.includes(value === 'ms' ? 'milliseconds' : value))
          .map((value) => `${pointer}: ${value}`);
      });
    expect([...new Set(unsaid)]).toEqual([]);
  });

  it('has an example, a default or an enum wherever a value is not plain true or false', () => {
    if (!file.startsWith('kinds') && file !== 'metadata.schema.json') return;
    const bare = places.filter(({ schema, isField }) => {
      const { examples, default: fallback, enum: values, type, $ref, allOf } = schema;
      const told = examples ?? fallback ?? values ?? $ref ?? allOf;
      return isField && told === undefined && type !== 'boolean';
    });
    expect(bare.map(({ pointer }) => pointer)).toEqual([]);
  });

  // A reference may stand for a value in a manifest, so kinds are measured by the schema for editors.
  it('takes its own examples and defaults', () => {
    if (file.startsWith('kinds') || file === 'metadata.schema.json') return;
    const ajv = strictAjv();
    if (ajv.getSchema(file) === undefined) ajv.addSchema(root, file);
    const wrong = places.flatMap(({ pointer, schema }) => {
      const given = [...(Array.isArray(schema.examples) ? schema.examples : []), schema.default];
      const values = given.filter((value) => value !== undefined);
      if (values.length === 0) return [];
      const validate = ajv.getSchema(`${file}#${pointer}`);
      return values
        .filter((value) => validate?.(value) !== true)
        .map((value) => `${pointer}: ${JSON.stringify(value)} ${JSON.stringify(validate?.errors)}`);
    });
    expect(wrong).toEqual([]);
  });
});

it('every example and default of a kind reaches the schema for editors', () => {
  const count = (path: string): number =>
    placesIn(read(path)).filter(({ schema }) => schema.examples !== undefined || schema.default !== undefined)
      .length;
  const kinds = FILES.filter((file) => file.startsWith('kinds') || file === 'metadata.schema.json');
  expect(count('manifest.schema.json')).toBe(kinds.map(count).reduce((sum, n) => sum + n, 0));
});
