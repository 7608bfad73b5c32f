import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderVerification } from '../../src/cli/render/verification.ts';
import { compareArms } from '../../src/verify/compare.ts';
import { type Proof, type QueryReport, type VerificationReport, worstOf } from '../../src/verify/report.ts';
import { EMPTY_REPORT, hit, PASSAGES, QUESTION } from './support.ts';

const plain = { color: false, width: 80, unicode: true };
const doc = (rank: number, id: keyof typeof PASSAGES, score: number) =>
  hit(rank, id, score, { passage_text: PASSAGES[id] });

const NAMED = { fields: [], documentId: '_id' };
const compared = compareArms(
  [doc(1, 'nevada', 1), doc(2, 'mariana', 1), doc(3, 'washington', 1), doc(4, 'punishment', 1)],
  [
    doc(1, 'washington', 5.4317),
    doc(2, 'nevada', 4.1564),
    doc(3, 'punishment', 3.1557),
    doc(4, 'mariana', 2.7108),
  ],
  { fields: ['passage_text'], documentId: '_id' },
);

const proof: Proof = {
  ran: true,
  processor: 'rerank',
  tookMs: 46.2,
  fields: ['passage_text'],
  reasons: [],
  warnings: [],
};

const passed: QueryReport = {
  id: 'q1',
  queryText: QUESTION,
  labels: {},
  others: [],
  verdict: 'pass',
  window: 4,
  unreranked: { tookMs: 2, elapsedMs: 5, hits: compared.unreranked },
  reranked: { tookMs: 3, elapsedMs: 52, hits: compared.reranked },
  proof,
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
  unreranked: { tookMs: 2, elapsedMs: 5, hits: compareArms([doc(1, 'nevada', 1)], [], NAMED).unreranked },
  window: 1,
  proof: {
    ...proof,
    ran: false,
    processor: null,
    tookMs: null,
    reasons: [
      { code: 'pipeline_missing', message: 'The search pipeline p does not exist.', remedy: 'Apply it.' },
    ],
    warnings: ['Odd.'],
  },
  expectations: [],
};

const broken: QueryReport = {
  ...hidden,
  verdict: 'error',
  unreranked: null,
  window: 0,
  proof: { ...proof, ran: false, processor: null, tookMs: null },
  error: {
    severity: 'error',
    code: 'RCTL_INDEX_NOT_FOUND',
    message: 'There is no index [i] in this cluster.',
    remedy: 'Create it.',
  },
};

function reportOf(...queries: QueryReport[]): VerificationReport {
  return {
    ...EMPTY_REPORT,
    address: 'Verification/capital',
    index: 'my-test-data',
    searchPipeline: 'rerank_pipeline',
    verdict: worstOf(queries.map(({ verdict }) => verdict)),
    queries,
  };
}

describe('a verification in the terminal', () => {
  it('sets both answers side by side', () => {
    expect(renderVerification(reportOf(passed), plain)).toMatchInlineSnapshot(`
      "Verification/capital   What is the capital of the United States?
        my-test-data through rerank_pipeline, 4 hits, 5 ms, reranked 52 ms
        rank  was  move  score  unreranked  passage
           1    3    ↑2  5.432       1.000  Washington, D.C. (also known as simply Wa…
           2    1    ↓1  4.156       1.000  Carson City is the capital city of the Am…
           3    4    ↑1  3.156       1.000  Capital punishment (the death penalty) ha…
           4    2    ↓2  2.711       1.000  The Commonwealth of the Northern Mariana…
        reranker ran: yes (rerank, 46 ms)   expected first: yes   PASS

      "
    `);
  });

  it('says what was expected, what is there and what to do', () => {
    expect(renderVerification(reportOf(missed), plain)).toMatchInlineSnapshot(`
      "Verification/capital   What is the capital of the United States?
        my-test-data through rerank_pipeline, 4 hits, 5 ms, reranked 52 ms
        rank  was  move  score  unreranked  passage
           1    3    ↑2  5.432       1.000  Washington, D.C. (also known as simply Wa…
           2    1    ↓1  4.156       1.000  Carson City is the capital city of the Am…
           3    4    ↑1  3.156       1.000  Capital punishment (the death penalty) ha…
           4    2    ↓2  2.711       1.000  The Commonwealth of the Northern Mariana…
        reranker ran: yes (rerank, 46 ms)   expected first: no   FAIL
        ✗ Expected first, and it is not: passage_text contains "Saipan"
          there is: _id washington, passage_text "Washington, D.C. (also known as
                    simply Washington or D.C., and officially as the District of
                    Columbia) is the "
          next: The expected hit is at rank 4 (unreranked: 2). See whether
                document_fields give the model the text that answers the query; else
                try another model.

      "
    `);
  });

  it('shows what there is when there is no reranked answer', () => {
    expect(renderVerification(reportOf(hidden, broken), plain)).toMatchInlineSnapshot(`
      "Verification/capital#q1   What is the capital of the United States?
        my-test-data through rerank_pipeline, 1 hit, 5 ms
        rank  was  move  score  unreranked  passage
           –    1            –       1.000  Carson City is the capital city of the Am…
        reranker ran: no   FAIL
        ✗ The search pipeline p does not exist.
          fix: Apply it.
        note: Odd.

      Verification/capital#q1   What is the capital of the United States?
        my-test-data through rerank_pipeline, 0 hits
        reranker ran: not known   ERROR
        ✗ There is no index [i] in this cluster.
          fix: Create it.

      Verification/capital   1 fail, 1 error   ERROR

      "
    `);
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
      {
        ...passed,
        queryText: 'long '.repeat(60),
        reranked: { tookMs: 1, elapsedMs: 1, hits: [wide as never] },
      },
      missed,
      hidden,
      broken,
    );
    for (const line of renderVerification(report, { ...plain, width }).split('\n')) {
      const columns = [...line].reduce(
        (sum, character) => sum + (/[\u2E80-\u9FFF。]/.test(character) ? 2 : 1),
        0,
      );
      expect(columns, line).toBeLessThanOrEqual(width);
    }
  });

  it('lets no document move the cursor', () => {
    const [first] = compared.reranked;
    const nasty = {
      ...passed,
      queryText: 'a\u001b[2Jb\nc',
      reranked: { tookMs: 1, elapsedMs: 1, hits: [{ ...first, text: 'x\u001b]0;y\u0007z\r' } as never] },
    };
    const lines = renderVerification(reportOf(nasty), plain).replaceAll('\n', '');
    expect(lines).toMatch(/^\P{Cc}*$/u);
  });

  it('tells hits that came into the window and hits that fell out of it', () => {
    const moved = compareArms([hit(1, 'a', null, { t: 'one' })], [hit(1, 'b', 1, { t: '' })], {
      ...NAMED,
      fields: ['t'],
    });
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
