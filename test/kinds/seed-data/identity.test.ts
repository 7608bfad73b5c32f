import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/json.ts';
import { canonicalText, contentId, fieldId } from '../../../src/kinds/seed-data/identity.ts';
import { withoutOwnId } from '../../../src/kinds/seed-data/own-id.ts';

const idOf = (text: string): string => contentId(JSON.parse(text), text);
const document = fc.dictionary(fc.string(), fc.jsonValue());

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item)]),
  );
}

describe('the ID from the content', () => {
  it('does not depend on the order of keys or on white space', () => {
    fc.assert(
      fc.property(document, (value) => {
        expect(idOf(JSON.stringify(shuffled(value), null, 2))).toBe(idOf(JSON.stringify(value)));
      }),
    );
  });

  it('is the same for a document in the manifest and in a file', () => {
    fc.assert(
      fc.property(document, (value) => {
        const text = JSON.stringify(value);
        expect(contentId(JSON.parse(text))).toBe(idOf(text));
        expect(canonicalText(JSON.parse(text))).toBe(canonicalJson(JSON.parse(text)));
      }),
    );
  });

  it('differs for documents that differ', () => {
    fc.assert(
      fc.property(document, document, (one, other) => {
        const same = canonicalJson(one) === canonicalJson(other);
        expect(idOf(JSON.stringify(one)) === idOf(JSON.stringify(other))).toBe(same);
      }),
    );
  });

  it.each([
    ['{"n":9007199254740993}', '{"n":9007199254740992}'],
    ['{"n":123456789012345678901234567890}', '{"n":123456789012345678901234567891}'],
    ['{"n":0.1000000000000000055}', '{"n":0.1}'],
    ['{"n":1e400}', '{"n":1e401}'],
    ['{"n":1e400}', '{"n":null}'],
    ['{"n":1e-400}', '{"n":0}'],
    ['{"n":9007199254740993}', '{"n":"9007199254740993"}'],
    ['{"s":"\\"9007199254740993"}', '{"s":"\\"9007199254740992"}'],
  ])('tells %s from %s', (one, other) => {
    expect(idOf(one)).not.toBe(idOf(other));
  });

  it.each([
    ['{"n":1.0}', '{"n":1}'],
    ['{"n":9007199254740993.0}', '{"n":9007199254740993}'],
    ['{"n":5.1234567890123456e-05}', '{"n":0.000051234567890123456}'],
    ['{"n":1e400}', '{"n":10e399}'],
    ['{"n":100000000000000000000}', '{"n":1e20}'],
  ])('takes %s and %s for the same', (one, other) => {
    expect(idOf(one)).toBe(idOf(other));
  });

  it('tells whole numbers apart, however long', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (one, other) => {
        expect(idOf(`{"n":${one}}`) === idOf(`{"n":${other}}`)).toBe(one === other);
      }),
    );
  });
});

describe('the ID from a field', () => {
  it.each([
    [{ id: 'a' }, 'id', 'a'],
    [{ id: 7 }, 'id', '7'],
    [{ id: false }, 'id', 'false'],
    [{ a: { b: 'c' } }, 'a.b', 'c'],
    [{ 'a.b': 'c' }, 'a.b', 'c'],
    [{ a: { 'b.c': 1 } }, 'a.b.c', '1'],
  ])('%j %s', (value, path, id) => {
    expect(fieldId(value, path)).toEqual({ id });
  });

  it.each([
    [{}, /no field/],
    [{ id: null }, /no field/],
    [{ id: {} }, /object/],
    [{ id: [1] }, /list/],
    [{ id: '' }, /empty/],
    [{ id: 'é'.repeat(257) }, /514 bytes/],
    [{ id: 2 ** 60 }, /too large/],
  ])('refuses %j', (value, why) => {
    expect(fieldId(value, 'id')).toEqual({ problem: expect.stringMatching(why) });
  });
});

describe('a document without its own _id', () => {
  const withoutIds = document.map(({ _id, ...rest }) => rest);

  it('is the rest of it, wherever the _id stands', () => {
    fc.assert(
      fc.property(withoutIds, withoutIds, fc.jsonValue(), fc.nat({ max: 2 }), (some, more, id, indent) => {
        const { _id, ...rest } = { ...some, _id: id, ...more };
        const text = JSON.stringify({ ...some, _id: id, ...more }, null, indent);
        expect(JSON.parse(withoutOwnId(text))).toEqual(JSON.parse(JSON.stringify(rest)));
      }),
    );
  });

  it.each([
    ['{"_id":"a"}', '{}'],
    ['{}', '{}'],
    [' { "_id" : 1 , "n":9007199254740993 } ', '{"n":9007199254740993}'],
    ['{"n":1.0,"_id":{"a":[1,"}"]},"m":1e400}', '{"n":1.0,"m":1e400}'],
    ['{"_id":"a","x":{"_id":"b"},"_id":"c"}', '{"x":{"_id":"b"}}'],
    ['{"\\u005fid":"a","b":1}', '{"b":1}'],
  ])('%s', (text, rest) => {
    expect(withoutOwnId(text).replaceAll(' ', '')).toBe(rest);
  });
});
