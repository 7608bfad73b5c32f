import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const MANIFEST = join(ROOT, 'schemas/manifest.schema.json');

describe('the schemas', () => {
  it('for editors are in sync with those of the kinds', () => {
    const committed = readFileSync(MANIFEST, 'utf8');
    execFileSync(process.execPath, [join(ROOT, 'scripts/generate.mjs')]);
    expect(readFileSync(MANIFEST, 'utf8')).toBe(committed);
  });
});
