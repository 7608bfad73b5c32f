import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CODES } from '../../src/catalogue/codes.ts';
import { RULES } from '../support/refusals.ts';

/** That it is what the code tells is seen by test/docs/pages.test.ts. */
const PAGE = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');

it('the page of troubleshooting has a section for every code, and the words of every rule', () => {
  const sections = [...PAGE.matchAll(/^### ((?:RCTL|DEV)_\w+)$/gm)].map(([, code]) => code);
  expect(sections.sort()).toEqual(Object.keys(CODES).sort());
  expect(RULES.filter(({ code }) => !Object.hasOwn(CODES, code))).toEqual([]);
  for (const { said } of RULES.flatMap(({ samples }) => samples)) {
    expect(PAGE).toContain(said.replaceAll(/\s+/g, ' ').slice(0, 150));
  }
});
