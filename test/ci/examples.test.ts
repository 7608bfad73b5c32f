import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { outcomeOf, type Ran, rerankctl } from '../support/cli.ts';
import { nodeUrl } from '../support/node.ts';
import { startGitlabApi } from './gitlab-api.ts';
import { type Checkout, manifests, openCheckout } from './support.ts';

function example(path: string): unknown {
  return parse(readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8'));
}

let checkout: Checkout;
beforeAll(async () => {
  checkout = await openCheckout();
  await checkout.write('manifests.yaml', manifests(checkout.name));
});
afterAll(() => checkout.remove());

/** As the example has it, but for the version that is installed, the cluster, and names of the test's own. */
function run(words: readonly string[]): ReturnType<typeof rerankctl> {
  const own = words.map((word) => (word === 'manifests' ? 'manifests.yaml' : word));
  const stack = ['validate', 'verify'].includes(own[0] ?? '') ? [] : ['--stack', checkout.name];
  return rerankctl([...own, ...stack], {
    cwd: checkout.folder,
    env: { OPENSEARCH_URL: nodeUrl(), CI: 'true' },
  });
}

interface GitlabJob {
  readonly script?: readonly string[];
  readonly after_script?: readonly string[];
  readonly allow_failure?: { readonly exit_codes: number };
  readonly artifacts?: {
    readonly paths?: readonly string[];
    readonly reports?: { readonly junit: string | string[]; readonly codequality?: string };
  };
}

describe('the example for GitLab', () => {
  const jobs = Object.entries(example('examples/gitlab/.gitlab-ci.yml') as Record<string, GitlabJob>).filter(
    ([, { script }]) => script !== undefined,
  );

  it('has commands that run, and leave the artifacts that it names', async () => {
    expect(jobs.map(([name]) => name)).toEqual(['validate', 'plan', 'apply', 'drift']);
    for (const [name, job] of jobs) {
      for (const line of job.script ?? []) {
        const words = line.split(' ');
        expect(words.slice(0, 3).join(' ')).toBe('npx --yes rerankctl@0.1');
        // The manifests of this test hold no Verification: what verify needs is tested with verify.
        if (words[3] === 'verify') continue;
        const { code, stderr } = await run(words.slice(3));
        expect(code, `${name}: ${line}\n${stderr}`).toBe(0);
        const written = [...line.matchAll(/(?:--report \w+=|-o )(\S+)/g)].map(([, file = '']) => file);
        const { paths = [], reports } = job.artifacts ?? {};
        expect([...paths, ...Object.values(reports ?? {}).flat()]).toEqual(expect.arrayContaining(written));
      }
    }
  });

  it('keeps one note in the merge request, and touches nobody else’s', async () => {
    expect(Object.fromEntries(jobs).plan?.after_script).toEqual(['node note.mjs plan.md']);
    const api = await startGitlabApi('a-token');
    const theirs = { id: 1, body: '<!-- rerankctl plan default -->\nmine', author: { id: 7 } };
    api.notes.push(theirs);
    for (let id = 2; id <= 150; id++) api.notes.push({ id, body: 'talk', author: { id: 42 } });
    for (const text of ['first', 'second']) {
      await checkout.write('note.md', `<!-- rerankctl plan default -->\n${text}\n`);
      const { code, stderr } = await note(join(checkout.folder, 'note.md'), api.env);
      expect(code, stderr).toBe(0);
    }
    await api.close();
    expect(theirs.body).toContain('mine');
    expect(api.notes).toHaveLength(151);
    expect(api.notes.at(-1)?.body).toContain('second');
  });

  it('tells drift from failure', () => {
    expect(Object.fromEntries(jobs).drift?.allow_failure).toEqual({ exit_codes: 2 });
  });
});

const NOTE = fileURLToPath(new URL('../../examples/gitlab/note.mjs', import.meta.url));

function note(path: string, env: Readonly<Record<string, string>>): Promise<Ran> {
  return outcomeOf(spawn(process.execPath, [NOTE, path], { env: { ...process.env, ...env } }));
}

interface Workflow {
  readonly on: object;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { uses?: string; with?: Record<string, string> }[] }>
  >;
}

describe.each(['pull-request', 'apply', 'drift'])('the example %s for GitHub', (name) => {
  const workflow = example(`examples/github/${name}.yml`) as Workflow;
  const inputs = Object.keys((example('action.yml') as { inputs: object }).inputs);
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const ours = steps.filter(({ uses }) => uses?.startsWith('rerankctl/rerankctl@'));

  it('uses inputs that the action has, with the permissions that they need', () => {
    expect(ours.length).toBeGreaterThan(0);
    for (const step of ours) expect(inputs).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
    const comments = ours.some((step) => step.with?.comment === 'true');
    expect(workflow.permissions['pull-requests'] === 'write').toBe(comments);
    const sarif = steps.some(({ uses }) => uses?.includes('upload-sarif'));
    expect(workflow.permissions['security-events'] === 'write').toBe(sarif);
  });

  it('has commands and flags that there are', async () => {
    for (const { with: { command = 'plan', args = '' } = {} } of ours) {
      if (command === 'verify') continue;
      const words = args.split('\n').filter((line) => line !== '');
      const { code, stderr } = await run([
        command,
        '-f',
        'manifests',
        ...words,
        ...(command === 'apply' ? ['--yes'] : []),
      ]);
      expect([0, 2], stderr).toContain(code);
    }
  });
});
