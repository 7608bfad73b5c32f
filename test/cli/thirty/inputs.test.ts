import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CODES } from '../../../src/catalogue/codes.ts';
import { COMMANDS } from '../../../src/cli/command-table.ts';
import type { Flag } from '../../../src/cli/flag-table.ts';
import { inProcess } from '../../support/in-process.ts';
import { nodeUrl } from '../../support/node.ts';
import { outputOf } from '../../support/output.ts';
import { startProxy } from '../../support/proxy.ts';
import { openSmallStack, type SmallStack } from './small-stack.ts';

let stack: SmallStack;
beforeAll(async () => {
  stack = await openSmallStack('inputs');
});
afterAll(() => stack.cleanUp());

const GROUP = (name: string, more = ''): string =>
  `apiVersion: rerankctl/v1\nkind: ModelGroup\nmetadata: { name: ${name} }\nspec:\n  name: ${name}\n${more}`;

interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly pointer?: string;
  readonly snippet?: string;
  readonly location?: { readonly file: string; readonly line: number; readonly column: number };
}

describe('check 12: all errors of all manifests in one run', () => {
  it('each has its place, the line, a pointer, a code and a remedy; sorted, and the same whatever comes first', async () => {
    const cwd = join(stack.folder, 'wrong');
    await mkdir(cwd);
    await writeFile(join(cwd, 'a.yaml'), GROUP('a', '  descripton: y\n  access_mode: publik\n'));
    await writeFile(join(cwd, 'b.yaml'), GROUP('b').replace('ModelGroup', 'ModelGruop'));
    const told = await inProcess(['validate', '-f', '.', '--output', 'json'], { cwd });
    const { diagnostics } = outputOf(told) as unknown as { diagnostics: readonly Diagnostic[] };
    expect(told.code).toBe(3);
    expect(
      diagnostics.map(
        ({ code, location }) =>
          `${location?.file.split('/').at(-1)}:${location?.line}:${location?.column} ${code}`,
      ),
    ).toEqual([
      'a.yaml:6:3 RCTL_UNKNOWN_FIELD',
      'a.yaml:7:16 RCTL_INVALID_VALUE',
      'b.yaml:2:7 RCTL_UNKNOWN_KIND',
    ]);
    for (const { remedy, snippet, code } of diagnostics) {
      expect(remedy, code).toBeTruthy();
      expect(snippet, code).toBeTruthy();
    }
    expect(diagnostics.slice(0, 2).map(({ pointer }) => pointer)).toEqual([
      '/spec/descripton',
      '/spec/access_mode',
    ]);
    const turned = await inProcess(['validate', '-f', 'b.yaml', '-f', 'a.yaml', '--output', 'json'], { cwd });
    expect((outputOf(turned) as unknown as { diagnostics: unknown }).diagnostics).toEqual(diagnostics);
    const { stderr } = await inProcess(['validate', '-f', '.'], { cwd });
    expect(stderr).toMatch(
      /a\.yaml:6:3: error RCTL_UNKNOWN_FIELD.*\n.*\n {4}6 \| {3}descripton: y\n {6}\| {3}\^\n {2}fix: /,
    );
    expect(stderr.trim().split('\n').at(-1)).toBe('3 errors in the manifests.');
  });

  it('a long line is shown around its place, as wide as the terminal', async () => {
    const stdin = GROUP('a', `  description: "${'x'.repeat(300)}", descripton: y\n`)
      .replace('spec:\n', 'spec:\n')
      .replace(/spec:\n {2}name: a\n {2}(.*)\n/, 'spec: { name: a, $1 }\n');
    const { stderr } = await inProcess(['validate', '-f', '-'], {
      stdin,
      terminal: { stderr: true },
      columns: 60,
      env: { NO_COLOR: '1' },
    });
    const [line = '', caret = ''] = stderr.split('\n').filter((each) => / \| /.test(each));
    expect(line.length).toBeLessThanOrEqual(60);
    expect(line.slice(caret.indexOf('^'))).toMatch(/^descripton/);
  });
});

describe('check 13: codes', () => {
  it('every one is explained without a cluster, for people and machines', async () => {
    for (const [code, meaning] of Object.entries(CODES)) {
      expect(await inProcess(['explain', code])).toEqual({
        code: 0,
        stdout: `${code}\n  ${meaning}\n`,
        stderr: '',
      });
    }
    const one = await inProcess(['explain', 'RCTL_PLAN_STALE', '--output', 'json']);
    expect(outputOf(one)).toMatchObject({ code: 'RCTL_PLAN_STALE', meaning: CODES.RCTL_PLAN_STALE });
  });
});

