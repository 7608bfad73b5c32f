import { describe, expect, it } from 'vitest';
import { RerankctlError, ServerError } from '../../src/core/errors.ts';
import { type Evidence, proveReranked, refusalOf } from '../../src/verify/proof.ts';
import { durationOf, type Step, traceOf } from '../../src/verify/trace.ts';
import { hit } from './support.ts';

const before = [
  { key: 'i\0a', score: 1 },
  { key: 'i\0b', score: 1 },
];
const after = [
  { key: 'i\0b', score: 5 },
  { key: 'i\0a', score: 4 },
];
const ran: Step = { processor: 'rerank', ok: true, error: undefined, tookMs: 46, before, after };
const texts = [hit(1, 'b', 5, { t: 'beta' }), hit(2, 'a', 4, { t: 'alpha' })];

function evidence(part: Partial<Evidence> = {}): Evidence {
  return {
    name: 'p',
    pipeline: {
      state: 'read',
      processors: [{ processor: 'rerank', ignoreFailure: false, fields: ['t'], model: 'm' }],
    },
    trace: [ran],
    unreranked: [],
    reranked: texts,
    resolvesPaths: true,
    ...part,
  };
}

const codes = (part: Partial<Evidence>): string[] =>
  proveReranked(evidence(part)).reasons.map(({ code }) => code);
const failing = (error: string): Step => ({ ...ran, ok: false, error, after: undefined });
const pipelineWith = (fields: string[], ignoreFailure = false): Evidence['pipeline'] => ({
  state: 'read',
  processors: [{ processor: 'rerank', ignoreFailure, fields, model: 'm' }],
});
const inference: Step = { ...ran, processor: 'ml_inference', tookMs: 10, after: before };
const shuffling: Step = { ...inference, after: [...before].reverse() };

describe('the proof that the reranker ran', () => {
  it('holds when it changed scores', () => {
    expect(proveReranked(evidence())).toEqual({
      ran: true,
      processor: 'rerank',
      tookMs: 46,
      fields: ['t'],
      reasons: [],
      warnings: [],
    });
  });

  it.each<[string, Partial<Evidence>, string[]]>([
    [
      'only the scores change',
      {
        trace: [
          {
            ...ran,
            after: [
              { key: 'i\0a', score: 2 },
              { key: 'i\0b', score: 1 },
            ],
          },
        ],
      },
      [],
    ],
    ['only the order changes', { trace: [{ ...ran, after: [...before].reverse() }] }, []],
    ['nothing changes', { trace: [{ ...ran, after: before }] }, ['scores_identical']],
    ['no processor ran', { trace: [] }, ['processor_absent']],
    ['only another processor ran', { trace: [{ ...ran, processor: 'truncate_hits' }] }, ['processor_absent']],
    ['there are no hits', { reranked: [] }, ['no_hits']],
    ['the processor failed', { trace: [failing('boom')] }, ['processor_failed']],
    [
      'its failure is ignored',
      { trace: [failing('boom')], pipeline: pipelineWith(['t'], true) },
      ['ignored_failure'],
    ],
    [
      'the model is unknown',
      { trace: [failing('Failed to find model')] },
      ['processor_failed', 'model_missing'],
    ],
    [
      'the model is not deployed and that is ignored',
      {
        trace: [failing('Model not ready yet. Please deploy the model first.')],
        pipeline: pipelineWith(['t'], true),
      },
      ['ignored_failure', 'model_not_deployed'],
    ],
    [
      'the pipeline is hidden and it failed',
      { trace: [failing('boom')], pipeline: { state: 'hidden' } },
      ['processor_failed'],
    ],
    [
      'a hit has no text',
      { reranked: [hit(1, 'b', 5, { t: ' ' }), hit(2, 'a', 4, { t: 'x' })] },
      ['empty_document_field'],
    ],
    [
      'no hit has the field and all scores are one',
      { pipeline: pipelineWith(['nope']) },
      ['empty_document_field'],
    ],
    ['one of two fields is enough', { pipeline: pipelineWith(['nope', 't']) }, []],
    [
      'a later processor renamed the field',
      { reranked: [hit(1, 'b', 5)], unreranked: [hit(1, 'b', 1, { t: 'x' })] },
      [],
    ],
    ['a dotted path', { pipeline: pipelineWith(['o.t']), reranked: [hit(1, 'a', 1, { o: { t: 'x' } })] }, []],
    [
      'a dotted path before 3.6',
      {
        pipeline: pipelineWith(['o.t']),
        reranked: [hit(1, 'a', 1, { o: { t: 'x' } })],
        resolvesPaths: false,
      },
      ['empty_document_field'],
    ],
    ['ml_inference and a rerank by field', { trace: [inference, ran] }, []],
    ['ml_inference that nothing uses', { trace: [inference] }, ['processor_absent']],
    ['ml_inference that only shuffled the hits', { trace: [shuffling] }, ['processor_absent']],
    [
      'ml_inference that shuffled the hits before a rerank that did nothing',
      { trace: [shuffling, { ...ran, before: after, after }] },
      ['scores_identical'],
    ],
    [
      'ml_inference that failed before a stale field',
      { trace: [{ ...inference, ok: false }, ran] },
      ['processor_failed'],
    ],
  ])('when %s', (_name, part, reasons) => {
    expect(codes(part)).toEqual(reasons);
    expect(proveReranked(evidence(part)).ran).toBe(reasons.length === 0);
  });

  it('names the hits and the field that were empty', () => {
    const reranked = Array.from({ length: 7 }, (_, i) => hit(i + 1, `d${i + 1}`, 1));
    const [reason] = proveReranked(evidence({ reranked })).reasons;
    expect(reason?.message).toContain('7 of 7 hits have no text in t');
    expect(reason?.message).toContain('_id d5 (rank 5) and 2 more');
  });

  it('warns of a field that no hit has, and of a pipeline that it may not see', () => {
    expect(proveReranked(evidence({ pipeline: pipelineWith(['t', 'nope']) })).warnings).toEqual([
      'No hit has text in nope.',
    ]);
    const hidden = proveReranked(evidence({ pipeline: { state: 'hidden' } }));
    expect([hidden.ran, hidden.fields, hidden.warnings.length]).toEqual([true, null, 1]);
  });
});

