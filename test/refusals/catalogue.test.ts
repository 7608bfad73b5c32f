import { describe, expect, it } from 'vitest';
import { renderDiagnostic } from '../../src/cli/render/diagnostics.ts';
import { asDiagnostic, ServerError } from '../../src/core/errors.ts';
import { modelFailure } from '../../src/kinds/model/failures.ts';
import { whatServerSaid } from '../../src/opensearch/answer.ts';
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

it('the words of the server are kept where a message has others, for --debug and for JSON', () => {
  const [sample] = RULES.find(({ code }) => code === 'RCTL_SHARD_LIMIT')?.samples ?? [];
  if (sample === undefined) throw new Error('no sample');
  const saying = { status: 400, type: 'validation_exception', reason: sample.said, request: 'PUT /products' };
  const rule = findRule(saying, TRANSLATIONS);
  if (rule === undefined) throw new Error('no rule');
  const first = new ServerError(saying, wordsOf(rule, saying, KNOWN));
  for (const error of [
    first,
    new ServerError(saying, { code: 'RCTL_X', message: 'In other words.' }, first),
  ]) {
    const diagnostic = asDiagnostic(error);
    expect(diagnostic.said).toBe(`PUT /products: 400 validation_exception: ${sample.said}`);
    const style = { paint: (_name: unknown, text: string) => text, cwd: '/' };
    expect(renderDiagnostic(diagnostic, style)).not.toContain(sample.said);
    expect(renderDiagnostic(diagnostic, { ...style, debug: true })).toContain(`server: ${diagnostic.said}`);
  }
  const told = asDiagnostic(new ServerError(saying, { code: 'RCTL_X', message: `It said: ${sample.said}` }));
  expect(told.said).toBeUndefined();
});

it.each([
  [
    'causes',
    {
      error: { type: 'a', reason: 'outer', caused_by: { reason: 'middle', caused_by: { reason: 'inner' } } },
    },
    'outer: middle: inner',
  ],
  [
    'a cause told already',
    { error: { type: 'a', reason: 'outer: inner', caused_by: { reason: 'inner' } } },
    'outer: inner',
  ],
  [
    'the root',
    {
      error: {
        type: 'search_phase_execution_exception',
        reason: 'all shards failed',
        root_cause: [{ type: 'b', reason: 'why' }],
      },
    },
    'why',
  ],
  [
    'a shard',
    { _shards: { failures: [{ reason: { type: 'c', reason: 'no permissions for [x]' } }] } },
    'no permissions for [x]',
  ],
  ['nothing but a cause', { error: { caused_by: { reason: 'inner' } } }, 'inner'],
])('nested reasons are dug out: %s', (_what, body, reason) => {
  expect(whatServerSaid(body).reason).toBe(reason);
});

it('of nodes that fail each in its own way, the one that is understood counts, and all are told', () => {
  const failure = modelFailure('deployment', '{"n1":"something new","n2":"model content changed"}');
  expect(failure.code).toBe('RCTL_MODEL_HASH_MISMATCH');
  expect(failure.message).toContain('Other nodes said: something new');
});
