import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { render } from '../../src/cli/formats/format.ts';
import { renderMarkdownReport } from '../../src/cli/formats/markdown.ts';
import { withoutCommands } from '../../src/cli/formats/no-commands.ts';
import { addToSummary } from '../../src/cli/formats/step-summary.ts';
import type { Report, Told } from '../../src/cli/formats/told.ts';
import type { Diagnostic } from '../../src/core/diagnostic.ts';
import type { Change, FieldChange, Plan } from '../../src/core/plan.ts';
import { inProcess } from '../support/in-process.ts';
import { load, manifest } from '../support/provision.ts';
import { HOSTILE } from '../verify/render/hostile.ts';
import { failing } from '../verify/render/reports.ts';
import { manifests } from './support.ts';

const NOBODY = 'http://127.0.0.1:9';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rerankctl-reporting-'));
  await writeFile(join(folder, 'good.yaml'), manifests('reporting'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  inProcess(args, { cwd: folder, env });
const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');

function reportOf(command: string, exitCode: number, told: Told): Report {
  return { command, exitCode, told, json: {}, root: folder, text: true };
}

function problem(more: Partial<Diagnostic> = {}): Diagnostic {
  return { severity: 'error', code: 'RCTL_UNKNOWN_FIELD', message: 'no such field', ...more };
}

async function planOf(
  count: number,
  fields: readonly FieldChange[],
  more: Partial<Change> = {},
): Promise<Plan> {
  const [resource] = await load(manifest('SearchPipeline', 'reporting', { description: 'x' }));
  if (resource === undefined) throw new Error('no resource');
  const changes = Array.from({ length: count }, (_, i): Change => {
    const address = `SearchPipeline/p${i}` as const;
    return {
      address,
      kind: 'SearchPipeline',
      action: 'update',
      steps: [],
      fields,
      notes: [],
      resource,
      ...more,
    };
  });
  const cluster = { uuid: 'u', name: 'search', version: '3.6.0', url: NOBODY };
  return { formatVersion: '1.0', stack: 'default', cluster, changes, verifications: [], diagnostics: [] };
}

describe('a report that cannot be written', () => {
  it.each([
    ['a folder that is none', ['--report', 'json=good.yaml/a.json'], 'good.yaml/a.json cannot be written'],
    ['two of them in one file', ['--report', 'json=a', '--report', 'sarif=a'], 'Two reports would go to a.'],
  ])('%s: is told before anything is asked, once', async (_what, flags, words) => {
    const ran = await run([
      'apply',
      '-f',
      'good.yaml',
      '--yes',
      '--url',
      NOBODY,
      '--output',
      'json',
      ...flags,
    ]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain(words);
    expect(JSON.parse(ran.stdout)).toMatchObject({ exitCode: 3 });
  });

  it('a summary that GitHub does not take: is told, and the run has failed', async () => {
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'no', 'summary') };
    const ran = await run(['validate', '-f', 'good.yaml', '--output', 'json'], env);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('Not written: the summary of the step: ENOENT');
    expect(JSON.parse(ran.stdout)).toMatchObject({ exitCode: 1 });
  });

  it('a page of nothing says that nothing was measured, and why', async () => {
    await run(['verify', '-f', 'good.yaml', '--report', 'html=page.html']);
    expect(await read('page.html')).toMatch(/Nothing was measured.*exit code 3.*RCTL_USAGE/s);
  });
});

describe('the exit code', () => {
  const told = { diagnostics: [problem()], verifications: [failing()] };

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 70, 130])('%i is in every format', async (exitCode) => {
    const report = reportOf('verify', exitCode, told);
    expect(await render('markdown', report)).toMatch(new RegExp(`<sub>.*, exit code ${exitCode}: `));
    expect(await render('github', report)).toMatch(
      new RegExp(`^rerankctl verify: exit code ${exitCode}, `, 'm'),
    );
    expect(JSON.parse(await render('sarif', report)).runs[0].invocations[0].exitCode).toBe(exitCode);
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      isArray: (tag) => tag === 'property',
    });
    const suites = parser.parse(await render('junit', report)).testsuites.testsuite;
    for (const { properties } of suites) {
      expect(properties.property).toContainEqual({ name: 'exitCode', value: String(exitCode) });
    }
  });
});

