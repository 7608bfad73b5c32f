import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { renderJunitReport } from '../../../src/cli/formats/junit.ts';
import type { VerificationReport } from '../../../src/verify/report.ts';
import { QUESTION } from '../support.ts';
import { ALL } from './all.ts';
import { hostile } from './hostile.ts';
import { gateOf } from './parts.ts';
import { broken, failing, inconclusive, many, small, unproven } from './reports.ts';

interface Problem {
  readonly type: string;
  readonly message: string;
  readonly '#text': string;
}
interface Case {
  readonly classname: string;
  readonly name: string;
  readonly time: string;
  readonly file?: string;
  readonly line?: string;
  readonly failure?: Problem;
  readonly error?: Problem;
}
interface Counts {
  readonly tests: string;
  readonly failures: string;
  readonly errors: string;
  readonly time: string;
}
interface Suite extends Counts {
  readonly name: string;
  readonly properties: { readonly property: readonly { readonly name: string; readonly value: string }[] };
  readonly testcase?: readonly Case[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => ['testsuite', 'testcase', 'property'].includes(name),
});

function renderJunit(verifications: readonly VerificationReport[]): string {
  const told = { diagnostics: [], verifications };
  return renderJunitReport({
    ...{ command: 'verify', exitCode: 0, told, json: {}, root: process.cwd(), text: true },
  });
}

/** Reads a JUnit file as a CI system does. */
function read(...reports: VerificationReport[]): Counts & { readonly testsuite: readonly Suite[] } {
  const xml = renderJunit(reports);
  expect(XMLValidator.validate(xml)).toBe(true);
  return parser.parse(xml).testsuites;
}

const casesOf = (report: VerificationReport): readonly Case[] => read(report).testsuite[0]?.testcase ?? [];
const verdictOf = ({ failure, error }: Case): string => error?.type ?? failure?.type ?? 'pass';

describe('verifications as JUnit', () => {
  it('have a suite each, with the cases that somebody waits for', () => {
    const { testsuite } = read(failing(), small());
    expect(testsuite.map(({ name }) => name)).toEqual(['Verification/scifact', 'Verification/capital']);
    expect(testsuite[0]?.testcase?.map((each) => [each.name, verdictOf(each)])).toEqual([
      ['reranker ran', 'pass'],
      ['ndcg@10 of reranked >= 0.55', 'pass'],
      ['p95 of reranked <= 400 ms', 'fail'],
      ['ndcg@10 of reranked - unreranked >= 0.08', 'inconclusive'],
      ['canary 1: How many people live in Berlin?', 'pass'],
      ['canary 2: Which planet is red?', 'fail'],
      [`query q4: ${QUESTION}`, 'fail'],
      [`query q84: ${QUESTION}`, 'fail'],
      [`query q164: ${QUESTION}`, 'fail'],
    ]);
    expect(testsuite[1]?.testcase?.map(({ name }) => name)).toEqual([
      'reranker ran',
      `query q1: ${QUESTION}`,
    ]);
  });

  it('count the other queries, and give the figures', () => {
    const properties = Object.fromEntries(
      (read(failing()).testsuite[0]?.properties.property ?? []).map(({ name, value }) => [name, value]),
    );
    expect(properties).toMatchObject({
      verdict: 'fail',
      queries: '200',
      'queries that passed without a case of their own': '197',
      'ndcg@10[gain=linear,ideal=cut,ties=server] reranked': '0.6021',
    });
  });

  it('tell where a gate is declared, what it found and why it does not hold', () => {
    const gate = casesOf(failing()).find(({ name }) => name.startsWith('p95'));
    expect(gate).toMatchObject({ file: 'verify/scifact.yaml', line: '35' });
    expect(gate?.failure).toMatchObject({ message: '402 ms: too slow' });
  });

  it('tell what was expected of a query, what is there, and how long it took', () => {
    const query = casesOf(failing()).find(({ name }) => name.startsWith('query q4'));
    expect(query?.time).toBe('0.310');
    expect(query?.failure?.message).toBe('expected first: passage_text contains "Saipan"');
    expect(query?.failure?.['#text']).toMatch(/\nthere is: _id washington, .*\nfound: at rank 4$/);
  });

  it('fail with the remedy where the reranker did not run', () => {
    const [proof] = casesOf(unproven());
    expect(proof?.failure?.message).toBe('the reranker ran in 0 of 200 queries');
    expect(proof?.failure?.['#text'].match(/ignore_failure hides it/g)).toHaveLength(1);
    expect(proof?.failure?.['#text']).toContain('q1 and 199 more: ');
    expect(proof?.failure?.['#text']).toContain('\nfix: Deploy the model;');
  });

  it('are errors where there was no answer', () => {
    const cases = casesOf(broken());
    expect(cases.map(verdictOf)).toEqual(Array.from({ length: 8 }, () => 'error'));
    expect(cases[1]?.error).toMatchObject({
      message: 'RCTL_TIMEOUT: The search took longer than 30 s.',
      '#text': expect.stringContaining('\nfix: Give the model more threads'),
    });
  });

  it.each(Object.entries(ALL))('count right: %s', (_name, make) => {
    const report = make();
    const all = read(report);
    const [suite] = all.testsuite;
    const cases = suite?.testcase ?? [];
    const errors = cases.filter(({ error }) => error !== undefined).length;
    const failures = cases.filter(({ failure }) => failure !== undefined).length;
    const counts = { tests: String(cases.length), failures: String(failures), errors: String(errors) };
    expect(all).toMatchObject(counts);
    expect(suite).toMatchObject(counts);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(errors + failures > 0).toBe(report.verdict !== 'pass');
    for (const { time } of [all, ...cases]) expect(time).toMatch(/^\d+\.\d{3}$/);
  });

  it('fail where a gate is inconclusive', () => {
    expect(casesOf(inconclusive()).map(verdictOf)).toEqual(['pass', 'pass', 'inconclusive', 'pass']);
  });

  it('are one case that passes without any report, and without any query: some CI systems fail on none', () => {
    for (const all of [read(), read({ ...many(), queries: [], gates: [], canaries: [] })]) {
      expect(all).toMatchObject({ tests: '1', failures: '0', errors: '0' });
      expect(all.testsuite[0]?.testcase).toMatchObject([{ name: 'rerankctl verify' }]);
    }
  });
});

describe('any text in JUnit', () => {
  const ALLOWED = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

  it('is text', () => {
    const cases = casesOf(hostile());
    expect(cases.map(({ name }) => name)).toContain(
      'canary 5: ]]> <![CDATA[ <?xml version="1.1"?> <!DOCTYPE a> &amp; \ufffd\ufffd\ufffd\ufffd\ufffd "\'',
    );
  });

  it('comes back as it was, but for what XML cannot write', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(text, text, (rule, because) => {
        const xml = renderJunit([{ ...small(), gates: [gateOf({ rule, because, verdict: 'fail' })] }]);
        expect(xml).toMatch(ALLOWED);
        const [, found] = casesOf({ ...small(), gates: [gateOf({ rule, because, verdict: 'fail' })] });
        const kept = (each: string) =>
          each.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\ufffd');
        expect(found?.name).toBe(kept(rule));
        expect(found?.failure?.message).toBe(`0.6021 [0.5711, 0.6330]: ${kept(because)}`);
      }),
      { numRuns: 300 },
    );
  });
});
