import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rerankctl } from '../support/cli.ts';
import { nodeUrl, uniqueName } from '../support/node.ts';
import { schemaErrors } from './support.ts';

const MANIFESTS = fileURLToPath(new URL('../../manifests/relevance', import.meta.url));
const stack = uniqueName('collection');
const on = ['--url', nodeUrl()];

beforeAll(async () => {
  const ran = await rerankctl(['apply', '--yes', '-f', MANIFESTS, '--stack', stack, ...on]);
  expect(ran.code, ran.stderr).toBe(0);
});
afterAll(() => rerankctl(['destroy', '--confirm', stack, '--stack', stack, ...on]));

it('measures the collection that is shipped, as its README and its baseline say', async () => {
  const html = join(tmpdir(), `${stack}.html`);
  const ran = await rerankctl([
    'verify',
    '-f',
    MANIFESTS,
    '--output',
    'json',
    '--report',
    `html=${html}`,
    ...on,
  ]);
  const [report] = JSON.parse(ran.stdout).reports;
  expect(schemaErrors(report)).toEqual([]);
  expect(report.queries).toHaveLength(173);
  expect(report.queries.filter(({ proof }: { proof: { ran: boolean } }) => proof.ran)).toHaveLength(173);
  const { relevance, baseline } = report;
  expect(relevance.queries).toBe(173);
  expect(baseline).toMatchObject({ state: 'compared', differences: [] });
  // Another processor may round the last digits of a score otherwise, and turn two hits round.
  expect(Math.abs(baseline.measures['ndcg@10'].meanDelta)).toBeLessThan(0.003);
  const readme = await readFile(join(MANIFESTS, 'README.md'), 'utf8');
  const [ndcg] = relevance.measures;
  expect(readme).toContain(`| ndcg@10 | ${ndcg.arms.unreranked.mean.toFixed(4)} |`);
  expect(ndcg.lift.reranked).toMatchObject({ n: 173, exact: false });
  expect(report.gates[0]).toMatchObject({
    rule: 'ndcg@10 of reranked - unreranked >= 0.05',
    verdict: 'pass',
  });
  expect((await readFile(html, 'utf8')).length).toBeLessThan(3_000_000);
}, 600_000);
