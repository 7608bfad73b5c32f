import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderVerification } from '../../src/cli/render/verification.ts';
import { compareArms } from '../../src/verify/compare.ts';
import type { QueryReport, VerificationReport } from '../../src/verify/report.ts';
import { hit, PASSAGES, QUESTION } from './support.ts';

const plain = { color: false, width: 80, unicode: true };
const doc = (rank: number, id: keyof typeof PASSAGES, score: number) =>
  hit(rank, id, score, { passage_text: PASSAGES[id] });

const compared = compareArms(
  [doc(1, 'nevada', 1), doc(2, 'mariana', 1), doc(3, 'washington', 1), doc(4, 'punishment', 1)],
  [doc(1, 'washington', 5.4317), doc(2, 'nevada', 4.1564), doc(3, 'punishment', 3.1557), doc(4, 'mariana', 2.7108)],
  ['passage_text'],
);

const passed: QueryReport = {
  id: 'q1',
  queryText: QUESTION,
  verdict: 'pass',
  window: 4,
  unreranked: { tookMs: 2, elapsedMs: 5, hits: compared.unreranked },
  reranked: { tookMs: 3, elapsedMs: 52, hits: compared.reranked },
  proof: { ran: true, processor: 'rerank', tookMs: 46.2, fields: ['passage_text'], reasons: [], warnings: [] },
  expectations: [
    { kind: 'first', what: '_id is "washington"', pass: true, actual: '_id washington', foundAt: 1 },
  ],
};

const missed: QueryReport = {
  ...passed,
  verdict: 'fail',
  expectations: [
    {
      kind: 'first',
      what: 'passage_text contains "Saipan"',
      pass: false,
      actual: `_id washington, passage_text ${JSON.stringify(PASSAGES.washington.slice(0, 110))}`,
      foundAt: 4,
    },
  ],
};

const hidden: QueryReport = {
  ...passed,
  verdict: 'fail',
  reranked: null,
  unreranked: { tookMs: 2, elapsedMs: 5, hits: compareArms([doc(1, 'nevada', 1)], [], []).unreranked },
  window: 1,
  proof: {
    ...passed.proof,
    ran: false,
    processor: null,
    tookMs: null,
    reasons: [{ code: 'pipeline_missing', message: 'The search pipeline p does not exist.', remedy: 'Apply it.' }],
    warnings: ['Odd.'],
  },
  expectations: [],
};

const broken: QueryReport = {
  ...hidden,
  verdict: 'error',
  unreranked: null,
  window: 0,
  proof: { ...hidden.proof, reasons: [], warnings: [] },
  error: { severity: 'error', code: 'RCTL_INDEX_NOT_FOUND', message: 'There is no index [i] in this cluster.', remedy: 'Create it.' },
};

function reportOf(...queries: QueryReport[]): VerificationReport {
  return { address: 'Verification/capital', index: 'my-test-data', searchPipeline: 'rerank_pipeline', verdict: 'pass', queries };
}

describe('a verification in the terminal', () => {
  it('sets both answers side by side', () => {
    expect(renderVerification(reportOf(passed), plain)).toMatchInlineSnapshot();
  });

  it('says what was expected, what is there and what to do', () => {
    expect(renderVerification(reportOf(missed), plain)).toMatchInlineSnapshot();
  });

  it('shows what there is when there is no reranked answer', () => {
    expect(renderVerification(reportOf(hidden, broken), plain)).toMatchInlineSnapshot();
  });

  it('is pure ASCII where that is asked for', () => {
    const text = renderVerification(reportOf(passed, missed, hidden, broken), { ...plain, unicode: false });
    expect(text).toMatch(/^[\n -~]*$/);
    expect(text).toContain('+2');
    expect(text).toContain('...');
  });

  it('differs with colour in nothing but colour', () => {
    const report = reportOf(passed, missed, hidden, broken);
    const colored = renderVerification(report, { ...plain, color: true });
    expect(colored).toContain('\u001b[32m');
    expect(stripVTControlCharacters(colored)).toBe(renderVerification(report, plain));
    expect(renderVerification(report, plain)).not.toContain('\u001b');
  });

  it.each([60, 80, 120, 200])('keeps within %d columns', (width) => {
    const wide = { ...compared.reranked[0], text: '日本の首都は東京です。'.repeat(20) };
    const report = reportOf(
      { ...passed, queryText: 'long '.repeat(60), reranked: { tookMs: 1, elapsedMs: 1, hits: [wide as never] } },
      missed,
      hidden,
      broken,
    );
    for (const line of renderVerification(report, { ...plain, width }).split('\n')) {
      const columns = [...line].reduce((sum, character) => sum + (/[\u2E80-\u9FFF。]/.test(character) ? 2 : 1), 0);
      expect(columns, line).toBeLessThanOrEqual(width);
    }
  });

  it('lets no document move the cursor', () => {
    const [first] = compared.reranked;
    const nasty = { ...passed, queryText: 'a\u001b[2Jb\nc', reranked: { tookMs: 1, elapsedMs: 1, hits: [{ ...first, text: 'x\u001b]0;y\u0007z\r' } as never] } };
    expect(renderVerification(reportOf(nasty), plain)).not.toMatch(/[\u001b\u0007\r]/);
  });

  it('tells hits that came into the window and hits that fell out of it', () => {
    const moved = compareArms([hit(1, 'a', null, { t: 'one' })], [hit(1, 'b', 1, { t: '' })], ['t']);
    const text = renderVerification(
      reportOf({
        ...passed,
        unreranked: { tookMs: 1, elapsedMs: 1, hits: moved.unreranked },
        reranked: { tookMs: 1, elapsedMs: 1, hits: moved.reranked },
      }),
      plain,
    );
    expect(text).toMatch(/1 +– +new +1\.000 +– +\(no text, _id b\)/);
    expect(text).toMatch(/– +1 +out +– +– +one/);
  });
});
