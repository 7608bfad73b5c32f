import { expect, test } from 'vitest';
import { fill } from '../../src/verify/template.ts';

test('places in strings are filled, at any depth, with the text of the query and columns of its row', () => {
  const body = {
    query: {
      bool: { must: [{ match: { text: '{{query_text}}' } }], filter: { term: { lang: '{{ lang }}' } } },
    },
    note: 'for {{lang}}: {{query_text}}!',
  };
  expect(fill(body, { query_text: 'red "planet"', lang: 'en' })).toEqual({
    body: {
      query: { bool: { must: [{ match: { text: 'red "planet"' } }], filter: { term: { lang: 'en' } } } },
      note: 'for en: red "planet"!',
    },
    missing: [],
  });
});

test('a string that is one place takes the value as it is', () => {
  const { body } = fill({ size: '{{k}}', vector: '{{v}}', text: 'k={{k}}' }, { k: 10, v: [1, 2.5] });
  expect(body).toEqual({ size: 10, vector: [1, 2.5], text: 'k=10' });
});

test('names without a value are told, each once', () => {
  expect(fill({ a: '{{x}} {{x}}', b: '{{toString}}' }, {}).missing).toEqual(['x', 'toString']);
});

test('connector placeholders are no places', () => {
  const body = { a: '${parameters.x}', b: '{ {x} }' };
  expect(fill(body, {})).toEqual({ body, missing: [] });
});
