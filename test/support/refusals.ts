import { CONNECTION } from '../../src/catalogue/connection.ts';
import { MANIFESTS } from '../../src/catalogue/manifests.ts';
import { MEASURING } from '../../src/catalogue/measuring.ts';
import { MODELS } from '../../src/catalogue/models.ts';
import { OBJECTS } from '../../src/catalogue/objects.ts';
import { STACK } from '../../src/catalogue/stack.ts';
import { KINDS } from '../../src/kinds/registry.ts';
import { DOCUMENT_REFUSALS } from '../../src/kinds/seed-data/refusals.ts';
import { type Rule, sayingOf, wordsOf } from '../../src/opensearch/refusals/rule.ts';
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

/** What docs/troubleshooting.md is made of. */
export const PAGE_DATA = {
  chapters: [
    ['Connecting, and what any request may meet', CONNECTION],
    ['Manifests', MANIFESTS],
    ['State, plans and releases', STACK],
    ['Model groups, connectors and models', MODELS],
    ['Indices, documents, pipelines and settings', OBJECTS],
    ['Verifications', MEASURING],
  ],
  rules: RULES,
  sayingOf,
  wordsOf,
} as const;
