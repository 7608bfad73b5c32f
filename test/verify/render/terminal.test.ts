import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { widthOf } from '../../../src/cli/render/verification/pen.ts';
import { renderVerification } from '../../../src/cli/render/verification.ts';
import { PASSAGES, QUESTION } from '../support.ts';
import { ALL } from './all.ts';
import { hostile } from './hostile.ts';
import { gateOf, missed } from './parts.ts';
import { broken, failing, inconclusive, many, offline, small, threeArms, unproven } from './reports.ts';

const plain = { color: false, width: 100, unicode: true };
const linesOf = (text: string): string[] => text.trimEnd().split('\n');

describe('many queries in the terminal', () => {
  const text = renderVerification(many(), plain);

  it('begin with what was measured over all', () => {
    expect(text.split('\n\n')[0]).toMatchInlineSnapshot(`
      "Verification/scifact   200 queries, scifact through rerank, window 4
        measure    unreranked  reranked  lift, 95 % interval            p  win/tie/loss
        ndcg@10        0.5123    0.6021  +0.0898 [+0.061, +0.118]  0.0001     121/40/39
        mrr@10         0.4871    0.5702  +0.0831 [+0.055, +0.112]  0.0001     121/40/39
        judged@10      0.9731    0.9698  -0.0033 [-0.032, +0.025]  0.0001     121/40/39
        ndcg@10[gain=linear,ideal=cut,ties=server] mrr@10[rel>=1,ties=server]
        judged@10[rel>=1,ties=server]
        ndcg@10     queries  unreranked  reranked  lift, 95 % interval            p  win/tie/loss
        group head      100      0.6000    0.6800  +0.0800 [+0.052, +0.109]  0.0001     121/40/39
        group tail      100      0.4000    0.4900  +0.0900 [+0.062, +0.119]  0.0001     121/40/39
        headroom      window recall 0.81, best possible ndcg@10 0.8302: the reranker used 28 % of the
                      headroom
        rankings      rbo 0.61, new first hit in 45 %, documents move 4.2 places on average
        latency       unreranked p50 4 ms, p95 9 ms   reranked p50 310 ms, p95 402 ms
        reranker ran: in 200 of 200 queries
        gates
          ✓ ndcg@10 of reranked >= 0.55  0.6021 [0.5711, 0.6330]
        canaries      1 of 1 as expected
        baseline      compared with baselines/scifact.json
                      ndcg@10 lift +0.0021 [-0.006, +0.010], p 0.6200, win/tie/loss 18/167/15
        note: 2 queries without judgments, left out of the figures: q7, q9."
    `);
  });

  it('end with the verdict', () => {
    expect(linesOf(text).at(-1)).toBe(
      'Verification/scifact   queries 200 pass   gates 1 pass   canaries 1 pass   PASS',
    );
    const last = (make: () => Parameters<typeof renderVerification>[0]) =>
      linesOf(renderVerification(make(), { ...plain, width: 140 })).at(-1);
    expect(last(failing)).toMatch(/gates 1 pass, 1 fail, 1 inconclusive {3}canaries 1 pass, 1 fail {3}FAIL$/);
    expect(last(inconclusive)).toMatch(/gates 1 pass, 1 inconclusive {3}canaries 1 pass {3}INCONCLUSIVE$/);
    expect(last(broken)).toBe('Verification/gone   7 error   ERROR');
  });

  it('name those that lost and won the most, and show the worst side by side', () => {
    expect(text).toContain(
      [
        '  worst by ndcg@10, 3 of 39',
        `    0.5000 → 0.3440  q200  ${QUESTION}`,
        `    0.5000 → 0.3480  q199  ${QUESTION}`,
        `    0.5000 → 0.3520  q198  ${QUESTION}`,
        '  best by ndcg@10, 3 of 121',
        `    0.5000 → 0.7420  q121  ${QUESTION}`,
      ].join('\n'),
    );
    const shown = text.match(/^Verification\/scifact#\S+/gm);
    expect(shown).toEqual(['q200', 'q199', 'q198'].map((id) => `Verification/scifact#${id}`));
    expect(text).toMatch(
      /ndcg@10 0\.5000 → 0\.3440\n {2}rank {2}was {2}move {2}score {2}unreranked {2}grade/,
    );
  });

  it('show of long rankings what is or was at the top, and the hit that was expected', () => {
    const [hit] = many().queries[0]?.reranked?.hits ?? [];
    const hits = Array.from({ length: 60 }, (_, i) => ({
      ...hit,
      rank: i + 1,
      was: 60 - i,
      move: 59 - 2 * i,
      text: `passage ${i + 1}`,
    }));
    const report = many();
    const query = missed({
      ...(report.queries[0] as (typeof report.queries)[number]),
      reranked: { tookMs: 1, elapsedMs: 1, hits: hits as never },
    });
    const expectations = query.expectations.map((each) => ({ ...each, foundAt: 30 }));
    const queries = [{ ...query, expectations }, ...report.queries.slice(1)];
    const ranks = renderVerification({ ...report, queries }, plain)
      .split('#q1 ')[1]
      ?.split('reranker ran')[0]
      ?.match(/passage \d+$/gm);
    expect(ranks).toEqual([1, 2, 3, 4, 5, 30, 56, 57, 58, 59, 60].map((rank) => `passage ${rank}`));
    expect(renderVerification({ ...report, queries }, plain)).toContain('  and 49 hits more\n');
  });

  it('tell the same trouble once', () => {
    const told = renderVerification(unproven(), plain);
    expect(told.match(/ignore_failure hides it/g)).toHaveLength(1);
    expect(told).toContain('and the same in 199 other queries: q2, q3, q4, q5, q6, q7, q8, q9 and 191 more');
    expect(told).toContain('reranker ran: in 0 of 200 queries');
    expect(renderVerification(broken(), plain)).toContain(
      'reranker ran: in 0 of 7 queries; 7 gave no answer',
    );
  });

  it('tell at most ten that went wrong each in its own way', () => {
    const report = many();
    const told = renderVerification(
      { ...report, verdict: 'fail', queries: report.queries.map(missed) },
      plain,
    );
    expect(told.match(/Expected first/g)).toHaveLength(10);
    expect(told).toContain('  and 190 more did not pass (all in --output json)\n');
  });
});

describe('gates in the terminal', () => {
  it('say what was found, and where it is not enough, why and where they are declared', () => {
    expect(renderVerification(failing(), plain)).toContain(
      [
        '  gates',
        '    ✓ ndcg@10 of reranked >= 0.55               0.6021 [0.5711, 0.6330]',
        '    ✗ p95 of reranked <= 400 ms                 402 ms',
        '      too slow (verify/scifact.yaml:35)',
        '    ? ndcg@10 of reranked - unreranked >= 0.08  0.0898 [0.0613, 0.1184]',
        '      inconclusive: the 95 % interval holds the bound: more judged queries would decide',
        '      (verify/scifact.yaml:33)',
        '  canaries      1 of 2 as expected',
        '    ✗ canary 2: Which planet is red?',
        '      passage 1 scores 1.25 and not 9.6875 ± 0.1',
      ].join('\n'),
    );
  });

  it.each([
    [gateOf({ actual: 0.41999, threshold: 0.42, interval: null, verdict: 'fail' }), '0.41999'],
    [gateOf({ actual: 0.42, threshold: 0.42, interval: null }), '0.4200'],
    [gateOf({ actual: 400.04, threshold: 400, interval: null, unit: 'ms', verdict: 'fail' }), '400.04 ms'],
    [gateOf({ actual: 2.96, threshold: 3, interval: null, unit: 'times' }), '2.96 times'],
    [gateOf({ actual: null, interval: null, verdict: 'inconclusive' }), 'nothing to judge'],
  ])('never round a figure over its bound: %#', (gate, shown) => {
    expect(renderVerification({ ...many(), gates: [gate] }, plain)).toMatch(
      new RegExp(`ndcg@10 of reranked >= 0.55 {2}${shown.replaceAll('.', '\\.')}\n`),
    );
  });
});

describe('few queries in the terminal', () => {
  it('show grades where there are any', () => {
    expect(renderVerification(small(), plain)).toContain(
      [
        '  rank  was  move  score  unreranked  grade  passage',
        `     1    3    ↑2  5.430       1.500      2  ${PASSAGES.washington.slice(0, 54)}…`,
      ].join('\n'),
    );
    const report = small();
    const ungraded = JSON.parse(
      JSON.stringify(report, (key, value) => (key === 'grade' ? null : value)),
    ) as typeof report;
    expect(renderVerification(ungraded, plain)).not.toContain('grade');
  });

  it('have their figures below them', () => {
    const report = failing();
    const text = renderVerification({ ...report, queries: report.queries.slice(0, 2) }, plain);
    const at = (part: string) => text.indexOf(part);
    expect(at('#q1 ')).toBeLessThan(at('#q2 '));
    expect(at('#q2 ')).toBeLessThan(at('  measure '));
    expect(at('✗ p95 of reranked')).toBeLessThan(at('queries 2 pass'));
  });
});

describe('other arms and runs in the terminal', () => {
  it('stand below each other where they are more than two', () => {
    const lines = linesOf(renderVerification(threeArms(), plain));
    expect(lines.slice(1, 5).map((line) => line.replaceAll(/ {2,}/g, ' | ').trim())).toEqual([
      '| measure | arm | mean | lift, 95 % interval | p | win/tie/loss',
      '| ndcg@10 | unreranked | 0.5000',
      '| reranked | 0.6000 | +0.1000 [+0.071, +0.129] | 0.0001 | 121/40/39',
      '| rerank-minilm-l12-quantised… | 0.6200 | +0.1200 [+0.091, +0.149] | 0.0001 | 121/40/39',
    ]);
  });

  it('have the names of the run files, and IDs where there is no text', () => {
    const text = renderVerification(offline(), plain);
    expect(text).toContain('Verification/offline   8 queries, bm25 and cross-encoder, window 4');
    expect(text).toMatch(/rank {2}was {2}move {2}score {3}bm25 {2}grade {2}document\n.* washington\n/);
    expect(text).not.toMatch(/reranker ran|no text/);
  });
});

describe('every report in the terminal', () => {
  const every = Object.entries(ALL).flatMap(([name, make]) =>
    [56, 64, 80, 100, 140, 200].map((width) => ({ name, make, width })),
  );

  it.each(every)('keeps within $width columns: $name', ({ make, width }) => {
    for (const line of linesOf(renderVerification(make(), { ...plain, width }))) {
      expect(widthOf(line), line).toBeLessThanOrEqual(width);
      expect(line).not.toMatch(/\s$/);
    }
  });

  it.each(Object.entries(ALL))('differs with colour in nothing but colour: %s', (_name, make) => {
    const colored = renderVerification(make(), { ...plain, color: true });
    expect(stripVTControlCharacters(colored)).toBe(renderVerification(make(), plain));
    expect(colored).toContain('\u001b[');
  });

  it.each(Object.entries(ALL).filter(([name]) => name !== 'hostile'))(
    'is pure ASCII where that is asked for: %s',
    (_name, make) => {
      expect(renderVerification(make(), { ...plain, unicode: false })).toMatch(/^[\n -~]*$/);
    },
  );

  it('shows what is inconclusive in yellow', () => {
    const colored = renderVerification(inconclusive(), { ...plain, color: true });
    expect(colored).toContain('\u001b[33m\u001b[1mINCONCLUSIVE');
  });

  it('lets no text move the cursor, turn the line round, or begin one', () => {
    const lines = linesOf(renderVerification(hostile(), plain));
    for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
    expect(lines.filter((line) => /^(::|\||@)/.test(line))).toEqual([]);
  });

  it('says by its code what went wrong where the words are not to be shown', () => {
    const text = renderVerification(broken(), { ...plain, text: false });
    expect(text).toContain('✗ RCTL_TIMEOUT (not shown)\n');
    expect(renderVerification(unproven(), { ...plain, text: false })).toContain(
      '✗ ignored_failure (not shown)\n',
    );
  });

  it.each(Object.entries(ALL))('says no word of queries and documents without text: %s', (_name, make) => {
    const text = renderVerification(make(), { ...plain, width: 200, text: false });
    for (const passage of [...Object.values(PASSAGES), QUESTION, 'Saipan', 'Berlin', 'planet']) {
      expect(text).not.toContain(passage.slice(0, 20));
    }
  });
});
