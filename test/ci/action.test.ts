import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { outcomeOf, type Ran } from '../support/cli.ts';
import { nodeUrl } from '../support/node.ts';
import { type GithubApi, startGithubApi } from './github-api.ts';
import { type Checkout, INVALID, manifests, openCheckout } from './support.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = `${process.execPath} ${join(ROOT, 'dist/main.js')}`;
const TOKEN = 'github-token-for-the-test';

interface Step {
  readonly id?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: string;
}
const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {
  inputs: Record<string, { description: string; default: string }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: Step[] };
};

let checkout: Checkout;
let api: GithubApi;
beforeAll(async () => {
  checkout = await openCheckout();
  api = await startGithubApi(TOKEN);
  await checkout.write('m.yaml', manifests(checkout.name));
  await checkout.write('event.json', JSON.stringify({ pull_request: { number: 7 } }));
});
beforeEach(() => api.refuse(undefined));
afterAll(async () => {
  await api.close();
  await checkout.remove();
});

function shell(script: string, env: Readonly<Record<string, string>>): Promise<Ran> {
  return outcomeOf(
    spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd: checkout.folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    }),
  );
}

/** Runs the steps of action.yml as a runner does: inputs in the place of expressions, the environment that GitHub gives. */
async function act(
  inputs: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string; outputs: string }> {
  const given = (text: string): string =>
    text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
      if (expression === 'github.token') return TOKEN;
      const name = expression.replace(/^inputs\./, '');
      return inputs[name] ?? given(action.inputs[name]?.default ?? `unknown input ${name}`);
    });
  const outputs = await checkout.write(`outputs-${Math.random()}`, '');
  const github = {
    ...{ GITHUB_ACTIONS: 'true', CI: 'true', GITHUB_API_URL: api.url, GITHUB_REPOSITORY: 'o/r' },
    GITHUB_WORKSPACE: checkout.folder,
    GITHUB_ACTION_PATH: ROOT,
    GITHUB_EVENT_PATH: join(checkout.folder, 'event.json'),
    GITHUB_OUTPUT: join(checkout.folder, outputs),
    RUNNER_TEMP: checkout.folder,
    RERANKCTL_ACTION_PROGRAM: PROGRAM,
    OPENSEARCH_URL: nodeUrl(),
  };
  let code: number | null = 0;
  let output = '';
  for (const step of action.runs.steps) {
    if (step.id === undefined && inputs.comment !== 'true') continue;
    const env = Object.fromEntries(Object.entries(step.env).map(([key, value]) => [key, given(value)]));
    const ran = await shell(given(step.run), { ...github, ...env });
    if (step.id === 'run') code = ran.code;
    output += ran.stdout + ran.stderr;
  }
  return { code, output, outputs: await readFile(join(checkout.folder, outputs), 'utf8') };
}

const stack = (): string => `--stack\n${checkout.name}`;

describe('the action', () => {
  it('has a description of each input, and outputs that the command sets', async () => {
    expect(action.runs.using).toBe('composite');
    for (const [name, { description }] of Object.entries(action.inputs))
      expect(description, name).toMatch(/\.$/);
    const set = (await act({ command: 'validate', files: 'nothing-here.yaml' })).outputs;
    for (const name of Object.keys(action.outputs)) expect(set).toMatch(new RegExp(`^${name}=`, 'm'));
  });

  it('plans, and writes one comment that the next run replaces', async () => {
    // Of others, one that quotes a marker, and more than a page of them.
    for (let i = 0; i < 120; i++)
      api.comments.push({ id: 1000 + i, body: `> <!-- rerankctl plan ${checkout.name} --> ${i}` });
    // And one that looks like ours, and is somebody else's: whoever wrote it may change what we would write there.
    const theirs = {
      id: 999,
      body: `<!-- rerankctl plan ${checkout.name} -->\nmine`,
      user: { login: 'mallory' },
    };
    api.comments.unshift(theirs);
    const inputs = { command: 'plan', files: 'm.yaml', args: stack(), comment: 'true' };
    const first = await act(inputs);
    expect(first.code, first.output).toBe(0);
    expect(first.outputs).toContain('exit-code=2\npending=2\n');
    expect(api.comments).toHaveLength(122);
    const comment = api.comments.at(-1);
    expect(comment?.body).toContain('2 to create');

    await checkout.write(
      'm.yaml',
      `${manifests(checkout.name)}---\napiVersion: rerankctl/v1\nkind: Index\nmetadata: { name: ${checkout.name}-b }\nspec: {}\n`,
    );
    await act(inputs);
    expect(api.comments).toHaveLength(122);
    expect(theirs.body).toMatch(/mine$/);
    expect(comment?.body).toContain('3 to create');
    const before = api.requests.length;
    await act(inputs);
    // The same again is not written again.
    expect(api.requests.slice(before).filter((request) => !request.startsWith('GET'))).toEqual([]);
    await checkout.write('m.yaml', manifests(checkout.name));
  });

  it('applies without asking, and fails where changes must not be pending', async () => {
    const pending = await act({ command: 'plan', files: 'm.yaml', args: stack(), 'fail-on-changes': 'true' });
    expect(pending.code).toBe(2);
    const applied = await act({ command: 'apply', files: 'm.yaml', args: stack() });
    expect(applied.code, applied.output).toBe(0);
    expect(applied.outputs).toContain('applied=2\n');
    const nothing = await act({ command: 'plan', files: 'm.yaml', args: stack(), 'fail-on-changes': 'true' });
    expect(nothing.code, nothing.output).toBe(0);
  });

  it('reads nothing of its inputs with a shell', async () => {
    const hostile = await act({
      command: 'plan',
      files: 'm.yaml; touch pwned $(touch pwned) `touch pwned`',
      args: '--stack\n$(touch pwned)',
    });
    expect(hostile.code).toBe(3);
    await expect(readFile(join(checkout.folder, 'pwned'))).rejects.toThrow();
  });

  it('comments a failure too, with annotations at the lines', async () => {
    await checkout.write('bad.yaml', INVALID);
    const failed = await act({ command: 'validate', files: 'bad.yaml', comment: 'true' });
    expect(failed.code).toBe(3);
    expect(failed.output).toContain('::error file=bad.yaml,line=4');
    expect(api.comments.at(-1)?.body).toContain('❌ rerankctl validate');
  });

  it.each([401, 403, 404, 500])('that may not comment (%i) says so, and the job goes on', async (status) => {
    api.refuse(status);
    const run = await act({ command: 'validate', files: 'm.yaml', comment: 'true' });
    expect(run.code, run.output).toBe(0);
    expect(run.output).toContain(`::warning title=rerankctl::GitHub answers ${status}`);
    expect(run.output).not.toContain(TOKEN);
    expect(run.output.includes('pull-requests: write')).toBe(status === 403 || status === 404);
  });
});
