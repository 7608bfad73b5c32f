import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, rerankctlProcess } from '../support/cli.ts';
import { nodeUrl, securedNode, uniqueName } from '../support/node.ts';
import { startProxy } from '../support/proxy.ts';

const NOBODY = 'http://127.0.0.1:9';

function schema(name: string): object {
  return JSON.parse(
    readFileSync(fileURLToPath(new URL(`../../schemas/${name}`, import.meta.url)), 'utf8'),
  ) as object;
}

const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addSchema(schema('report.schema.json'), 'report.schema.json');
const isOutput = ajv.compile(schema('output.schema.json'));

function outputOf(ran: Ran): Record<string, unknown> {
  const output = JSON.parse(ran.stdout) as Record<string, unknown>;
  expect(isOutput(output), JSON.stringify(isOutput.errors)).toBe(true);
  expect(output.exitCode).toBe(ran.code);
  return output;
}

const GROUP = (name: string, more = ''): string => `apiVersion: rerankctl/v1
kind: ModelGroup
metadata: { name: g }
spec:
  name: ${name}
${more}`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rerankctl-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('words and flags', () => {
  it.each([
    ['an unknown command', ['plann', '-f', 'x'], 'Did you mean `plan`?'],
    ['an unknown flag', ['plan', '--ulr', 'x'], 'Did you mean `--url`?'],
    ['a flag without its value', ['plan', '-f'], 'rerankctl plan --help'],
    ['a value that is none of the known', ['plan', '-f', '.', '--output', 'jsn'], 'Did you mean `json`?'],
    [
      'a number that is none',
      ['apply', '-f', '-', '--timeout', 'soon'],
      '--timeout takes a positive whole number',
    ],
    ['no manifests', ['apply'], 'Name them with -f'],
    ['a word too many for dev', ['dev', 'upp'], 'Did you mean `up`?'],
  ])('%s: exit 3, one sentence, no stack', async (_what, args, words) => {
    const ran = await rerankctlProcess(args, { stdin: GROUP('x') });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain(words);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
    expect(ran.stdout).toBe('');
  });

  it('--version is the version, and help is help wherever it is asked for', async () => {
    expect((await rerankctlProcess(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    for (const args of [[], ['-h'], ['--help'], ['help']]) {
      expect(await rerankctlProcess(args)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('Exit codes:'),
      });
    }
    for (const args of [
      ['help', 'plan'],
      ['plan', '-h'],
      ['plan', '--nonsense', '-h'],
    ]) {
      expect(await rerankctlProcess(args)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('--detailed-exitcode'),
      });
    }
  });

  it('colour only where it is wanted', async () => {
    const args = ['validate', '-f', '-'];
    const plain = await rerankctlProcess(args, { stdin: 'kind: Nonsense\n' });
    expect(plain.stderr).not.toContain('\u001b');
    const forced = await rerankctlProcess(args, { stdin: 'kind: Nonsense\n', env: { FORCE_COLOR: '1' } });
    expect(forced.stderr).toContain('\u001b[');
    const both = { FORCE_COLOR: '1', NO_COLOR: '1' };
    expect((await rerankctlProcess(args, { stdin: 'kind: Nonsense\n', env: both })).stderr).not.toContain(
      '\u001b',
    );
    const never = await rerankctlProcess([...args, '--color', 'never'], {
      stdin: 'kind: N\n',
      env: { FORCE_COLOR: '1' },
    });
    expect(never.stderr).not.toContain('\u001b');
  });
});

describe('broken manifests', () => {
  it('all errors in one run, each at its place, before anything is contacted', async () => {
    const one = await file('one.yaml', GROUP('x', '  descripton: y\n  access_mode: publik\n'));
    const two = await file(
      'two.yaml',
      'apiVersion: rerankctl/v1\nkind: Modell\nmetadata: { name: m }\nspec: {}\n',
    );
    const proxy = await startProxy(nodeUrl());
    const ran = await rerankctlProcess(['apply', '-f', one, '-f', two, '--url', proxy.url], { cwd: folder });
    await proxy.close();
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('one.yaml:6:3: error RCTL_UNKNOWN_FIELD');
    expect(ran.stderr).toContain('Did you mean `description`?');
    expect(ran.stderr).toContain('one.yaml:7:16: error RCTL_INVALID_VALUE');
    expect(ran.stderr).toContain('two.yaml:2:7: error RCTL_UNKNOWN_KIND');
    expect(ran.stderr).toContain('3 errors in the manifests.');
    expect(proxy.requests).toEqual([]);
  });

  it('as JSON they are on stdout, by the schema', async () => {
    const args = ['validate', '-f', '-', '--output', 'json'];
    const output = outputOf(await rerankctlProcess(args, { stdin: GROUP('x', '  descripton: y\n') }));
    expect(output.diagnostics).toMatchObject([
      { code: 'RCTL_UNKNOWN_FIELD', location: { line: 6, column: 3 }, pointer: '/spec/descripton' },
    ]);
  });
});

describe('a cluster', () => {
  const plan = (url: string, ...flags: string[]): Promise<Ran> =>
    rerankctlProcess(['plan', '-f', '-', '--url', url, ...flags], {
      stdin: GROUP('some group of the command line'),
    });

  it('that is not there: exit 4, and how to get one', async () => {
    const ran = await plan(NOBODY);
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('There is no cluster at http://127.0.0.1:9');
    expect(ran.stderr).toContain('rerankctl dev up');
    expect(outputOf(await plan(NOBODY, '--output', 'json')).diagnostics).toMatchObject([
      { code: 'RCTL_NO_CLUSTER' },
    ]);
  });

  it('that is no OpenSearch', async () => {
    const server: Server = createServer((_request, response) => response.end('<html>hello</html>'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const ran = await plan(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.close();
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('RCTL_NOT_OPENSEARCH');
  });

  const node = securedNode();
  it.runIf(node !== undefined)(
    'that does not know the password: exit 4, and the password stays secret',
    async () => {
      const secret = 'a-Wrong-Password-4711';
      const path = await file('password', `${secret}\n`);
      const login = ['--username', 'admin', '--password-file', path, '--ca-file', node?.caFile ?? ''];
      for (const more of [[], ['--debug'], ['--output', 'json'], ['--output', 'json', '--debug']]) {
        const ran = await plan(node?.url ?? '', ...login, ...more);
        expect(ran.code).toBe(4);
        expect(ran.stderr).toContain('RCTL_AUTH');
        expect(ran.stdout + ran.stderr).not.toContain(secret);
        expect(ran.stdout + ran.stderr).not.toContain(Buffer.from(`admin:${secret}`).toString('base64'));
      }
    },
  );

  it.runIf(node !== undefined)('whose certificate nobody vouches for', async () => {
    const ran = await plan(
      node?.url ?? '',
      '--username',
      'admin',
      '--password-file',
      await file('password', 'x'),
    );
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('--ca-file');
  });
});

describe('access_mode on a cluster without access control', () => {
  const name = uniqueName('access-mode');
  const apply = (mode: string, url: string, command = 'apply'): Promise<Ran> =>
    rerankctlProcess(
      [command, '-f', '-', '--url', url, '--stack', name, ...(command === 'apply' ? ['--yes'] : [])],
      {
        // Who it is restricted to has to be said.
        stdin: GROUP(
          name,
          `  access_mode: ${mode}\n${mode === 'restricted' ? '  backend_roles: [a]\n' : ''}`,
        ),
      },
    );

  it.each(['private', 'restricted'])('%s is refused before anything is changed', async (mode) => {
    const proxy = await startProxy(nodeUrl());
    const ran = await apply(mode, proxy.url);
    await proxy.close();
    expect(ran.code).toBe(8);
    expect(ran.stderr).toContain('<stdin>:6:16: error RCTL_ACCESS_CONTROL_OFF');
    expect(proxy.writes()).toEqual([]);
  });

  it('public holds without being sent, and the plan says so', async () => {
    const proxy = await startProxy(nodeUrl());
    const ran = await apply('public', proxy.url);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain('access_mode: public holds without being sent');
    const register = proxy.requests.find(({ path }) => path.endsWith('model_groups/_register'));
    expect(register?.body.toString()).not.toContain('access_mode');
    expect((await apply('public', proxy.url, 'plan')).stdout).toContain('No changes');
    await proxy.close();
  });
});
