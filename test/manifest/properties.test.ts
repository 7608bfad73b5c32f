import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { closest } from '../../src/core/suggest.ts';
import { topologicalOrder } from '../../src/manifest/load.ts';
import { readPlainYaml } from '../../src/manifest/plain.ts';
import { group, loadText } from './support.ts';

const scalar = fc.oneof(
  fc.constantFrom(
    'a',
    'a b',
    'x: y',
    '- x',
    '# c',
    'a #b',
    '"q"',
    "'q'",
    '"a',
    "it's",
    '~',
    'null',
    'true',
    'No',
    'yes',
    '0',
    '-1',
    '1.0',
    '1.5',
    '007',
    '0x1F',
    '1e3',
    '1_000',
    '.inf',
    '+1',
    '-',
    '?',
    ':',
    ':x',
    'a:',
    'a:b',
    'http://x/y',
    '*a',
    '&a b',
    '!t',
    '|',
    '>-',
    '%d',
    '@x',
    '`x`',
    '{a: b}',
    '{a: b, c: [d, 1]}',
    '{}',
    '[]',
    '[a, "b", c: d]',
    '[a,b]',
    '[a, ]',
    '{a}',
    '{"a": 1, b : 2}',
    '{a: b} # c',
    '"x" # c',
    '"x"#c',
    '[a] b',
    '{ a: b',
    'é',
    'a\tb',
    '1.0.2',
    '2024-01-01',
    '12345678901234567890',
    '',
    ' ',
    '\u00a0',
    '{$ref: A/b}',
    '{ "a":1 }',
    '[-1, - 2]',
    '[a: , b]',
    '--- x',
    '...',
    'a, b',
    'Null',
    '{a: {b: [c]}}',
    '{a: http://x, b: c:d}',
    "[it's, 'x' , \"y\" ]",
  ),
  fc.string({ maxLength: 12 }),
);
const key = fc.constantFrom(
  'a',
  'b',
  'c-d',
  'e.f',
  '"g"',
  'null',
  'true',
  '1',
  '<<',
  '__proto__',
  '$ref',
  'a b',
  '- a',
  '? x',
  'constructor',
);
const line = fc.record({
  indent: fc.constantFrom(0, 0, 2, 2, 4, 6, 1),
  dash: fc.constantFrom('', '', '', '- ', '-   ', '-'),
  key: fc.option(key),
  gap: fc.constantFrom(' ', ' ', '  ', ''),
  value: scalar,
  end: fc.constantFrom('\n', '\n', '\n', '\n\n', '\r\n', ' \n', ' # end\n'),
});
const yamlLike = fc
  .array(line, { minLength: 1, maxLength: 8 })
  .map((lines) =>
    lines
      .map(
        ({ indent, dash, key: name, gap, value, end }) =>
          `${' '.repeat(indent)}${dash}${name === null ? '' : `${name}:${gap}`}${value}${end}`,
      )
      .join(''),
  );

const tame = fc.constantFrom(
  ...[
    'a',
    'a b',
    'a #b',
    '"q"',
    "'x: y' # c",
    '~',
    'true',
    'yes',
    '0',
    '-1',
    '1.5',
    '1.0.2',
    'http://x/y',
    '{$ref: A/b}',
  ],
  ...[
    '{}',
    '[]',
    '[a, "b", {c: [1]}]',
    "{ a: http://x, 'b': c:d, } # c",
    "it's {odd}, [too]",
    '2024-01-01',
    '-x',
    'é…',
  ],
);

/** Mostly sound YAML of nested blocks, so that the quick reader dares to answer. */
const { block } = fc.letrec<{ block: string[]; value: string[] }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 4, arbitrary: tame.map((text) => [` ${text}`]) },
    { weight: 1, arbitrary: scalar.map((text) => [` ${text}`]) },
    fc
      .tuple(tie('block'), fc.constantFrom('', ' ', '   '))
      .map(([lines, by]) => ['', ...lines.map((text) => `${by}${text}`)]),
  ),
  block: fc.oneof(
    fc
      .array(
        fc.tuple(
          fc.constantFrom('a', 'b', 'c-d', 'e.f', '$g', 'constructor', 'null'),
          tie('value'),
          fc.constantFrom('', '', '', '# c'),
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((entries) =>
        entries.flatMap(([name, [first = '', ...rest], comment]) => [
          `${name}:${first}`,
          ...(comment === '' ? [] : [comment]),
          ...rest,
        ]),
      ),
    fc.array(fc.tuple(tie('value'), fc.boolean()), { minLength: 1, maxLength: 3 }).map((items) =>
      items.flatMap(([[first = '', ...rest], joined]) => {
        const [second = '', ...others] = rest;
        return first === '' && joined && second !== ''
          ? [`- ${second}`, ...others.map((text) => `  ${text}`)]
          : [`-${first}`, ...rest];
      }),
    ),
  ),
}));
const sound = fc
  .tuple(fc.constantFrom('', '---\n', '--- # c\n'), block)
  .map(([marker, lines]) => `${marker}${lines.join('\n')}\n`);

