import { describe, expect, it } from 'vitest';
import { compareArms } from '../../src/verify/compare.ts';
import { shownText } from '../../src/verify/hit.ts';
import { hit } from './support.ts';

const SHOWN = { fields: [], documentId: '_id' };

describe('rank moves', () => {
  it('says where each hit was and is', () => {
    const { reranked, unreranked } = compareArms(
      [hit(1, 'a', 3), hit(2, 'b', 2), hit(3, 'c', 1)],
      [hit(1, 'c', 9), hit(2, 'b', 5), hit(3, 'a', -1)],
      SHOWN,
    );
    expect(
      reranked.map(({ _id, rank, was, move, unrerankedScore }) => [_id, rank, was, move, unrerankedScore]),
    ).toEqual([
      ['c', 1, 3, 2, 1],
      ['b', 2, 2, 0, 2],
      ['a', 3, 1, -2, 3],
    ]);
    expect(unreranked.map(({ _id, now }) => [_id, now])).toEqual([
      ['a', 3],
      ['b', 2],
      ['c', 1],
    ]);
  });

  it('tells hits that are new in the window from those that left it', () => {
    const { reranked, unreranked } = compareArms([hit(1, 'a', null)], [hit(1, 'b', 2)], SHOWN);
    expect(reranked[0]).toMatchObject({ was: null, move: null, unrerankedScore: null });
    expect(unreranked[0]).toMatchObject({ now: null, score: null });
  });

  it('does not mix up the same ID in two indices', () => {
    const other = { ...hit(1, 'a', 1), _index: 'other' };
    expect(compareArms([hit(1, 'a', 1)], [other], SHOWN).reranked[0]?.was).toBeNull();
  });
});

describe('the shown text', () => {
  const one = hit(1, 'a', 1, { n: 3, title: 'A\u001b[31m title', body: { text: ['x', 'y\n\nz'] } });

  it.each([
    ['the named fields', ['title', 'body.text'], 'A [31m title | x y z'],
    ['what there is of them', ['nope', 'n'], '3'],
    ['the first text of the document otherwise', ['nope'], 'A [31m title'],
    ['the first text without fields', [], 'A [31m title'],
  ])('is %s', (_name, fields, text) => expect(shownText(one, fields)).toBe(text));

  it('is cut to 300 characters, never in the middle of one', () => {
    const long = shownText(hit(1, 'a', 1, { t: `${'x'.repeat(298)}😀😀` }), ['t']);
    expect(long).toBe(`${'x'.repeat(298)}…`);
    expect(shownText(hit(1, 'a', 1, { t: 'x'.repeat(300) }), ['t'])).toHaveLength(300);
  });
});
