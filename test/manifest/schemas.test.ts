import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');
const MANIFEST = join(ROOT, 'schemas/manifest.schema.json');
const read = (path: string): Record<string, unknown> => JSON.parse(readFileSync(path, 'utf8'));

describe('the schemas', () => {
  it('for editors are in sync with those of the kinds', () => {
    const committed = readFileSync(MANIFEST, 'utf8');
    execFileSync(process.execPath, [join(ROOT, 'scripts/generate.mjs')]);
    expect(readFileSync(MANIFEST, 'utf8')).toBe(committed);
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
