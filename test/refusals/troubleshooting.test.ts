import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { troubleshooting } from '../../scripts/troubleshooting.mjs';
import { CODES } from '../../src/catalogue/codes.ts';
import { PAGE_DATA, RULES } from '../support/refusals.ts';

const PAGE = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');

it('docs/troubleshooting.md is made of what the code says: node scripts/troubleshooting.mjs', () => {
  expect(PAGE).toBe(troubleshooting(PAGE_DATA));
});

it('it has a section for every code, and every rule’s code is one', () => {
  const sections = [...PAGE.matchAll(/^### (RCTL_\w+)$/gm)].map(([, code]) => code);
  expect(sections.sort()).toEqual(Object.keys(CODES).sort());
  expect(RULES.filter(({ code }) => !Object.hasOwn(CODES, code))).toEqual([]);
});
