import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS, type Format, render } from '../../src/cli/formats/format.ts';
import type { Report } from '../../src/cli/formats/told.ts';
import { type Ran, rerankctl } from '../support/cli.ts';
import { nodeUrl } from '../support/node.ts';
import { failing, hostileReport, inconclusive } from './reports.ts';
import { type Checkout, INVALID, manifests, openCheckout } from './support.ts';

function schema(path: string): object {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as object;
}

const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema(schema('../../schemas/output.schema.json'), 'output.schema.json');
ajv.addSchema(schema('../../schemas/report.schema.json'), 'report.schema.json');
const isOutput = ajv.getSchema('output.schema.json') as ValidateFunction;
const isLine = ajv.compile(schema('../../schemas/stream.schema.json'));
const isSarif = ajv.compile(schema('./sarif.schema.json'));

let checkout: Checkout;
beforeAll(async () => {
  checkout = await openCheckout();
  await checkout.write('good.yaml', manifests(checkout.name));
  await checkout.write('bad.yaml', INVALID);
});
afterAll(() => checkout.remove());

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const stack = args[0] === 'validate' || args[0] === 'verify' ? [] : ['--stack', checkout.name];
  const cluster = args[0] === 'validate' ? [] : ['--url', nodeUrl()];
  return rerankctl([...args, ...stack, ...cluster], { cwd: checkout.folder, env });
}

function lines(text: string): Record<string, unknown>[] {
  const parsed = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const line of parsed)
    expect(isLine(line), `${ajv.errorsText(isLine.errors)} ${JSON.stringify(line)}`).toBe(true);
  return parsed;
}

function cases(xml: string): Record<string, unknown>[] {
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name) => /^test(suite|case)$/.test(name),
  });
  const { testsuites } = parser.parse(xml) as {
    testsuites: { testsuite: { testcase?: Record<string, unknown>[] }[] };
  };
  return testsuites.testsuite.flatMap(({ testcase = [] }) => testcase);
}

/** Byte-clean, and what it says it is. */
function check(format: Format, text: string): void {
  if (format === 'json') expect(isOutput(JSON.parse(text)), ajv.errorsText(isOutput.errors)).toBe(true);
  if (format === 'sarif') expect(isSarif(JSON.parse(text)), ajv.errorsText(isSarif.errors)).toBe(true);
  if (format === 'ndjson') expect(lines(text)[0]).toMatchObject({ type: 'version', format: '1.0' });
  if (format === 'junit') expect(cases(text).length).toBeGreaterThan(0);
  if (format === 'markdown') expect(text).toMatch(/^<!-- rerankctl \w* ?[\w.-]* -->\n/);
  if (format === 'github') expect(text).toMatch(/^(::(error|warning|notice) .*\n)*$/);
}

const MACHINE = FORMATS.filter((format) => format !== 'text');

describe('every format', () => {
  it.each(MACHINE)(
    '%s of manifests that are wrong, of a wrong flag, and of a cluster that is not there',
    async (format) => {
      const as = ['--output', format];
      const invalid = await run(['validate', '-f', 'bad.yaml', ...as]);
      expect(invalid.code).toBe(3);
      check(format, invalid.stdout);
      expect(invalid.stdout).toContain('RCTL_UNKNOWN_FIELD');
      expect(invalid.stdout).toContain('RCTL_REF_UNKNOWN');
      const wrong = await rerankctl(['plan', '-f', 'good.yaml', '--no-such-flag', ...as], {
        cwd: checkout.folder,
      });
      expect(wrong.code).toBe(3);
      check(format, wrong.stdout);
      const alone = ['drift', '-f', 'good.yaml', '--url', 'http://127.0.0.1:9', ...as];
      const unreachable = await rerankctl(alone, { cwd: checkout.folder });
      expect(unreachable.code).toBe(4);
      check(format, unreachable.stdout);
    },
  );

  it('of one run: plan, apply as it happens, drift, each in every format at once', async () => {
    const reports = ['json', 'ndjson', 'markdown', 'junit', 'sarif'] as const;
    const flags = (command: string): string[] =>
      reports.flatMap((format) => ['--report', `${format}=out/${command}.${format}`]);
    const planned = await run(['plan', '-f', 'good.yaml', '--detailed-exitcode', ...flags('plan')]);
    expect(planned.code, planned.stderr).toBe(2);
    expect(planned.stdout).toContain('Plan: 2 to create');

    const applied = await run(['apply', '-f', 'good.yaml', '--yes', '--output', 'ndjson', ...flags('apply')]);
    expect(applied.code, applied.stderr).toBe(0);
    const told = lines(applied.stdout);
    expect(told.map(({ type }) => type).filter((type) => !/^(request|wait|step)/.test(String(type)))).toEqual(
      [
        'version',
        'change.planned',
        'change.planned',
        'plan.summary',
        ...['change.started', 'change.started', 'change.finished', 'change.finished'],
        'summary',
      ],
    );
    expect(told.at(-1)).toMatchObject({ type: 'summary', exitCode: 0, pending: 2, applied: 2, failed: 0 });

    const pipeline = new URL(`/_search/pipeline/${checkout.name}`, nodeUrl());
    await fetch(pipeline, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"description":"by hand"}',
    });
    const drifted = await run(['drift', '-f', 'good.yaml', ...flags('drift')]);
    expect(drifted.code).toBe(2);

    for (const command of ['plan', 'apply', 'drift']) {
      for (const format of reports) {
        check(format, await readFile(join(checkout.folder, `out/${command}.${format}`), 'utf8'));
      }
    }
    const read = (file: string): Promise<string> => readFile(join(checkout.folder, 'out', file), 'utf8');
    expect(await read('plan.markdown')).toContain(`| \`Index/${checkout.name}\` | create |`);
    expect(cases(await read('apply.junit')).map(({ name }) => name)).toContain(
      `Index/${checkout.name} create`,
    );
    const failed = cases(await read('drift.junit')).filter(({ failure }) => failure !== undefined);
    expect(failed).toMatchObject([
      { name: `SearchPipeline/${checkout.name}`, file: 'good.yaml', line: '10' },
    ]);
    const sarif = JSON.parse(await read('drift.sarif')) as { runs: { results: object[] }[] };
    expect(sarif.runs[0]?.results).toMatchObject([{ ruleId: 'RCTL_DRIFT', level: 'warning' }]);
  });

  it('of gates that failed, or could not be decided, and of hostile text', async () => {
    for (const report of [failing(), inconclusive(), hostileReport()]) {
      for (const format of MACHINE.filter((each) => each !== 'ndjson' && each !== 'json')) {
        check(format, await render(format, report));
      }
    }
    const annotated = await render('github', failing());
    expect(annotated).toMatch(/^::error file=relevance\.yaml,line=\d+,col=\d+,title=RCTL_GATE_FAILED::/);
    expect(await render('github', inconclusive())).toContain('::warning');
    const page = await render('html', failing());
    expect(page).toMatch(/^<!doctype html>/i);
  });

  it('is refused where it makes no sense, before anything is asked', async () => {
    const unknown = await run(['plan', '-f', 'good.yaml', '--output', 'yaml']);
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toContain('text, json, ndjson, markdown, junit, sarif, github');
    const nowhere = await run(['plan', '-f', 'good.yaml', '--report', 'junit']);
    expect(nowhere.code).toBe(3);
    expect(nowhere.stderr).toContain('--report takes FORMAT=PATH');
  });
});

