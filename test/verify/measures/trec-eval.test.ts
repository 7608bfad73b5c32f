import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJudgments } from '../../../src/verify/inputs/judgments.ts';
import { readRun } from '../../../src/verify/inputs/run-file.ts';
import type { Judgments, Run } from '../../../src/verify/measures/types.ts';
import { TREC } from './fixture.ts';
import { meanOf, valuesIn } from './support.ts';

/** A checkout of usnistgov/trec_eval, with the sample that its own tests use. */
const FOLDER = process.env.RERANKCTL_TREC_EVAL ?? '';

/** trec_eval's names: `ndcg_cut_10`. */
const NAMES: Readonly<Record<string, string>> = {
  map: 'map',
  map_cut: 'map',
  P: 'p',
  recall: 'r',
  success: 'success',
  recip_rank: 'mrr',
  ndcg: 'ndcg',
  ndcg_cut: 'ndcg',
  bpref: 'bpref',
};

function ourName(theirs: string): string | undefined {
  const [, word = '', depth] = theirs.match(/^([A-Za-z_]+?)(?:_(\d+))?$/) ?? [];
  const name = NAMES[word];
  return name === undefined ? undefined : depth === undefined ? name : `${name}@${depth}`;
}

async function sample(qrels: string): Promise<{ judgments: Judgments; run: Run }> {
  const path = (name: string) => join(FOLDER, 'test', name);
  const [{ value: read }, { value: run }] = await Promise.all([
    readJudgments(path(qrels), { shown: qrels }),
    readRun(path('results.test'), { shown: 'results.test' }),
  ]);
  return { judgments: read.judgments, run };
}

describe.skipIf(FOLDER === '')("trec_eval's own sample", () => {
  it.each([
    ['out.test.aq', 'qrels.test', 1],
    ['out.test.aql', 'qrels.rel_level', 2],
  ])('%s', async (output, qrels, relevantFrom) => {
    const { judgments, run } = await sample(qrels);
    const queries = new Map([...judgments].filter(([query]) => run.has(query)));
    const found = new Map<string, Record<string, number>>();
    const lines = (await readFile(join(FOLDER, 'test', output), 'utf8')).trim().split('\n');
    let checked = 0;
    for (const [theirs = '', query = '', printed = ''] of lines.map((line) => line.trim().split(/\s+/))) {
      const name = ourName(theirs);
      if (name === undefined) continue;
      const values = found.get(name) ?? valuesIn(name, { ...TREC, relevantFrom }, run, queries);
      found.set(name, values);
      const value = query === 'all' ? meanOf(values) : values[query];
      expect(value?.toFixed(4), `${theirs} of ${query}`).toBe(printed);
      checked += 1;
    }
    expect(checked).toBeGreaterThan(150);
  });

  it('graded, to eight digits, as ir_measures has it', async () => {
    const { judgments, run } = await sample('qrels.rel_level');
    const mean = (name: string, chosen: object) =>
      meanOf(valuesIn(name, { ...TREC, ...chosen }, run, judgments));
    expect(mean('ndcg@10', {})).toBeCloseTo(0.26563304, 8);
    expect(mean('ndcg@10', { gain: 'exponential' })).toBeCloseTo(0.2553032041, 8);
    expect(mean('map', { relevantFrom: 2 })).toBeCloseTo(0.16666138, 8);
    expect(mean('mrr', { relevantFrom: 2 })).toBeCloseTo(0.35196297, 8);
  });
});
