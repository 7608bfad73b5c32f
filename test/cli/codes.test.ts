import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { CODES } from '../../src/catalogue/codes.ts';
import { rerankctl } from '../support/cli.ts';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

/** Codes that stand in the source, but for the catalogue itself. */
function usedCodes(): Set<string> {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !/^(catalogue|generated)/.test(path),
  );
  const text = files.map((path) => readFileSync(SRC + path, 'utf8')).join('\n');
  return new Set(
    [...text.matchAll(/'((?:RCTL_(?!LINT_)|DEV_)[A-Z0-9_]*[A-Z0-9])'/g)].map(([, code = '']) => code),
  );
}

it('every code is explained: add a new one to src/catalogue, and take out one that is gone', () => {
  expect([...usedCodes()].filter((code) => !Object.hasOwn(CODES, code))).toEqual([]);
  const used = usedCodes();
  expect(Object.keys(CODES).filter((code) => !used.has(code))).toEqual([]);
});

it('an explanation is more than a word, and fits a screen', () => {
  for (const [code, text] of Object.entries(CODES)) {
    expect(text.length, code).toBeGreaterThan(40);
    expect(text.length, code).toBeLessThan(420);
    expect(text, code).toMatch(/[.?]$/);
  }
});

it('explain tells what a code means, with or without its prefix', async () => {
  for (const word of ['RCTL_MODEL_NO_ROOM', 'MODEL_NO_ROOM']) {
    const { code, stdout } = await rerankctl(['explain', word]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^RCTL_MODEL_NO_ROOM\n {2}A changed model is deployed beside the old one first/);
  }
  const wrong = await rerankctl(['explain', 'RCTL_MODEL_NO_ROM']);
  expect(wrong.code).toBe(3);
  expect(wrong.stderr).toContain('RCTL_MODEL_NO_ROOM');
  const rule = await rerankctl(['explain', 'RCTL_LINT_RERANK_IGNORE_FAILURE']);
  expect(rule.stderr).toContain('docs/lint.md');
});
