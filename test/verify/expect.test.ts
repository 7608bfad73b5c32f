import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { describeMatcher, judgeExpectations, matches } from '../../src/verify/expect.ts';
import { hit } from './support.ts';

const source: JsonObject = {
  passage_text: 'Washington, D.C. is the capital.',
  year: 2017,
  live: true,
  none: null,
  tags: ['a', 'b'],
  meta: { lang: 'en', 'sub.key': 'deep' },
  authors: [{ name: 'Ann' }, { name: 'Bob' }],
};
const one = hit(1, '3', 5.4, source);

describe('a matcher', () => {
  const cases: [string, JsonObject, boolean][] = [
    ['an ID', { _id: '3' }, true],
    ['another ID', { _id: '4' }, false],
    ['a scalar', { year: 2017 }, true],
    ['a number is not its text', { year: '2017' }, false],
    ['a boolean', { live: true }, true],
    ['null', { none: null }, true],
    ['a field that is not there is not null', { nope: null }, false],
    ['equals', { passage_text: { equals: 'Washington, D.C. is the capital.' } }, true],
    ['contains', { passage_text: { contains: 'Washington, D.C.' } }, true],
    ['contains is plain text', { passage_text: { contains: 'Washington. D.C.' } }, false],
    ['contains is case-sensitive', { passage_text: { contains: 'washington' } }, false],
    ['contains on a number', { year: { contains: 201 } }, true],
    ['matches', { passage_text: { matches: '^Washington, D\\.C\\.' } }, true],
    ['matches nothing', { passage_text: { matches: '^capital' } }, false],
    ['a pattern on a whole object', { meta: { matches: '.' } }, false],
    ['one of many values', { tags: 'b' }, true],
    ['a dotted path', { 'meta.lang': 'en' }, true],
    ['a dotted path over a dotted key', { 'meta.sub.key': 'deep' }, true],
    ['a dotted path through a list', { 'authors.name': 'Bob' }, true],
    ['all conditions of a field', { passage_text: { contains: 'Washington', matches: 'capital' } }, true],
    [
      'not all conditions of a field',
      { passage_text: { contains: 'Washington', matches: '^capital' } },
      false,
    ],
    ['not all fields', { _id: '3', year: 1 }, false],
  ];
  it.each(cases)('%s', (_name, matcher, met) => expect(matches(matcher, one)).toBe(met));

  it('finds what `fields` of the search brought', () => {
    expect(matches({ extra: 'x' }, { ...one, source: {}, fields: { extra: ['x'] } })).toBe(true);
  });

  it('is told in words', () => {
    expect(describeMatcher({ _id: '3', a: { contains: 'x' }, b: { matches: 'y+' } })).toBe(
      '_id is "3" and a contains "x" and b matches /y+/',
    );
  });
});

describe('expectations', () => {
  const hits = [hit(1, 'a', 3, { t: 'first' }), hit(2, 'b', 2, { t: 'second' }), hit(3, 'c', 1)];
  const judged = (expected: JsonObject) =>
    judgeExpectations(expected, hits).map(({ kind, pass, foundAt }) => [kind, pass, foundAt]);

  it.each<[JsonObject, unknown[]]>([
    [{}, []],
    [{ first: { _id: 'a' } }, [['first', true, 1]]],
    [{ first: { _id: 'b' } }, [['first', false, 2]]],
    [{ first: { _id: 'z' } }, [['first', false, null]]],
    [{ not_first: { _id: 'b' } }, [['not_first', true, 2]]],
    [{ not_first: { _id: 'a' } }, [['not_first', false, 1]]],
    [
      { top: [{ _id: 'b' }, { _id: 'a' }] },
      [
        ['top', true, 2],
        ['top', true, 1],
      ],
    ],
    [
      { top: [{ _id: 'a' }, { _id: 'c' }] },
      [
        ['top', true, 1],
        ['top', false, 3],
      ],
    ],
    [{ top: [{ _id: 'z' }] }, [['top', false, null]]],
  ])('%j', (expected, result) => expect(judged(expected)).toEqual(result));

  it('say what is there instead', () => {
    const [first] = judgeExpectations({ first: { t: { contains: 'second' } } }, hits);
    expect(first).toMatchObject({ what: 't contains "second"', actual: '_id a, t "first"', foundAt: 2 });
    expect(
      judgeExpectations({ top: [{ _id: 'c', n: null }, { t: 'second' }] }, hits).map(({ what, actual }) => [
        what,
        actual,
      ]),
    ).toEqual([
      ['among the first 2: _id is "c" and n is null', 'no such hit'],
      ['among the first 2: t is "second"', 'rank 2: _id b, t "second"'],
    ]);
    expect(judgeExpectations({ first: { o: 1 } }, hits)[0]?.actual).toBe('_id a, without o');
  });

  it('are never met by no hits', () => {
    const none = judgeExpectations({ first: {}, not_first: { _id: 'a' }, top: [{}] }, []);
    expect(none.map(({ pass, actual }) => [pass, actual])).toEqual([
      [false, 'no hit'],
      [false, 'no such hit'],
      [false, 'no hit'],
    ]);
  });
});
