import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, rerankctl } from '../support/cli.ts';
import { uniqueName } from '../support/node.ts';
import { type Bench, manifest, openBench, SERVERS } from '../support/provision.ts';

/** A pipeline by a field that nobody has, and one that hides its failures. */
const yamlOf = (name: string): string =>
  manifest('SearchPipeline', name, {
    response_processors: [{ rerank: { by_field: { target_field: 'nope' }, ignore_failure: true } }],
  }) +
  manifest('Verification', name, {
    index: name,
    search_pipeline: { $ref: `SearchPipeline/${name}` },
    queries: [{ query_text: 'q', body: { query: { match_all: {} } } }],
  });

describe('validate', () => {
  const yaml = yamlOf('traps');
  const validate = (...flags: string[]): Promise<Ran> =>
    rerankctl(['validate', '-f', '-', ...flags], { stdin: yaml });

  it('warns of a trap, with its place and a remedy, and goes on', async () => {
    const { code, stdout, stderr } = await validate();
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('Valid: 2 resources');
    expect(stderr).toMatch(/<stdin>:\d+:\d+: warning RCTL_LINT_RERANK_IGNORE_FAILURE/);
    expect(stderr).toContain('fix: Leave ignore_failure out');
  });

  it('has it among the diagnostics of its JSON', async () => {
    const { stdout } = await validate('--output', 'json');
    expect(JSON.parse(stdout).diagnostics).toMatchObject([
      {
        severity: 'warning',
        code: 'RCTL_LINT_RERANK_IGNORE_FAILURE',
        pointer: '/spec/response_processors/0/rerank/ignore_failure',
        location: { file: '<stdin>' },
      },
    ]);
  });

  it('fails where the rule is to be an error, and is silent where it is off', async () => {
    expect(await validate('--lint', 'rerank-ignore-failure=error')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('1 error in the manifests'),
    });
    expect(await validate('--lint', 'rerank-ignore-failure=off')).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['rerank-ignore-failures=off', 'Did you mean'],
    ['nonsense=off', 'The rules are rerank-default-pipeline'],
    ['rerank-ignore-failure=loud', 'It is one of off, note, warning, error'],
    ['rerank-ignore-failure', '--lint takes NAME=VALUE'],
  ])('says what is wrong with --lint %s', async (given, remedy) => {
    const { code, stderr } = await validate('--lint', given);
    expect(code).toBe(3);
    expect(stderr).toContain(remedy);
  });
});

describe.each(SERVERS)('against %s', (_title, server) => {
  const name = uniqueName('lint');
  const stack = uniqueName('lint-stack');
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(server, 'lint');
    await bench.raw('PUT', `/${name}`, {
      settings: { number_of_replicas: 0 },
      mappings: { properties: { title: { type: 'text' } } },
    });
  });
  afterAll(async () => {
    await bench.raw('DELETE', `/${name}`);
    await bench.cleanUp();
  });
  const run = (command: string, ...flags: string[]): Promise<Ran> => {
    const { username = '', password = '' } = server.login;
    const env = {
      OPENSEARCH_URL: bench.proxy.url,
      OPENSEARCH_USERNAME: username,
      OPENSEARCH_PASSWORD: password,
    };
    return rerankctl([command, '-f', '-', '--stack', stack, ...flags], { env, stdin: yamlOf(name) });
  };

  it('plan looks at the live mapping', async () => {
    const { code, stdout } = await run('plan', '--output', 'json');
    expect(code).toBe(0);
    const codes = JSON.parse(stdout).diagnostics.map((found: { code: string }) => found.code);
    expect(codes).toEqual(['RCTL_LINT_RERANK_UNKNOWN_FIELD', 'RCTL_LINT_RERANK_IGNORE_FAILURE']);
  });

  it('apply goes on with warnings, and has them in its JSON', async () => {
    const { code, stdout } = await run('apply', '--yes', '--output', 'json');
    expect(code, stdout).toBe(0);
    const codes = JSON.parse(stdout).diagnostics.map((found: { code: string }) => found.code);
    expect(codes).toEqual(['RCTL_LINT_RERANK_UNKNOWN_FIELD', 'RCTL_LINT_RERANK_IGNORE_FAILURE']);
    await bench.raw('DELETE', `/_search/pipeline/${name}`);
  });

  it('apply refuses what is to be an error, and changes nothing', async () => {
    const refused = await run('apply', '--yes', '--lint', 'rerank-unknown-field=error');
    expect(refused).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('RCTL_LINT_RERANK_UNKNOWN_FIELD'),
    });
    await expect(bench.raw('GET', `/_search/pipeline/${name}`)).rejects.toThrow();
  });
});
