import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { fit } from '../../../src/cli/fitted.ts';
import { lineProgress } from '../../../src/cli/progress/lines.ts';
import { widthOf } from '../../../src/cli/render/verification/pen.ts';
import type { Address } from '../../../src/core/address.ts';
import { rerankctl } from '../../support/cli.ts';
import { inProcess } from '../../support/in-process.ts';
import { HAS_TERMINAL, linesOf, onTerminal } from '../../support/terminal.ts';
import { openSmallStack, type SmallStack } from './small-stack.ts';

const ESCAPE = '\u001b';
/** Sequences that do more than colour: they move the cursor, erase, hide. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they begin with
const CURSOR = /\u001b\[[\d;?]*[A-HJKSTfhl]/;

let stack: SmallStack;
beforeAll(async () => {
  stack = await openSmallStack('terminal');
});
afterAll(() => stack.cleanUp());

async function takeDown(): Promise<void> {
  const [, , ...where] = stack.args();
  await rerankctl(['destroy', '--confirm', stack.name, '--allow-data-loss', ...where]);
}

describe.skipIf(!HAS_TERMINAL)('on a pseudo terminal (needs `script` of util-linux)', () => {
  afterEach(takeDown);

  it.each([40, 60, 200])(
    'check 11: nothing is wider than %i columns, from the plan to the table of verify',
    async (columns) => {
      const applied = await onTerminal(['apply', ...stack.args(), '--yes'], { columns }).ended;
      expect(applied.code, applied.written).toBe(0);
      // Live rows and colours: it is a terminal.
      expect(applied.written).toMatch(CURSOR);
      expect(applied.written).toContain(`${ESCAPE}[32m`);
      const [flag = '', file = '', , , ...where] = stack.args();
      const verified = await onTerminal(['verify', flag, file, ...where], { columns }).ended;
      expect(verified.code, verified.written).toBe(0);
      const help = await onTerminal(['help', 'plan'], { columns }).ended;
      for (const { written } of [applied, verified, help]) {
        expect(linesOf(written).filter((line) => widthOf(line) > columns)).toEqual([]);
      }
      // Broken lines lose nothing.
      expect(linesOf(applied.written).join('').replaceAll(/\s/g, '')).toContain(
        `SearchPipeline/${stack.name}`,
      );
      expect(applied.written).toContain('Apply: 3 changes applied.');
      // The next step is told to a person.
      expect(applied.written.replaceAll(/\s+/g, ' ')).toContain(
        'To see what reranking does: rerankctl verify -f',
      );
    },
  );

  it('check 7: stdout in a file gets the result without a control sequence, and none of the progress', async () => {
    const stdout = join(stack.folder, 'stdout.txt');
    const { code, written } = await onTerminal(['apply', ...stack.args(), '--yes'], { stdout, columns: 60 })
      .ended;
    expect(code).toBe(0);
    const result = await readFile(stdout, 'utf8');
    expect(result).not.toContain(ESCAPE);
    expect(result).toMatch(/^ {2}\+ Index\//);
    expect(result).toMatch(/\nPlan: 3 to create.*\nApply: 3 changes applied\.\n$/);
    expect(result).not.toContain('created in');
    expect(written).toContain('created in');
    expect(linesOf(written).filter((line) => widthOf(line) > 60)).toEqual([]);
  });

  it('check 9: and with stderr in a file it is the other way round', async () => {
    const stderr = join(stack.folder, 'stderr.txt');
    const { code, written } = await onTerminal(['apply', ...stack.args(), '--yes'], { stderr }).ended;
    expect(code).toBe(0);
    expect(written).toContain(`${ESCAPE}[32m`);
    expect(written).not.toMatch(CURSOR);
    const told = await readFile(stderr, 'utf8');
    expect(told).not.toContain(ESCAPE);
    expect(told).toMatch(/^\[ *\d+\.\d s\] Index\/\S+: create …$/m);
  });

  it.each([
    { what: 'CI', env: { CI: '1' }, calm: true, ascii: false },
    { what: 'TERM=dumb', env: { TERM: 'dumb' }, calm: true, ascii: true },
    { what: 'a locale that is not UTF-8', env: { LC_ALL: 'C' }, calm: false, ascii: true },
  ])('checks 8 and 10: $what: calm lines: $calm, ASCII alone: $ascii', async ({ env, calm, ascii }) => {
    const applied = await onTerminal(['apply', ...stack.args(), '--yes'], { env }).ended;
    const [flag = '', file = '', , , ...where] = stack.args();
    const verified = await onTerminal(['verify', flag, file, ...where], { env }).ended;
    for (const { code, written } of [applied, verified]) {
      expect(code, written).toBe(0);
      if (calm) expect(written).not.toContain(ESCAPE);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
      if (ascii) expect(written).toMatch(/^[\u0000-\u007f]*$/);
    }
    if (calm) expect(applied.written).toMatch(/\[ *\d+\.\d s\] Index\/\S+: created in/);
    else expect(applied.written).toMatch(CURSOR);
  });

  it('check 10: without colour a plan says the same by its signs', async () => {
    const plain = await onTerminal(['plan', ...stack.args(), '--color=never'], { columns: 200 }).ended;
    expect(plain.written).not.toContain(ESCAPE);
    const painted = await onTerminal(['plan', ...stack.args()], { columns: 200 }).ended;
    expect(painted.written).toContain(ESCAPE);
    expect(linesOf(painted.written)).toEqual(linesOf(plain.written));
    expect(plain.written).toContain(`  + Index/${stack.name} `);
  });
});

describe('check 9: who gets colour', () => {
  const BOTH = { stdout: true, stderr: true };
  it.each<
    [string, { terminal?: object; env?: Record<string, string>; flags?: string[] }, [boolean, boolean]]
  >([
    ['no terminal', {}, [false, false]],
    ['a terminal', { terminal: BOTH }, [true, true]],
    ['stdout alone is a terminal', { terminal: { stdout: true } }, [true, false]],
    ['stderr alone is a terminal', { terminal: { stderr: true } }, [false, true]],
    ['NO_COLOR', { terminal: BOTH, env: { NO_COLOR: 'yes' } }, [false, false]],
    ['an empty NO_COLOR is none', { terminal: BOTH, env: { NO_COLOR: '' } }, [true, true]],
    ['TERM=dumb', { terminal: BOTH, env: { TERM: 'dumb' } }, [false, false]],
    ['CI', { terminal: BOTH, env: { CI: 'true' } }, [false, false]],
    ['CI=false', { terminal: BOTH, env: { CI: 'false' } }, [true, true]],
    ['FORCE_COLOR without a terminal', { env: { FORCE_COLOR: '1' } }, [true, true]],
    ['FORCE_COLOR in a CI', { env: { FORCE_COLOR: '1', CI: '1' } }, [true, true]],
    ['FORCE_COLOR=0', { terminal: BOTH, env: { FORCE_COLOR: '0' } }, [true, true]],
    ['NO_COLOR beats FORCE_COLOR', { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, [false, false]],
    ['--color=always beats NO_COLOR', { env: { NO_COLOR: '1' }, flags: ['--color=always'] }, [true, true]],
    [
      '--color never beats FORCE_COLOR',
      { env: { FORCE_COLOR: '1' }, flags: ['--color', 'never'] },
      [false, false],
    ],
    ['--color auto', { terminal: BOTH, flags: ['--color', 'auto'] }, [true, true]],
  ])('%s', async (_what, { terminal = {}, env = {}, flags = [] }, expected) => {
    const options = { terminal, env };
    const result = await inProcess(['explain', 'Model', ...flags], options);
    const problem = await inProcess(['explain', 'Modell', ...flags], options);
    expect([result.stdout.includes(ESCAPE), problem.stderr.includes(ESCAPE)]).toEqual(expected);
  });
});

describe('check 11: where there is no terminal', () => {
  it('names and IDs stay whole, on lines of their own', async () => {
    const id = `query-${'0123456789'.repeat(12)}`;
    await writeFile(join(stack.folder, 'long.trec'), `${id} Q0 doc-1 1 1.5 run\nother Q0 doc-2 1 1.0 run\n`);
    await writeFile(join(stack.folder, 'long.qrels'), `${id} 0 doc-1 1\nother 0 doc-2 1\n`);
    const args = ['verify', '--run', 'long.trec', '--run', 'long.trec', '--qrels', 'long.qrels'];
    expect((await inProcess(args, { cwd: stack.folder })).stdout).toContain(id);
    const narrow = await inProcess(args, { cwd: stack.folder, terminal: { stdout: true }, columns: 60 });
    expect(narrow.stdout.split('\n').filter((line) => widthOf(line) > 60)).toEqual([]);

    const name = `a${'-long'.repeat(30)}`;
    const yaml = `apiVersion: rerankctl/v1\nkind: SearchPipeline\nmetadata: { name: ${name} }\nspec: {}\n`;
    const [, , , , ...where] = stack.args();
    const planned = await inProcess(['plan', '-f', '-', ...where], { stdin: yaml });
    expect(planned.stdout).toContain(`  + SearchPipeline/${name}  create\n`);
  });

  it('lines are broken so that nothing is lost and nothing is wider', () => {
    const piece = fc.oneof(
      fc.stringMatching(/^[a-zA-Z0-9/:.,-]{1,30}$/),
      fc.constantFrom('  ', '   ', '✓', '日本語', '…', `${ESCAPE}[32mgreen${ESCAPE}[39m`),
    );
    const texts = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(' '));
    fc.assert(
      fc.property(texts, fc.integer({ min: 30, max: 200 }), (text, width) => {
        const broken = fit(text, width);
        for (const line of broken.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(broken.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      }),
    );
  });

  it('what follows stands below its text, and a column that does not fit begins a line', () => {
    expect(fit('  name    some words that are too many for it', 36)).toBe(
      '  name    some words that are too\n          many for it',
    );
    expect(fit('  + Index/a-name-of-some-length  create  (known after apply: id)', 40)).toBe(
      '  + Index/a-name-of-some-length  create\n      (known after apply: id)',
    );
  });
});

describe('checks 8 and 24: waits', () => {
  afterEach(() => vi.useRealTimers());

  it('say what is waited for, since when and until when, and in a log at most every ten seconds', () => {
    vi.useFakeTimers({ toFake: ['performance', 'Date'] });
    vi.setSystemTime(new Date(2026, 0, 2, 14, 3, 7));
    const lines: string[] = [];
    const tell = lineProgress({ write: (text) => lines.push(text) });
    const address = 'Model/m' as Address;
    tell({ type: 'step.started', address, step: 'deploy' });
    for (let sinceMs = 0; sinceMs <= 60_000; sinceMs += 250) {
      const wait = { what: 'the deployment', state: 'RUNNING', sinceMs, deadlineMs: 600_000 };
      tell({ type: 'wait.polled', address, ...wait });
      vi.advanceTimersByTime(250);
    }
    expect(lines).toHaveLength(1 + 6);
    expect(lines[1]).toBe(
      '[10.0 s] Model/m: waiting for the deployment: RUNNING, since 14:03:07 (10.0 s), until 14:13:07 at most\n',
    );
  });

  it('for another try say when it comes, until when, what and why', () => {
    const lines: string[] = [];
    const retried = { request: 'GET /x', because: '429 refused for now', attempt: 1 };
    lineProgress({ write: (text) => lines.push(text) })({
      ...{ type: 'request.retried', ...retried, delayMs: 1_500, leftMs: 29_000 },
    } as Parameters<ReturnType<typeof lineProgress>>[0]);
    expect(lines[0]).toContain('again in 1.5 s, for 29.0 s at most: GET /x (429 refused for now)');
  });
});