describe('a job of GitHub', () => {
  const env = (): Record<string, string> => ({
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: checkout.folder,
    GITHUB_STEP_SUMMARY: join(checkout.folder, 'summary.md'),
    GITHUB_OUTPUT: join(checkout.folder, 'outputs'),
  });

  it('gets annotations at the lines of the manifests, a step summary and outputs, and stdout stays clean', async () => {
    const invalid = await run(['validate', '-f', 'bad.yaml', '--output', 'json'], env());
    expect(invalid.code).toBe(3);
    check('json', invalid.stdout);
    // `%`, `,` and `:` mean something there.
    expect(invalid.stderr).toMatch(/^::error file=bad\.yaml,line=4,col=\d+,title=RCTL_UNKNOWN_FIELD::/m);
    expect(invalid.stderr).toMatch(/^::error file=bad\.yaml,line=12,col=\d+,title=RCTL_REF_UNKNOWN::/m);
    const summary = await readFile(join(checkout.folder, 'summary.md'), 'utf8');
    expect(summary).toContain('❌ rerankctl validate');
    expect(await readFile(join(checkout.folder, 'outputs'), 'utf8')).toContain('exit-code=3\n');
  });

  it('does not where it declined', async () => {
    const invalid = await run(['validate', '-f', 'bad.yaml', '--no-github'], env());
    expect(invalid.stderr).not.toContain('::error');
  });

  it('gets ten annotations of a level at most, those with a place first', async () => {
    const diagnostics = Array.from({ length: 25 }, (_, i) => ({
      severity: 'error' as const,
      code: 'RCTL_X',
      message: `number ${i}\nsecond line, 100%`,
      ...(i % 2 === 0 ? {} : { location: { file: 'a,b:c.yaml', line: i, column: 1 } }),
    }));
    const report: Report = {
      ...{ command: 'validate', exitCode: 3, json: {}, root: '/', text: true },
      told: { diagnostics },
    };
    const told = (await render('github', { ...report, root: process.cwd() })).trimEnd().split('\n');
    expect(told).toHaveLength(10);
    expect(told[0]).toBe(
      '::error file=a%2Cb%3Ac.yaml,line=1,col=1,title=RCTL_X::number 1%0Asecond line, 100%25',
    );
    expect(told[9]).toBe('::error title=rerankctl::and 16 more: see the log');
  });

  it('gets Markdown that fits, and says what is left out', async () => {
    const diagnostics = Array.from({ length: 500 }, (_, i) => ({
      severity: 'error' as const,
      code: 'RCTL_X',
      message: `number ${i} ${'long '.repeat(500)}`,
    }));
    const report: Report = {
      ...{ command: 'validate', exitCode: 3, json: {}, root: '/', text: true },
      told: { diagnostics },
    };
    const text = await render('markdown', report);
    expect(text.length).toBeLessThan(65_000);
    expect(text).toContain('which does not fit here');
  });
});
