import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../../src/cli/render/markdown.ts';
import type { VerificationReport } from '../../../src/verify/report.ts';
import { PASSAGES, QUESTION } from '../support.ts';
import { ALL } from './all.ts';
import { HOSTILE, hostile } from './hostile.ts';
import { gateOf, queryOf } from './parts.ts';
import { broken, failing, inconclusive, many, offline, small, threeArms, unproven } from './reports.ts';

const shown = (...reports: VerificationReport[]) => renderMarkdown(reports, { text: true });

/** The cells of every row of every table. */
const tablesOf = (text: string): string[][][] =>
  text
    .split('\n\n')
    .filter((block) => block.startsWith('|'))
    .map((block) =>
      block
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(2, -2).split(' | ')),
    );

describe('verifications in Markdown', () => {
  it('begin with the verdict, in words', () => {
    const heads = [many, failing, inconclusive, broken].map((make) => shown(make()).split('\n')[0]);
    expect(heads).toEqual([
      '### ✅ pass: Verification/scifact',
      '### ❌ fail: Verification/scifact',
      '### ❔ inconclusive: Verification/scifact',
      '### ❌ error: Verification/gone',
    ]);
    expect(shown(broken())).toContain(
      '7 queries (7 error), `gone` through `rerank`. The reranker ran in 0 of 7.',
    );
  });

  it('show gates with their rule, what was found, and where they are declared', () => {
    const [gates] = tablesOf(shown(failing()));
    expect(gates?.slice(2)).toEqual([
      [
        '✅ pass',
        '`ndcg@10 of reranked >= 0.55`',
        '0.6021 [0.5711, 0.6330]',
        'the mean is there',
        '`verify/scifact.yaml:31`',
      ],
      ['❌ fail', '`p95 of reranked <= 400 ms`', '402 ms', 'too slow', '`verify/scifact.yaml:35`'],
      [
        '❔ inconclusive',
        '`ndcg@10 of reranked - unreranked >= 0.08`',
        '0.0898 [0.0613, 0.1184]',
        'the 95 % interval holds the bound: more judged queries would decide',
        '`verify/scifact.yaml:33`',
      ],
    ]);
  });

  it('show measures of two arms in a row, and of more below each other', () => {
    const [, two] = tablesOf(shown(many()));
    expect(two?.[0]).toEqual([
      'measure',
      'unreranked',
      'reranked',
      'lift, 95 % interval',
      'p',
      'win / tie / loss',
    ]);
    expect(two?.[2]).toEqual([
      '`ndcg@10`',
      '0.5123',
      '0.6021',
      '+0.0898 [+0.061, +0.118]',
      '0.0001',
      '121 / 40 / 39',
    ]);
    const [, three] = tablesOf(shown(threeArms()));
    expect(three?.slice(2, 4).map((row) => row.slice(0, 4))).toEqual([
      ['`ndcg@10`', '0.5000', 'reranked', '0.6000'],
      ['', '', 'rerank-minilm-l12-quantised-2026', '0.6200'],
    ]);
  });

  it('show what went wrong, then what moved the most, with both rankings', () => {
    const text = shown(failing());
    const titles = [...text.matchAll(/<summary>(.*?)<\/summary>/g)].map(([, title]) => title);
    expect(titles).toHaveLength(20);
    expect(titles.slice(0, 5).map((title) => title?.slice(0, 25))).toEqual([
      '❌ fail, <code>q4</code>, ',
      '❌ fail, <code>q84</code>,',
      '❌ fail, <code>q164</code>',
      '✅ pass, <code>q121</code>',
      '✅ pass, <code>q120</code>',
    ]);
    expect(titles[3]).toBe(
      `✅ pass, <code>q121</code>, <code>ndcg&#64;10</code> 0.5000 → 0.7420: ${QUESTION}`,
    );
    expect(tablesOf(text).at(-1)?.slice(0, 3)).toEqual([
      ['rank', 'unreranked', 'reranked', 'was'],
      ['---', '---', '---', '---'],
      [
        '1',
        `\`nevada\` grade 0<br>${PASSAGES.nevada}`,
        `\`washington\` grade 2<br>${PASSAGES.washington.slice(0, 79)}…`,
        '3',
      ],
    ]);
  });

  it('tell the same trouble once', () => {
    const text = shown(unproven());
    expect(text.match(/ignore&#95;failure hides it/g)).toHaveLength(1);
    expect(text).toContain('<code>q1</code> and 199 more alike');
  });

  it('show IDs of runs from files', () => {
    expect(shown(offline())).toContain('8 queries, `bm25` and `cross-encoder`.\n');
  });

  it.each(Object.entries(ALL))('leave every text out where that is asked for: %s', (_name, make) => {
    const text = renderMarkdown([make()], { text: false });
    for (const passage of [...Object.values(PASSAGES), QUESTION, 'Saipan', 'Berlin', 'planet']) {
      expect(text).not.toContain(passage.slice(0, 20));
    }
  });

  it.each(Object.entries(ALL))('have well-formed tables and blocks: %s', (_name, make) => {
    const text = shown(make());
    for (const rows of tablesOf(text)) {
      expect(new Set(rows.map((row) => row.length)).size, JSON.stringify(rows)).toBe(1);
    }
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
  });
});

describe('texts of others in Markdown', () => {
  const text = shown(hostile());
  /** What is not code. */
  const prose = text.replaceAll(/`[^`\n]*`|<code>.*?<\/code>/g, '');

  it('make no tag but ours', () => {
    const tags = new Set([...text.matchAll(/<[^>]*>?/g)].map(([tag]) => tag));
    expect([...tags].sort()).toEqual(
      [
        '</code>',
        '</details>',
        '</sub>',
        '</summary>',
        '<br>',
        '<code>',
        '<details>',
        '<sub>',
        '<summary>',
      ].sort(),
    );
  });

  it('make no mention, no reference to an issue, no link and no picture', () => {
    expect(prose).not.toMatch(/@/);
    expect(prose).not.toMatch(/&#64;\w|&#35;\d|GH-\d|:\/\/|www\.|!\[|\]\(/);
    expect(text).not.toMatch(/\]\(|:\/\/[^`]*$/m);
  });

  it('make no emphasis, no code, no formula and no list', () => {
    expect(prose).not.toMatch(/[*_~`$\\^]|&#36;\d/);
    expect(text.match(/^.*(?:```|~~~).*$/m)).toBeNull();
    expect(shown({ ...many(), warnings: ['- x', '1. y', '# z', '+ w'] })).toContain(
      '- &#45; x\n- 1&#46; y\n- &#35; z\n- &#43; w\n',
    );
  });

  it('break no line, and hold no character that steers one', () => {
    expect(text).not.toMatch(/[\p{Cs}\u202a-\u202e\u2066-\u2069\r]|(?!\n)\p{Cc}/u);
    const starts = new Set(text.split('\n').map((line) => line.slice(0, 2)));
    expect([...starts].sort()).toEqual(
      ['', '# ', '##', '- ', '0 ', '12', '</', '<d', '<s', '| ', 'La', 'No', 'Ra', 'Wi']
        .filter((start) => starts.has(start))
        .sort(),
    );
  });

  it('may be taken out of code as they are', () => {
    const id = HOSTILE[3];
    expect(shown({ ...many(), gates: [gateOf({ rule: id })] })).toContain(`\`${id}\``);
  });
});

