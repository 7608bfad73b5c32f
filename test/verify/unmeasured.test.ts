import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, rerankctl } from '../support/cli.ts';

/** Judgments that measure nothing must not look like a run in which all is well. */
describe('judgments that measured nothing', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rerankctl-unmeasured-'));
    await write('a.trec', 'q1 Q0 d1 1 2.0 a\nq1 Q0 d2 2 1.0 a\n');
    await write('b.trec', 'q1 Q0 d2 1 2.0 b\nq1 Q0 d1 2 1.0 b\n');
    await write('other.trec', 'q2 Q0 d2 1 2.0 other\n');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  const verify = (...args: string[]): Promise<Ran> =>
    rerankctl(['verify', '--run', 'a.trec', ...args, '--qrels', 'qrels.txt'], { cwd: folder });

  it.each([
    [
      'of other queries',
      'Q1 0 d1 1\n',
      'b.trec',
      'Spell the IDs of queries alike: q1 is asked, Q1 is judged',
    ],
    ['of no relevant document', 'q1 0 d1 0\n', 'b.trec', 'Judge some document of these queries as relevant'],
    ['of a query that one run lacks', 'q1 0 d1 1\n', 'other.trec', 'Look at the queries that not every arm'],
  ])('%s: inconclusive, and what to do', async (_of, qrels, other, remedy) => {
    await write('qrels.txt', qrels);
    const ran = await verify('--run', other);
    expect(ran.code, ran.stderr).toBe(7);
    expect(ran.stdout).toContain('no query with judgments was answered: there are no figures');
    expect(ran.stdout).toContain(`fix: ${remedy}`);
    expect(ran.stdout).toMatch(/INCONCLUSIVE\s*$/);
    const junit = await verify('--run', other, '--output', 'junit');
    expect(junit.stdout).toContain('<failure type="inconclusive"');
    const annotated = await verify('--run', other, '--output', 'github');
    expect(annotated.stdout).toContain('::error title=RCTL_VERIFICATION_FAILED::measured');
    expect(annotated.stdout).toContain(remedy);
    const markdown = await verify('--run', other, '--output', 'markdown');
    expect(markdown.stdout).toContain(`there are no figures. ${remedy}`);
  });

  it('one query that is judged is enough to measure', async () => {
    await write('qrels.txt', 'q1 0 d1 1\nQ7 0 d1 1\n');
    const ran = await verify('--run', 'b.trec');
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  });
});
