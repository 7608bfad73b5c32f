import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, rerankctl } from '../support/cli.ts';
import { nodeUrl, securedNode, uniqueName } from '../support/node.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';

/** Fields of 3.0, 3.1 and 3.2, and one that is in no released server of the tests (3.8). */
const name = uniqueName('versions');
const HYBRID = `apiVersion: rerankctl/v1
kind: SearchPipeline
metadata: { name: ${name} }
spec:
  phase_results_processors:
    - normalization-processor:
        normalization:
          technique: min_max
          parameters:
            lower_bounds: [{ mode: ignore }, { mode: clip, min_score: 0.1 }]
            upper_bounds: [{ mode: ignore }, { mode: clip, max_score: 0.9 }]
`;
const BY_FIELD = `apiVersion: rerankctl/v1
kind: SearchPipeline
metadata: { name: ${name}-field }
spec:
  response_processors:
    - rerank:
        by_field: { target_field: stars, keep_previous_score: true, previous_score_field: was }
`;

function refusedFields({ stdout }: Ran): string[] {
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; pointer?: string }[] };
  return diagnostics.filter(({ code }) => code === 'RCTL_FIELD_TOO_NEW').map(({ pointer = '' }) => pointer);
}

describe('a field that is too new for the server', () => {
  it('is refused for a version that is named, at its line, without any cluster', async () => {
    const old = await rerankctl(['validate', '-f', '-', '--for-version', '2.19.1'], { stdin: HYBRID });
    expect(old.code).toBe(3);
    expect(old.stderr).toMatch(/<stdin>:10:27: error RCTL_FIELD_TOO_NEW/);
    expect(old.stderr).toContain(
      'normalization.parameters.lower_bounds` works from OpenSearch 3.0 on. Version 2.19.1',
    );
    const between = await rerankctl(['validate', '-f', '-', '--for-version', '3.1'], { stdin: HYBRID });
    expect(between.stderr).not.toContain('lower_bounds` works');
    expect(between.stderr).toContain('upper_bounds` works from OpenSearch 3.2 on');
    for (const more of [['--for-version', '3.2'], []]) {
      const fine = await rerankctl(['validate', '-f', '-', ...more], { stdin: HYBRID });
      expect(fine.code, fine.stderr).toBe(0);
    }
    const wrong = await rerankctl(['validate', '-f', '-', '--for-version', 'new'], { stdin: HYBRID });
    expect(wrong.code).toBe(3);
    expect(wrong.stderr).toContain('is no version of OpenSearch');
  });

  it('goes to a server that knows it, and is kept there', async () => {
    const stack = ['-f', '-', '--url', nodeUrl(), '--stack', name];
    const applied = await rerankctl(['apply', '--yes', ...stack], { stdin: HYBRID });
    expect(applied.code, applied.stdout + applied.stderr).toBe(0);
    const again = await rerankctl(['plan', ...stack, '--detailed-exitcode'], { stdin: HYBRID });
    expect(again.code, again.stdout).toBe(0);
    const gone = await rerankctl(['destroy', '--url', nodeUrl(), '--stack', name, '--confirm', name]);
    expect(gone.code, gone.stderr).toBe(0);
  });

  it('that no released server of the tests knows is refused by each', async () => {
    const planned = await rerankctl(['plan', '-f', '-', '--url', nodeUrl(), '--output', 'json'], {
      stdin: BY_FIELD,
    });
    expect(planned.code).toBe(8);
    expect(refusedFields(planned)).toEqual([
      '/spec/response_processors/0/rerank/by_field/previous_score_field',
    ]);
  });
});

const node = securedNode();

describe.skipIf(node === undefined)('2.19.1, which would lose them without a word,', () => {
  let proxy: FaultyProxy;
  beforeAll(async () => {
    proxy = await startProxy(node?.url ?? '');
  });
  afterAll(() => proxy.close());

  it('is sent nothing', async () => {
    const { username = '', password = '' } = node ?? {};
    const args = [
      'apply',
      '--yes',
      '-f',
      '-',
      '--url',
      proxy.url,
      '--username',
      username,
      '--output',
      'json',
    ];
    const options = { stdin: HYBRID, env: { OPENSEARCH_PASSWORD: password } };
    const refused = await rerankctl([...args, '--insecure-skip-tls-verify'], options);
    expect(refused.code, refused.stderr).toBe(8);
    expect(refused.stderr).toContain('Version 2.19.1 would take it, and lose it without a word.');
    expect(proxy.writes()).toEqual([]);
  });
});
