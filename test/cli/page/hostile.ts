import type { Arm, ArmHit, VerificationReport } from '../../../src/verify/report.ts';
import { fixture, PROVEN } from './fixture.ts';

/** Texts that try to break out of wherever they are put. */
export const HOSTILE = [
  '</script><script>globalThis.broken = 1</script>',
  '<img src="https://evil.example/x.png" onerror="globalThis.broken = 1">',
  `"'><svg onload=globalThis.broken=1>`,
  '<!--<script>\u2028\u2029\u0000</title></style></noscript></textarea>',
  '{{constructor}} $(1) \\u003c/script\\u003e &lt;b&gt; \u202e gnp.exe',
  '\ud800 lone surrogate, 日本語, עברית, 😀',
] as const;

/** The report with one of them in the place of each text. */
export function hostile(): VerificationReport {
  const report = fixture({ queries: HOSTILE.length, hits: 4, others: [HOSTILE[2]] });
  const at = (i: number): string => HOSTILE[i % HOSTILE.length] ?? '';
  const spoiled = <Hit extends ArmHit>(arm: Arm<Hit> | null): Arm<Hit> | null =>
    arm && {
      ...arm,
      hits: arm.hits.map((hit, i) => ({ ...hit, document: `${at(i)}${hit._id}`, text: at(i + 1) })),
    };
  return {
    ...report,
    address: `Verification/${HOSTILE[0]}`,
    index: HOSTILE[1],
    searchPipeline: HOSTILE[2],
    queries: report.queries.map((query, i) => ({
      ...query,
      id: at(i),
      queryText: at(i + 2),
      labels: { [at(i)]: at(i + 1) },
      unreranked: spoiled(query.unreranked),
      reranked: spoiled(query.reranked),
      others: query.others.map((arm) => ({ ...arm, ...spoiled(arm) })),
      expectations: [{ kind: 'first', what: at(i), pass: false, actual: at(i + 1), foundAt: null }],
      proof: { ...PROVEN, warnings: [at(i)] },
    })),
    gates: report.gates.map((gate) => ({ ...gate, rule: HOSTILE[0], because: HOSTILE[1] })),
    warnings: [...HOSTILE],
  };
}