describe('check 16: passwords', () => {
  it('there is no flag for one', () => {
    const all: readonly Flag[] = Object.values(COMMANDS).flatMap(({ flags }): readonly Flag[] => flags);
    const secret = all.filter(({ name }) => /pass|secret|token|key/.test(name));
    expect(secret.map(({ name }) => name)).toContain('password-file');
    // Each takes the name of a file, and none the secret itself.
    expect(secret.filter(({ value }) => value !== 'PATH')).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'a file that others can read is warned of, one of our own is not',
    async () => {
      const proxy = await startProxy(nodeUrl());
      const file = join(stack.folder, 'password');
      await writeFile(file, 'pl4nted-password\n');
      const plan = () =>
        inProcess(['plan', ...stack.args(proxy.url), '--username', 'someone', '--password-file', file]);
      for (const [mode, warned] of [
        [0o644, true],
        [0o640, true],
        [0o600, false],
        [0o400, false],
      ] as const) {
        await chmod(file, mode);
        const { stdout, stderr } = await plan();
        expect(stderr.includes('RCTL_SECRET_FILE_MODE'), mode.toString(8)).toBe(warned);
        if (warned) expect(stderr).toContain(`chmod 600 ${file}`);
        expect(stdout + stderr).not.toContain('pl4nted');
      }
      await proxy.close();
    },
  );

  it('stdin and the environment give one as well, and it is sent', async () => {
    const proxy = await startProxy(nodeUrl());
    const given = `Basic ${Buffer.from('someone:pl4nted').toString('base64')}`;
    const args = ['plan', ...stack.args(proxy.url), '--username', 'someone'];
    for (const run of [
      () => inProcess([...args, '--password-file', '-'], { stdin: 'pl4nted\n' }),
      () => inProcess(args, { env: { OPENSEARCH_PASSWORD: 'pl4nted' } }),
    ]) {
      proxy.reset();
      const { code, stdout, stderr } = await run();
      expect(code, stderr).toBe(0);
      expect(stdout + stderr).not.toContain('pl4nted');
      expect(new Set(proxy.requests.map(({ headers }) => headers.authorization))).toEqual(new Set([given]));
    }
    await proxy.close();
  });
});

describe('check 24: timeouts and retries', () => {
  it.each([
    [
      '--request-timeout',
      '(60)',
      ['plan', 'apply', 'verify', 'drift', 'destroy', 'state', 'export', 'doctor', 'rollback'],
    ],
    [
      '--retry-for',
      '(30)',
      ['plan', 'apply', 'verify', 'drift', 'destroy', 'state', 'export', 'doctor', 'rollback'],
    ],
    ['--timeout', '(600)', ['apply', 'rollback', 'destroy']],
  ])('%s is a flag that tells its default %s', async (flag, byDefault, commands) => {
    for (const name of commands) {
      const line = (await inProcess(['help', name])).stdout
        .split('\n')
        .find((each) => each.includes(`${flag} `));
      expect(line, name).toContain(byDefault);
    }
  });

  it('doctor tells what holds', async () => {
    const [, , , , ...cluster] = stack.args();
    const told = await inProcess(['doctor', ...cluster, '--retry-for', '7']);
    expect(told.stdout).toMatch(
      /60 s \(--request-timeout\).* 7 s .*\(--retry-for\).* 600 s \(apply --timeout\)/,
    );
  });

  it('--retry-for bounds how long a refusal for now is tried again, and each try is told', async () => {
    const proxy = await startProxy(nodeUrl());
    proxy.inject({
      path: '/_search/pipeline',
      fault: { do: 'answer', status: 429, headers: { 'retry-after': '2' } },
    });
    const { code, stderr } = await inProcess(['plan', ...stack.args(proxy.url), '--retry-for', '1']);
    await proxy.close();
    // Two seconds are asked for and one is there: no use in trying.
    expect(code).toBe(1);
    expect(stderr).toContain('RCTL_OVERLOADED');
    const patient = await startProxy(nodeUrl());
    patient.inject({ path: '/_search/pipeline', times: 1, fault: { do: 'answer', status: 429 } });
    const second = await inProcess(['plan', ...stack.args(patient.url)]);
    await patient.close();
    expect(second.code).toBe(0);
    expect(second.stderr).toMatch(/again in \d.* for \d.* at most: GET \/_search\/pipeline.* \(429/);
  });
});

describe('check 28: manifests and flags', () => {
  it('come from files, folders, globs and stdin, in any order, and a plan of them is the same', async () => {
    const cwd = join(stack.folder, 'parts');
    await mkdir(join(cwd, 'deep'), { recursive: true });
    const group = `${stack.name}-group`;
    const names = ['one', 'two', 'three'].map((each) => `${stack.name}-${each}`);
    const pipeline = (name: string, more = '') =>
      `apiVersion: rerankctl/v1\nkind: SearchPipeline\nmetadata: { name: ${name}${more} }\nspec: {}\n`;
    const [one = '', two = '', three = ''] = names;
    await writeFile(join(cwd, 'a.yaml'), pipeline(one, `, depends_on: [SearchPipeline/${three}]`));
    await writeFile(join(cwd, 'b.yml'), pipeline(two));
    await writeFile(
      join(cwd, 'deep/c.json'),
      JSON.stringify({
        apiVersion: 'rerankctl/v1',
        kind: 'SearchPipeline',
        metadata: { name: three },
        spec: {},
      }),
    );
    const where = ['--stack', group, '--url', nodeUrl()];
    const whole = await inProcess(['plan', '-f', '.', ...where], { cwd });
    expect(whole.stdout).toContain('Plan: 3 to create');
    const stdin = `${pipeline(two)}---\n${pipeline(one, `, depends_on: [SearchPipeline/${three}]`)}`;
    for (const args of [
      ['plan', '-f', 'deep', '-f', 'b.yml', '-f', 'a.yaml', ...where],
      ['plan', '-f', '**/*.{yaml,yml,json}', ...where],
      ['plan', '-f', '-', '-f', 'deep/c.json', ...where],
      // Flags before and after what they are for, and before the command.
      ['plan', ...where, 'a.yaml', 'b.yml', 'deep'],
      ['plan', 'a.yaml', 'b.yml', 'deep', ...where],
      [...where, 'plan', '-f', '.'],
    ]) {
      const ran = await inProcess(args, { cwd, stdin });
      expect(ran, `${args.join(' ')}\n${ran.stderr}`).toMatchObject({ code: 0, stdout: whole.stdout });
    }
  });
});