describe('a report that is too long for a comment', () => {
  const long = (name: string): VerificationReport => ({
    ...many(),
    address: `Verification/${name}`,
    queries: Array.from({ length: 300 }, (_, i) => queryOf(`query ${i}`, { queryText: '|@#&<'.repeat(100) })),
  });

  it('keeps every summary, and leaves out rankings, the last first', () => {
    const reports = Array.from({ length: 12 }, (_, i) => long(`v${i}`));
    const text = shown(...reports);
    expect(text.length).toBeLessThan(60_000);
    for (const { address } of reports) expect(text).toContain(`### ✅ pass: ${address}\n`);
    expect(text.indexOf('<details>')).toBeLessThan(text.indexOf('Verification/v1\n'));
    const [, left] =
      text.match(/the rankings of (\d+) more queries\. See the JSON or the HTML report\.\*\n$/) ?? [];
    expect(Number(left) + (text.match(/<details>/g)?.length ?? 0)).toBe(12 * 20);
  });

  it('says how many verifications are left out where not even summaries fit', () => {
    const reports = Array.from({ length: 200 }, (_, i) => ({
      ...failing(),
      address: `Verification/v${i}` as const,
    }));
    const text = shown(...reports);
    expect(text.length).toBeLessThan(60_000);
    const [, left] = text.match(/\*Left out, because it does not fit here: (\d+) more verifications\b/) ?? [];
    expect(Number(left) + (text.match(/^### /gm)?.length ?? 0)).toBe(200);
  });

  it('cuts what one verification can have too many of', () => {
    const report: VerificationReport = {
      ...many(),
      gates: Array.from({ length: 300 }, () => gateOf({ because: 'x'.repeat(5000) })),
      warnings: Array.from({ length: 500 }, (_, i) => `warning ${i} ${'@'.repeat(3000)}`),
    };
    const text = shown(report);
    expect(text.length).toBeLessThan(60_000);
    expect(text).toContain('### ✅ pass');
    expect(text).toContain('*250 more gates: see the JSON.*');
  });

  it('is whole where it is short', () => {
    expect(shown(small())).not.toContain('Left out');
  });
});