/** What the real parser makes of a text; nothing when it finds anything wrong. */
function real(text: string): unknown {
  try {
    return parse(text, { stringKeys: true, strict: true, merge: true, logLevel: 'error' });
  } catch {
    return 'invalid';
  }
}

describe('the quick reader', () => {
  it('answers as the real parser does, or not at all', () => {
    let answered = 0;
    fc.assert(
      fc.property(fc.oneof(sound, yamlLike), (text) => {
        const plain = readPlainYaml(text);
        if (plain === undefined) return;
        answered++;
        expect(plain.data ?? null, JSON.stringify(text)).toEqual(real(text));
      }),
      { numRuns: 20_000 },
    );
    expect(answered).toBeGreaterThan(2_000);
  });
});

const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,8}$/), { minLength: 2, maxLength: 8 });

describe('documents', () => {
  it('mean the same in any order', async () => {
    await fc.assert(
      fc.asyncProperty(names, fc.infiniteStream(fc.nat()), async (given, numbers) => {
        // Each depends on some of those before it, so there are no circles.
        const documents = given.map((name, i) => {
          const needs = given.slice(0, i).filter(() => (numbers.next().value ?? 0) % 2 === 0);
          return group(name).replace(
            `name: ${name}`,
            `name: ${name}, depends_on: [${needs.map((need) => `ModelGroup/${need}`).join(', ')}]`,
          );
        });
        const shuffled = documents
          .map((document) => ({ document, by: numbers.next().value ?? 0 }))
          .sort((a, b) => a.by - b.by)
          .map(({ document }) => document);
        const [one, other] = await Promise.all([
          loadText(documents.join('---\n')),
          loadText(shuffled.join('---\n')),
        ]);
        const bare = ({ resources }: typeof one) => resources.map(({ locate: _locate, ...rest }) => rest);
        expect(one.diagnostics).toEqual([]);
        expect(bare(other)).toEqual(bare(one));
        expect(other.digest).toBe(one.digest);
        const order = topologicalOrder(other.resources);
        expect(order.map(({ address }) => address)).toEqual(
          topologicalOrder(one.resources).map(({ address }) => address),
        );
        for (const [i, { dependsOn }] of order.entries()) {
          const earlier = order.slice(0, i).map(({ address }) => address);
          expect(earlier).toEqual(expect.arrayContaining([...dependsOn]));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('never make the loader throw', async () => {
    await fc.assert(
      fc.asyncProperty(yamlLike, async (text) => {
        const { diagnostics } = await loadText(`${group('g')}---\n${text}`);
        for (const { location, remedy, message } of diagnostics) {
          expect(location?.line).toBeGreaterThan(0);
          expect(message).not.toContain('undefined');
          expect(remedy).not.toContain('undefined');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('suggestions', () => {
  const FIELDS = [
    'description',
    'model_group_id',
    'model_format',
    'model_config',
    'access_mode',
    'backend_roles',
    'rate_limiter',
  ];
  it('undo one slip of the finger', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FIELDS),
        fc.nat(),
        fc.constantFrom('drop', 'double', 'swap', 'replace'),
        (field, at, slip) => {
          const i = at % (field.length - 1);
          const [left, here, next, rest] = [
            field.slice(0, i),
            field[i] ?? '',
            field[i + 1] ?? '',
            field.slice(i + 2),
          ];
          const middle = { drop: next, double: here + here + next, swap: next + here, replace: `x${next}` }[
            slip
          ];
          expect(closest(left + middle + rest, FIELDS)).toBe(field);
        },
      ),
    );
  });

  it('say nothing of what is like nothing', () => {
    expect(closest('zork', FIELDS)).toBeUndefined();
    expect(closest('format', FIELDS)).toBe('model_format');
    expect(closest('accessMode', FIELDS)).toBe('access_mode');
  });
});
