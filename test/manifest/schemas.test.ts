import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');
const MANIFEST = join(ROOT, 'schemas/manifest.schema.json');
const read = (path: string): Record<string, unknown> => JSON.parse(readFileSync(path, 'utf8'));

function nodesOf(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  if (typeof value !== 'object' || value === null) return [];
  const { examples: _examples, ...node } = value as Record<string, unknown>;
  const { properties = {}, definitions = {}, ...rest } = node;
  const inner = [
    ...Object.values(properties as object),
    ...Object.values(definitions as object),
    ...Object.values(rest),
  ];
  return [node, ...inner.flatMap(nodesOf)];
}

describe('the schemas', () => {
  it('for editors are in sync with those of the kinds', () => {
    const committed = readFileSync(MANIFEST, 'utf8');
    execFileSync(process.execPath, [join(ROOT, 'scripts/generate.mjs')]);
    expect(readFileSync(MANIFEST, 'utf8')).toBe(committed);
  });

  it.each(readdirSync(join(ROOT, 'schemas/kinds')))('%s describes every field', (name) => {
    for (const { properties } of nodesOf(read(join(ROOT, 'schemas/kinds', name)))) {
      for (const [field, schema] of Object.entries(
        (properties ?? {}) as Record<string, Record<string, unknown>>,
      )) {
        if (Object.keys(schema).every((key) => key === '$ref')) continue;
        // In a condition (`if`) a property is no description of the field.
        if (Object.keys(schema).join() === 'enum') continue;
        expect(schema.description, field).toMatch(/\.$/);
      }
    }
  });

  it('for editors accept the manifests of the repository, and no typo', () => {
    const validate = new Ajv({ allErrors: true, strict: false }).compile(read(MANIFEST));
    for (const path of ['ms-marco-tutorial/tutorial.yaml', 'quickstart/quickstart.yaml']) {
      const text = readFileSync(join(ROOT, 'manifests', path), 'utf8');
      for (const document of parseAllDocuments(text)) {
        const data = (document as { toJS(): { spec: Record<string, unknown> } }).toJS();
        expect(validate(data), JSON.stringify(validate.errors)).toBe(true);
        expect(validate({ ...data, spec: { ...data.spec, zork: 1 } })).toBe(false);
      }
    }
  });
});
