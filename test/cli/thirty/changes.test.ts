import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { rerankctl, start } from '../../support/cli.ts';
import { nodeUrl } from '../../support/node.ts';
import { type FaultyProxy, startProxy } from '../../support/proxy.ts';
import { HAS_TERMINAL, linesOf, onTerminal } from '../../support/terminal.ts';
import { openSmallStack, type SmallStack } from './small-stack.ts';

let stack: SmallStack;
let proxy: FaultyProxy;
beforeAll(async () => {
  [stack, proxy] = await Promise.all([openSmallStack('changes'), startProxy(nodeUrl())]);
});
afterEach(() => proxy.reset());
afterAll(async () => {
  await Promise.all([stack.cleanUp(), proxy.close()]);
});

const userWrites = () => proxy.writes().filter(({ path }) => !path.startsWith('/.rerankctl-state'));

describe('check 17: what is asked for is what is done', () => {
  it('--dry-run is plan: the same words, and nothing is written', async () => {
    const dry = await rerankctl(['apply', ...stack.args(proxy.url), '--dry-run']);
    expect(proxy.writes()).toEqual([]);
    expect(dry).toMatchObject({
      code: 0,
      stdout: (await rerankctl(['plan', ...stack.args(proxy.url)])).stdout,
    });
  });

  it.each([
    ['without a terminal', {}],
    ['in a CI', { CI: 'true' }],
  ])(
    '%s apply shows the plan, and is refused without --yes: exit 8, the words to use, nothing written',
    async (_what, env) => {
      const { code, stdout, stderr } = await rerankctl(['apply', ...stack.args(proxy.url)], { env });
      expect(code).toBe(8);
      expect(stdout).toContain('Plan: 3 to create');
      expect(stderr).toContain('RCTL_NOT_CONFIRMED');
      expect(stderr).toContain(`rerankctl apply ${stack.args(proxy.url).join(' ')} --yes`);
      expect(stderr).toContain('-o plan.json');
      expect(proxy.writes()).toEqual([]);
    },
  );

  it('says it in the JSON too, with the plan', async () => {
    const { code, stdout } = await rerankctl(['apply', ...stack.args(proxy.url), '--output', 'json']);
    expect(code).toBe(8);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 8,
      summary: { create: 3 },
      diagnostics: expect.arrayContaining([expect.objectContaining({ code: 'RCTL_NOT_CONFIRMED' })]),
    });
  });

  it('shows no password of the address in the words that it suggests', async () => {
    const url = nodeUrl().replace('//', '//someone:pl4nted@');
    const { stderr } = await rerankctl(['apply', ...stack.args(url)]);
    expect(stderr).toContain(`--url ${nodeUrl()}`);
    expect(stderr).not.toContain('pl4nted');
  });

  describe.skipIf(!HAS_TERMINAL)('a person on a terminal (needs `script` of util-linux)', () => {
    it.each([
      ['no', 'n\n', 8],
      ['nothing', '\n', 8],
      ['Ctrl-D', '\u0004', 8],
      ['Ctrl-C', '\u0003', 130],
    ])('is asked, and says %s: nothing is written', async (_what, keys, code) => {
      const session = onTerminal(['apply', ...stack.args(proxy.url)]);
      await session.until(/Apply these changes\? \[y\/N\] /);
      session.type(keys);
      const ended = await session.ended;
      expect(ended.code, ended.written).toBe(code);
      expect(ended.written).toContain('Nothing was changed.');
      expect(proxy.writes()).toEqual([]);
    });

    it('is not asked in a CI, whatever its terminal', async () => {
      const { code, written } = await onTerminal(['apply', ...stack.args(proxy.url)], { env: { CI: '1' } })
        .ended;
      expect(code).toBe(8);
      expect(written).toContain('RCTL_NOT_CONFIRMED');
      expect(written).not.toContain('[y/N]');
    });

    it('says yes, and later types the name of the stack to have it all deleted', async () => {
      const applying = onTerminal(['apply', ...stack.args()]);
      await applying.until(/\[y\/N\] /);
      applying.type('y\n');
      expect(await applying.ended).toMatchObject({
        code: 0,
        written: expect.stringContaining('3 changes applied'),
      });
      const [, , ...where] = stack.args(proxy.url);
      for (const [keys, code] of [
        ['yes\n', 8],
        [`${stack.name}\n`, 0],
      ] as const) {
        proxy.reset();
        const destroying = onTerminal(['destroy', ...where]);
        await destroying.until(/Type the name of the stack/);
        destroying.type(keys);
        expect(await destroying.ended).toMatchObject({ code });
        expect(userWrites().length > 0).toBe(code === 0);
      }
    });
  });
});