describe('a refusal of the whole search', () => {
  const error = (status: number, reason: string): ServerError =>
    new ServerError(
      { status, type: '', reason, request: '' },
      { code: 'RCTL_REQUEST_REJECTED', message: reason },
    );

  it.each([
    [error(400, 'Pipeline p is not defined'), 'pipeline_missing'],
    [error(404, 'Failed to find model'), 'model_missing'],
    [error(400, 'Model not ready yet. Please deploy the model first.'), 'model_not_deployed'],
    [error(500, 'boom'), undefined],
    [new RerankctlError('connection', 'RCTL_UNREACHABLE', 'Pipeline p is not defined'), undefined],
  ])('%s', (failure, code) => expect(refusalOf(failure, 'p', null)?.reasons[0]?.code).toBe(code));
});

describe('the trace', () => {
  it('is read as the server writes it', () => {
    const [step] = traceOf(
      {
        processor_results: [
          {
            processor_name: 'rerank',
            duration_millis: 145,
            status: 'fail',
            error: 'Failed to find model',
            input_data: [{ _index: 'i', _id: 'a', _score: 1 }],
            output_data: null,
          },
        ],
      },
      160,
    );
    expect(step).toEqual({
      processor: 'rerank',
      ok: false,
      error: 'Failed to find model',
      tookMs: 145,
      before: [{ key: 'i\0a', score: 1 }],
      after: undefined,
    });
    expect(traceOf({ hits: {} }, 1)).toEqual([]);
  });

  it.each([
    ['milliseconds of 3.6.0', 145, 160, 145],
    ['nanoseconds of 2.19.1', 162_935_024, 185, 162.9],
    ['few nanoseconds', 131_345, 12, 0.1],
    ['nothing', undefined, 12, null],
    ['nonsense', 9e15, 12, null],
  ])('has %s', (_name, given, elapsed, ms) => expect(durationOf(given, elapsed)).toBe(ms));
});
