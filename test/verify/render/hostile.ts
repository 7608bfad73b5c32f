import type { ArmHit, VerificationReport } from '../../../src/verify/report.ts';
import { FAILED, PROVEN } from './parts.ts';
import { failing } from './reports.ts';

/** Texts that try to break out of wherever they are put. */
export const HOSTILE = [
  '\u001b[2J\u001b]0;title\u0007 cleared\r\n::set-output name=x::1',
  '| a | b |\n|---|---|\n`code` ``` **bold** _em_ ~~no~~ [x](https://evil.example) ![i](http://evil.example/p.png)',
  '</details></summary><script>alert(1)</script><img src=x onerror=alert(1)> &lt;b&gt; <!-- no end',
  '@octocat @org/team see #1, org/repo#2, GH-3, www.evil.example and a@evil.example, $x^2$ :tada:',
  ']]> <![CDATA[ <?xml version="1.1"?> <!DOCTYPE a> &amp; \u0000\u0008\u000b\ufffe\uffff "\'',
  '\ud800 half, \u202egnp.exe, 日本語の首都は東京です, 😀, עברית, e\u0301',
] as const;

/** The report with one of them wherever a text may stand. */
export function hostile(): VerificationReport {
  const base = failing();
  const at = (i: number): string => HOSTILE[i % HOSTILE.length] ?? '';
  const spoiled = <Hit extends ArmHit>(hits: readonly Hit[], i: number): Hit[] =>
    hits.map((each, place) => ({
      ...each,
      _id: `${place} ${at(i + place)}`,
      document: `${place} ${at(i + place)}`,
      text: at(i + place + 1),
    }));
  return {
    ...base,
    address: `Verification/${HOSTILE[2]}`,
    index: at(2),
    searchPipeline: at(0),
    queries: base.queries.slice(0, 12).map((query, i) => ({
      ...query,
      id: `${i} ${at(i)}`,
      queryText: at(i + 1),
      labels: { [at(i)]: at(i + 2) },
      verdict: 'fail',
      unreranked: query.unreranked && { ...query.unreranked, hits: spoiled(query.unreranked.hits, i) },
      reranked: query.reranked && { ...query.reranked, hits: spoiled(query.reranked.hits, i) },
      proof: {
        ...PROVEN,
        ran: i % 2 === 0,
        processor: at(i),
        reasons: i % 2 === 0 ? [] : [{ ...FAILED, message: at(i), remedy: at(i + 1) }],
        warnings: [at(i + 2)],
      },
      expectations: [{ kind: 'first', what: at(i), pass: false, actual: at(i + 1), foundAt: null }],
    })),
    relevance: base.relevance && {
      ...base.relevance,
      segments: base.relevance.segments.map((segment, i) => ({ ...segment, label: at(i), value: at(i + 1) })),
    },
    gates: base.gates.map((gate, i) => ({
      ...gate,
      rule: at(i),
      because: at(i + 1),
      location: { file: at(i + 3), line: 3, column: 1 },
    })),
    canaries: HOSTILE.map((text, i) => ({ queryText: text, passages: [], pass: false, problem: at(i + 1) })),
    baseline: base.baseline && { ...base.baseline, file: at(1), state: 'different', differences: [at(3)] },
    warnings: [...HOSTILE],
  };
}
