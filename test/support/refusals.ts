import { KINDS } from '../../src/kinds/registry.ts';
import { DOCUMENT_REFUSALS } from '../../src/kinds/seed-data/refusals.ts';
import type { Rule } from '../../src/opensearch/refusals/rule.ts';
import { TRANSLATIONS } from '../../src/opensearch/translations.ts';

/** Every list of rules, as it is searched: the first row that fits counts. */
export const LISTS: readonly (readonly [string, readonly Rule[]])[] = [
  ['whatever is asked', TRANSLATIONS],
  ...KINDS.flatMap(({ name, refusals }): [string, readonly Rule[]][] =>
    refusals === undefined ? [] : [[name, refusals]],
  ),
  ['documents of SeedData', DOCUMENT_REFUSALS],
];

/** Every rule, once. */
export const RULES: readonly Rule[] = [...new Set(LISTS.flatMap(([, rules]) => rules))];
