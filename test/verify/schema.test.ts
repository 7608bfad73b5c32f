import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { ALL } from './render/all.ts';
import { rich } from './render/rich.ts';
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
const canary = { queryText: '', passages: [], pass: true, problem: '' };
const baseline = { file: 'b.json', state: 'compared', differences: [], measures: {} };
const reason = { code: 'no_hits', message: 'x', remedy: 'y' };

/** Objects whose keys are names of the user's or of measures. */
const MAPS = /^\/queries\/\d+\/(labels|measures(\/[^/]+)?)$|\/(latency|lift|measures|measures\/[^/]+\/arms)$/;
const OPTIONAL =
  /^(\/queries\/\d+\/(error(\/(remedy|said|address|pointer|location|snippet))?|measures|change)|\/gates\/\d+\/location)$/;

/** Every object in a report, and where it is. */
function objectsIn(value: Json, path = ''): [path: string, object: JsonObject][] {
  if (value === null || typeof value !== 'object') return [];
  const inside = Object.entries(value).flatMap(([key, each]) => objectsIn(each, `${path}/${key}`));
  return Array.isArray(value) ? inside : [[path, value as JsonObject], ...inside];
}

const changedAt = (place: string, change: (object: Record<string, Json>) => void): object => {
  const copy: JsonObject = JSON.parse(JSON.stringify(rich()));
  const found = objectsIn(copy).find(([path]) => path === place);
  change(found?.[1] as Record<string, Json>);
  return copy;
};

describe('the schema of the report', () => {
  it('takes a report', () => expect(schemaErrors(report)).toEqual([]));

  it.each(Object.entries(ALL))('takes a report: %s', (_name, make) => {
    expect(schemaErrors(make())).toEqual([]);
  });

  it('takes no field away and none more, wherever it is', () => {
    const strict = objectsIn(JSON.parse(JSON.stringify(rich()))).filter(([path]) => !MAPS.test(path));
    expect(strict.length).toBeGreaterThan(60);
    for (const [path, object] of strict) {
      const more = changedAt(path, (each) => {
        each.extra = 1;
      });
      expect(schemaErrors(more), `${path} with one more`).not.toEqual([]);
      for (const key of Object.keys(object)) {
        const less = changedAt(path, (each) => {
          delete each[key];
        });
        const optional = OPTIONAL.test(`${path}/${key}`) && `${path}/${key}` !== '/queries/2/error';
        expect(schemaErrors(less).length === 0, `${path} without ${key}`).toBe(optional);
      }
    }
  });

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
    ['a canary that passes with a problem', { ...report, canaries: [{ ...canary, problem: 'x' }] }],
    ['a canary that fails without one', { ...report, canaries: [{ ...canary, pass: false }] }],
    ['a compared baseline with differences', { ...report, baseline: { ...baseline, differences: ['x'] } }],
    ['a query without its proof', withQuery({ proof: undefined })],
  ])('refuses %s', (_name, wrong) => expect(schemaErrors(wrong)).not.toEqual([]));
});