describe('check 21: Ctrl-C', () => {
  /** Holds the creation of the pipeline back until it is let go. */
  function hold(): { reached: Promise<void>; letGo: () => void } {
    let letGo = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      proxy.onRequest(async (_n, { method, path }) => {
        if (method !== 'PUT' || !path.startsWith('/_search/pipeline/')) return;
        resolve();
        await released;
      });
    });
    return { reached, letGo };
  }

  async function rerunConverges(): Promise<void> {
    proxy.reset();
    const again = await rerankctl(['apply', ...stack.args(), '--yes']);
    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect(await rerankctl(['plan', ...stack.args(), '--detailed-exitcode'])).toMatchObject({ code: 0 });
    const [, , ...where] = stack.args();
    await rerankctl(['destroy', '--confirm', stack.name, '--allow-data-loss', ...where]);
  }

  it.skipIf(!HAS_TERMINAL)(
    'is answered at once, lets the write under way finish, tells what is done and what not, and ends with 130',
    async () => {
      const { reached, letGo } = hold();
      // One at a time, so that something is still to be begun.
      const session = onTerminal(['apply', ...stack.args(proxy.url), '--yes', '--parallelism', '1'], {
        columns: 100,
      });
      await reached;
      session.type('\u0003');
      await session.until(/Interrupted: finishing the requests under way/);
      expect(session.written()).not.toContain('Apply:');
      letGo();
      const { code, written } = await session.ended;
      expect(code, written).toBe(130);
      const after = linesOf(written.slice(written.indexOf('Interrupted:'))).join('\n');
      expect(after).toMatch(/Apply: \d changes? applied, .*interrupted/);
      expect(after).toMatch(/not done: \w+\/changes-/);
      expect(after).toContain('Run it again');
      // The cursor is there again, after all that hid it.
      expect(written.lastIndexOf('\u001b[?25h')).toBeGreaterThan(written.lastIndexOf('\u001b[?25l'));
      expect(userWrites().every(({ status }) => status === 200)).toBe(true);
      await rerunConverges();
    },
  );

  it.skipIf(!HAS_TERMINAL)('twice ends it at once, and leaves a whole terminal', async () => {
    const { reached, letGo } = hold();
    const session = onTerminal(['apply', ...stack.args(proxy.url), '--yes']);
    await reached;
    session.type('\u0003');
    await session.until(/Interrupted/);
    session.type('\u0003');
    // The request is still held back: nothing but the second Ctrl-C can end this.
    const { code, written } = await session.ended;
    letGo();
    expect(code).toBe(130);
    expect(written).toContain('Stopped at once');
    // Both -1 when it was too early for any row.
    expect(written.lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(written.lastIndexOf('\u001b[?25l'));
    // The node takes it all the same, and not after what follows here.
    await vi.waitFor(
      () => expect(userWrites().every(({ status }) => status !== undefined)).toBe(true),
      10_000,
    );
    await rerunConverges();
  });

  it('as a signal, without a terminal, is told by lines', async () => {
    const { reached, letGo } = hold();
    const { child, ended } = start(['apply', ...stack.args(proxy.url), '--yes', '--parallelism', '1']);
    await reached;
    child.kill('SIGINT');
    await new Promise((resolve) => child.stderr?.once('data', resolve));
    letGo();
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('Interrupted: finishing the requests under way');
    expect(stdout).toMatch(/not done: \w+\/changes-/);
    await rerunConverges();
  });
});

describe('check 23: deletions', () => {
  it('need --prune, stay under a cap, and never touch what is protected', async () => {
    const [, , ...where] = stack.args();
    const yaml = (names: readonly string[], lifecycle = {}) =>
      names
        .map((each) => {
          const metadata = { name: `${stack.name}-${each}`, lifecycle };
          return `---\n${JSON.stringify({ apiVersion: 'rerankctl/v1', kind: 'SearchPipeline', metadata, spec: {} })}\n`;
        })
        .join('');
    const apply = (stdin: string, ...flags: string[]) =>
      rerankctl(['apply', '-f', '-', '--yes', ...where, ...flags], { stdin });
    expect(await apply(yaml(['a', 'b', 'c']))).toMatchObject({ code: 0 });
    // Without --prune what left the manifests stays.
    expect(await apply(yaml(['a']))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('No changes'),
    });
    const capped = await apply(yaml(['a']), '--prune', '--max-deletes', '1');
    expect(capped).toMatchObject({ code: 8, stderr: expect.stringContaining('RCTL_MAX_DELETES') });
    expect(await apply(yaml(['a']), '--prune')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 changes applied'),
    });
    expect(await apply(yaml(['a', 'b'], { prevent_destroy: true }))).toMatchObject({ code: 0 });
    const kept = await apply(yaml(['a']), '--prune');
    expect(kept).toMatchObject({ code: 8, stderr: expect.stringContaining('RCTL_PREVENT_DESTROY') });
    const destroyed = await rerankctl(['destroy', '--confirm', stack.name, ...where]);
    expect(destroyed).toMatchObject({ code: 8, stderr: expect.stringContaining('RCTL_PREVENT_DESTROY') });
    expect(await rerankctl(['destroy', '--confirm', 'other', ...where])).toMatchObject({ code: 3 });
    expect(await apply(yaml(['a', 'b']))).toMatchObject({ code: 0 });
    expect(await rerankctl(['destroy', '--confirm', stack.name, ...where])).toMatchObject({ code: 0 });
  });
});
