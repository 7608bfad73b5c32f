import { describe, expect, it } from 'vitest';
import { EMPTY_REPORT, schemaErrors } from './support.ts';

const proof = { ran: true, processor: 'rerank', tookMs: 1, fields: [], reasons: [], warnings: [] };
const query = {
  id: 'q1',
  queryText: 'x',
  labels: {},
  others: [],
  verdict: 'pass',
  window: 0,
  unreranked: null,
  reranked: null,
  proof,
  expectations: [],
};
const report = {
  ...EMPTY_REPORT,
  address: 'Verification/x',
  index: 'i',
  searchPipeline: 'p',
  verdict: 'pass',
  queries: [query],
};
const withQuery = (part: object) => ({ ...report, queries: [{ ...query, ...part }] });
const reason = { code: 'no_hits', message: 'x', remedy: 'y' };

describe('the schema of the report', () => {
  it('takes a report', () => expect(schemaErrors(report)).toEqual([]));

  it.each<[string, object]>([
    ['a field that it does not know', { ...report, extra: 1 }],
    ['another verdict', { ...report, verdict: 'maybe' }],
    ['an address that is none', { ...report, address: 'x' }],
    ['an error that is not told', withQuery({ verdict: 'error' })],
    ['an error beside a verdict', withQuery({ error: { severity: 'error', code: 'RCTL_X', message: 'x' } })],
    ['a reranker that ran in spite of reasons', withQuery({ proof: { ...proof, reasons: [reason] } })],
    [
      'a reason that has no name',
      withQuery({ proof: { ...proof, ran: false, reasons: [{ ...reason, code: 'x' }] } }),
    ],
    ['a query without its proof', withQuery({ proof: undefined })],
  ])('refuses %s', (_name, wrong) => expect(schemaErrors(wrong)).not.toEqual([]));
});
