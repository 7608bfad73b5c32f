import { describe, expect, it } from 'vitest';
import {
  describeMeasure,
  MEASURE_EXAMPLES,
  MEASURE_NAMES,
  nameOf,
  parseMeasure,
} from '../../../src/verify/measures/name.ts';
import { SERVER } from './fixture.ts';
import { measure } from './support.ts';

describe('names of measures', () => {
  it.each([
    ['ndcg@10', 'ndcg@10'],
    [' nDCG@10 ', 'ndcg@10'],
    ['NDCG', 'ndcg'],
    ['RR@10', 'mrr@10'],
    ['mrr', 'mrr'],
    ['AP@10', 'map@10'],
    ['ap', 'map'],
    ['Precision@5', 'p@5'],
    ['Recall@50', 'r@50'],
    ['r', 'r'],
    ['success@1', 'success@1'],
    ['judged@10', 'judged@10'],
    ['bpref', 'bpref'],
  ])('%s is %s', (text, name) => {
    expect(nameOf(measure(text))).toBe(name);
    expect(parseMeasure(name)).toEqual(parseMeasure(text));
  });

  it.each([
    '',
    '@10',
    'ndcg@',
    'ndcg@0',
    'ndcg@-1',
    'ndcg@1.5',
    'ndcg 10',
    'err@10',
    'bpref@10',
    'constructor',
  ])('%j is none', (text) => {
    expect(parseMeasure(text)).toBeUndefined();
  });

  it('every name and every example of a message is one', () => {
    for (const text of [...MEASURE_NAMES, ...MEASURE_EXAMPLES.split(', ')]) {
      expect(parseMeasure(text), text).toBeDefined();
    }
  });
});

describe('what a figure means', () => {
  it.each([
    ['ndcg@10', 'ndcg@10[gain=linear,ideal=cut,ties=server]'],
    ['ndcg', 'ndcg[gain=linear,ties=server]'],
    ['mrr@10', 'mrr@10[rel>=1,ties=server]'],
    ['map', 'map[rel>=1,ties=server]'],
    ['p@5', 'p@5[rel>=1,ties=server]'],
    ['r', 'r[rel>=1]'],
    ['success@1', 'success@1[rel>=1,ties=server]'],
    ['judged@10', 'judged@10[ties=server]'],
    ['bpref', 'bpref[rel>=1,ties=server]'],
  ])('%s is %s by default', (text, described) => {
    expect(describeMeasure(measure(text), SERVER)).toBe(described);
  });

  it('tells what was chosen where it makes a difference', () => {
    const chosen = {
      gain: 'exponential',
      relevantFrom: 2,
      ties: 'trec',
      unjudged: 'condensed',
    } as const;
    const told = ['ndcg@10', 'p@5', 'r', 'judged@10', 'bpref'].map((text) =>
      describeMeasure(measure(text), chosen),
    );
    expect(told).toEqual([
      'ndcg@10[gain=exponential,ideal=cut,unjudged=condensed,ties=trec]',
      'p@5[rel>=2,unjudged=condensed,ties=trec]',
      'r[rel>=2]',
      'judged@10[ties=trec]',
      'bpref[rel>=2,ties=trec]',
    ]);
  });
});