describe('what verifications find', () => {
  const told = { diagnostics: [], verifications: [failing()] };

  it('is more than gates: queries, canaries and the proof are annotated too', async () => {
    const text = await render('github', reportOf('verify', 6, told));
    expect(text).toMatch(/^::error .*title=RCTL_GATE_FAILED::/m);
    expect(text).toMatch(/^::error title=RCTL_VERIFICATION_FAILED::query q4/m);
    expect(text).toMatch(/^::error title=RCTL_VERIFICATION_FAILED::canary 2/m);
  });

  it('stands at the manifest of the Verification where it has no line of its own', async () => {
    const [resource] = await load(manifest('SearchPipeline', 'reporting', { description: 'x' }));
    if (resource === undefined) throw new Error('no resource');
    const location = { file: join(folder, 'v.yaml'), line: 7, column: 9 };
    const place = { ...resource, address: 'Verification/scifact' as const, locate: () => ({ location }) };
    const text = await render('github', reportOf('verify', 6, { ...told, resources: [place] }));
    expect(text).toMatch(/^::error file=v\.yaml,line=7,col=9,title=RCTL_VERIFICATION_FAILED::/m);
  });
});

describe('SARIF', () => {
  it('has no result without a place: GitHub would refuse the whole file', async () => {
    const at = { location: { file: join(folder, 'good.yaml'), line: 2, column: 1 } };
    const diagnostics = [
      problem({ code: 'RCTL_NO_CLUSTER' }),
      problem(at),
      problem({ location: { file: '<stdin>', line: 1, column: 1 } }),
    ];
    const { results, invocations } = JSON.parse(await render('sarif', reportOf('plan', 4, { diagnostics })))
      .runs[0];
    expect(results).toHaveLength(1);
    expect(results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('good.yaml');
    expect(invocations[0].executionSuccessful).toBe(false);
    expect(invocations[0].toolExecutionNotifications).toHaveLength(2);
  });
});

it('warnings about manifests are in every format', async () => {
  const connector = manifest('Connector', 'c', {
    ...{
      name: 'c',
      description: 'c',
      version: '1',
      protocol: 'http',
      parameters: { key: { $env: 'KEY' } },
      credential: { key: { $env: 'KEY' } },
    },
    actions: [{ action_type: 'predict', method: 'POST', url: 'https://rerank.example', request_body: '{}' }],
  });
  await writeFile(join(folder, 'connector.yaml'), connector);
  const files = ['json', 'ndjson', 'markdown', 'junit', 'sarif', 'codequality'];
  const reports = files.flatMap((format) => ['--report', `${format}=w.${format}`]);
  const env = {
    KEY: 'a-Planted-Secret-4711',
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: join(folder, 'w.summary'),
  };
  const ran = await run(['plan', '-f', 'connector.yaml', '--url', NOBODY, ...reports], env);
  expect(ran.code, ran.stderr).toBe(4);
  expect(ran.stderr).toMatch(
    /^::warning file=connector\.yaml,line=\d+,col=\d+,title=RCTL_SECRET_READABLE::/m,
  );
  for (const format of ['json', 'ndjson', 'markdown', 'sarif', 'codequality', 'summary']) {
    expect(await read(`w.${format}`), format).toContain('RCTL_SECRET_READABLE');
  }
  const written = await Promise.all([...files, 'summary'].map((format) => read(`w.${format}`)));
  expect([ran.stdout, ran.stderr, ...written].join('')).not.toContain(env.KEY);
});

describe('the Code Quality report of GitLab', () => {
  it('has what stands at a line of the checkout, and the same fingerprint on another line', async () => {
    const issues = async (line: number) => {
      const at = { location: { file: join(folder, 'a.yaml'), line, column: 1 }, pointer: '/spec/x' };
      const diagnostics = [
        problem(at),
        problem(),
        problem({ location: { file: '/else/b.yaml', line: 1, column: 1 } }),
      ];
      return JSON.parse(await render('codequality', reportOf('validate', 3, { diagnostics })));
    };
    const [issue, ...others] = await issues(4);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({
      check_name: 'RCTL_UNKNOWN_FIELD',
      severity: 'critical',
      location: { path: 'a.yaml', lines: { begin: 4 } },
    });
    expect((await issues(9))[0].fingerprint).toBe(issue.fingerprint);
  });
});

describe('what manifests and servers say', () => {
  it('is no command for the runner of GitHub', () => {
    const shown = (text: string): string => {
      let written = '';
      const output = {
        ...{ isTTY: false, columns: 80 },
        write: (more: string) => {
          written += more;
        },
      };
      withoutCommands(output).write(text);
      return written;
    };
    for (const text of [
      '::error::x',
      'a\n  ::add-mask::b\n',
      '\t::stop-commands::t',
      'a ##[group]b',
      '\r\n::debug::x',
    ]) {
      expect(shown(text)).not.toMatch(/^\s*::|##\[/m);
    }
    expect(shown('a::b Kind::Name\nindex: x\n')).toBe('a::b Kind::Name\nindex: x\n');
  });

  it('shows itself in the differences of a plan, and does nothing there', async () => {
    const hostile = [
      ...HOSTILE,
      '```\n</details>\n<img src=x onerror=alert(1)>',
      '~~~~\n@octocat',
      '````',
    ].join('\n');
    const fields = [{ pointer: `/${hostile}`, before: hostile, after: `${hostile}\n${hostile}` }];
    const plan = await planOf(1, fields, {
      reason: hostile,
      destructive: hostile,
      notes: [hostile],
      steps: [hostile],
    });
    const text = renderMarkdownReport(
      reportOf('plan', 2, { diagnostics: [problem({ message: hostile })], plan }),
    );
    const fence = /^(`{3,})diff\n([\s\S]*?)\n\1$/m.exec(text);
    expect(fence?.[2]).toContain('@octocat');
    // No line of the difference closes its fence.
    const closing = fence?.[2]?.split('\n').filter((line) => line.trimStart().startsWith(fence[1] ?? ''));
    expect(closing).toEqual([]);
    const outside = text.replace(fence?.[0] ?? '', '').replaceAll(/`[^`\n]*`|<code>.*?<\/code>/g, '');
    const tags = new Set([...outside.matchAll(/<\/?(\w+)/g)].map(([, tag]) => tag));
    expect(
      [...tags].filter((tag) => !['details', 'summary', 'sub', 'br', 'code'].includes(tag ?? '')),
    ).toEqual([]);
    expect(outside).not.toMatch(/@|\]\(|https?:\/\//);
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\r]/);
  });
});

describe('Markdown', () => {
  it('has the differences of each change behind a click', async () => {
    const plan = await planOf(1, [
      { pointer: '/description', before: 'one\ntwo', after: 'one\nthree', by: 'cluster' },
    ]);
    const text = renderMarkdownReport(reportOf('plan', 2, { diagnostics: [], plan }));
    expect(text).toContain(
      '<details><summary><code>SearchPipeline/p0</code> update, 1 field</summary>\n\n```diff\n',
    );
    expect(text).toContain(
      '@@ description @@ (changed in the cluster)\n one\n-two\n+three\n```\n\n</details>',
    );
  });

  it('fits into a comment, whatever there is to say, and says what is left out', async () => {
    const fields = [{ pointer: '/description', before: 'x'.repeat(300), after: '@'.repeat(300) }];
    const plan = await planOf(1500, fields);
    const diagnostics = Array.from({ length: 500 }, (_, i) =>
      problem({ message: `${i} ${'#1 '.repeat(100)}` }),
    );
    const text = renderMarkdownReport(reportOf('plan', 2, { diagnostics, plan, verifications: [failing()] }));
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain('*and 1400 more*');
    expect(text).toMatch(/\*The fields of \d+ more changes do not fit here: see the log\.\*/);
  });

  it('of a step stays below 1 MiB, also of many commands in one step', async () => {
    const summary = join(folder, 'summary.md');
    const fields = [{ pointer: '/description', before: '日本語'.repeat(100), after: '東京'.repeat(150) }];
    const report = reportOf('plan', 2, { diagnostics: [], plan: await planOf(3000, fields) });
    for (let i = 0; i < 12; i++) addToSummary(summary, report);
    expect((await stat(summary)).size).toBeLessThan(1024 * 1024);
    await writeFile(summary, 'x'.repeat(1024 * 1024 - 5000));
    addToSummary(summary, report);
    expect((await stat(summary)).size).toBeLessThan(1024 * 1024);
    expect(await readFile(summary, 'utf8')).toContain('The summary of this step is full');
  });
});
