import { describe, expect, it } from 'vitest';
import { Reference, type ValueObject } from '../../src/core/value.ts';
import { verification } from '../../src/kinds/verification/index.ts';
import { verificationOf } from './support.ts';

async function problems(
  queries: ValueObject[],
  pipeline: ValueObject[string] = 'p',
): Promise<[string, string | undefined][]> {
  const found = await verification.check?.(
    verificationOf({
      index: 'i',
      search_pipeline: pipeline,
      queries: queries.map((query) => ({ body: { query: { match_all: {} } }, ...query })),
    }),
    new Map(),
  );
  return (found ?? []).map(({ code, pointer }) => [code, pointer]);
}

describe('a Verification without a cluster', () => {
  const body = { query: { match_all: {} } };

  it.each<[string, ValueObject[], [string, string][]]>([
    ['is fine', [{ query_text: 'x', body }], []],
    ['may give its bodies other extensions', [{ query_text: 'x', body: { ext: { other: {} } } }], []],
    [
      'may repeat the query text',
      [{ query_text: 'x', body: { ext: { rerank: { query_context: { query_text: 'x' } } } } }],
      [],
    ],
    [
      'may not say another one',
      [{ query_text: 'x', body: { ext: { rerank: { query_context: { query_text: 'y' } } } } }],
      [['RCTL_VERIFY_BODY_RERANK', '/spec/queries/0/body/ext/rerank']],
    ],
    [
      'may not run through another pipeline',
      [{ query_text: 'x', body: { search_pipeline: 'other' } }],
      [['RCTL_VERIFY_BODY_PIPELINE', '/spec/queries/0/body/search_pipeline']],
    ],
    [
      'gives each query an id of its own',
      [
        { id: 'a', query_text: 'x' },
        { id: 'b', query_text: 'y' },
        { id: 'a', query_text: 'z' },
      ],
      [['RCTL_VERIFY_SAME_ID', '/spec/queries/2/id']],
    ],
    [
      'does not take the id of a query that has none',
      [{ id: 'q2', query_text: 'x' }, { query_text: 'y' }],
      [['RCTL_VERIFY_SAME_ID', '/spec/queries/0/id']],
    ],
    [
      'has patterns that compile',
      [
        {
          query_text: 'x',
          expect: {
            first: { a: { matches: '(' } },
            top: [{ b: { matches: 'ok' } }, { 'c.d': { matches: '[' } }],
          },
        },
      ],
      [
        ['RCTL_VERIFY_PATTERN', '/spec/queries/0/expect/first/a/matches'],
        ['RCTL_VERIFY_PATTERN', '/spec/queries/0/expect/top/1/c.d/matches'],
      ],
    ],
    [
      'asks for hits',
      [{ query_text: 'x', body: { size: 0 } }],
      [['RCTL_VERIFY_NO_WINDOW', '/spec/queries/0/body/size']],
    ],
    [
      'counts hits',
      [{ query_text: 'x', body: { track_total_hits: false } }],
      [['RCTL_VERIFY_TOTAL_HITS', '/spec/queries/0/body/track_total_hits']],
    ],
  ])('%s', async (_name, queries, expected) =>
    expect((await problems(queries)).sort()).toEqual(expected.sort()),
  );

  it('may name the pipeline under test in a body, also by reference', async () => {
    const reference = new Reference('SearchPipeline/p');
    const queries = [{ query_text: 'x', body: { search_pipeline: new Reference('SearchPipeline/p') } }];
    expect(await problems(queries, reference)).toEqual([]);
    expect(await problems(queries, new Reference('SearchPipeline/other'))).toHaveLength(1);
  });
});
