import { describe, expect, it } from 'vitest';
import { findRule, type Rule, sayingOf, wordsOf } from '../../src/opensearch/refusals/rule.ts';
import { TRANSLATIONS } from '../../src/opensearch/translations.ts';
import { LISTS, RULES } from '../support/refusals.ts';

/** All that callers fill in. */
const KNOWN = {
  request: 'PUT /x',
  shown: 'http://localhost:9200',
  user: 'jo',
  username: 'jo',
  status: '400',
  name: 'products',
};

function title({ code, said, status, type }: Rule): string {
  return `${code} ${said?.source ?? [status, type].join(' ')}`;
}

describe.each(LISTS)('what the server says, %s', (_list, rules) => {
  it.each(rules.map((rule) => [title(rule), rule] as const))('%s', (_title, rule) => {
    expect(rule.samples).not.toEqual([]);
    for (const sample of rule.samples) {
      const saying = sayingOf(sample);
      const found = findRule(saying, rules);
      expect(found === undefined ? 'nothing' : title(found), sample.said).toBe(title(rule));
      const words = wordsOf(rule, saying, KNOWN);
      expect(words.message, 'a cause is a sentence').toMatch(/^.{10,}/s);
      for (const text of [words.message.replace(sample.said, ''), words.remedy ?? '']) {
        expect(text, 'a {name} that nobody fills').not.toMatch(/(?<!\$)\{\w+\}/);
        expect(text).not.toContain('undefined');
      }
      expect(words.remedy, 'a remedy is more than a word').toMatch(/^.{6,}/s);
    }
  });
});

it('a kind never tells in its own words what is about the connection or the user', () => {
  for (const [list, rules] of LISTS.slice(1)) {
    for (const sample of rules.flatMap(({ samples }) => samples)) {
      expect(findRule(sayingOf(sample), TRANSLATIONS)?.failure, `${list}: ${sample.said}`).toBeUndefined();
    }
  }
});

it('no rule has the same sample as another one of its list', () => {
  for (const [list, rules] of LISTS) {
    const all = rules.flatMap(({ samples }) => samples.map(({ how, said }) => `${list} ${how} ${said}`));
    expect(all.filter((each, i) => all.indexOf(each) !== i)).toEqual([]);
  }
});

it('there are far more than fifty messages, and each has its versions', () => {
  const samples = RULES.flatMap((rule) => rule.samples);
  expect(new Set(samples.map(({ said }) => said)).size).toBeGreaterThan(120);
  for (const { versions } of samples) expect(versions).toMatch(/^(\d+\.\d+|nginx)/);
});
