import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/command-table.ts';
import { rerankctlProcess } from '../../support/cli.ts';
import { inProcess } from '../../support/in-process.ts';
import { nodeUrl } from '../../support/node.ts';
import { outputOf } from '../../support/output.ts';
import { openSmallStack, type SmallStack } from './small-stack.ts';

const NAMES = Object.keys(COMMANDS);
const NOBODY = 'http://127.0.0.1:9';

let stack: SmallStack;
beforeAll(async () => {
  stack = await openSmallStack('streams');
});
afterAll(() => stack.cleanUp());

describe('check 5: --output json is one document by its schema', () => {
  it.each(NAMES)('%s with a flag that it has not', async (name) => {
    const ran = await inProcess([name, '--output', 'json', '--no-such-flag']);
    expect(ran.code).toBe(3);
    expect(outputOf(ran)).toMatchObject({ command: name, diagnostics: [{ code: 'RCTL_USAGE' }] });
  });

  it.each(['plan', 'apply', 'verify', 'drift', 'doctor', 'destroy', 'rollback', 'export', 'state'])(
    '%s without a cluster',
    async (name) => {
      const [flag = '', file = ''] = stack.args();
      const words: Record<string, string[]> = { destroy: [], rollback: [], export: [], state: ['list'] };
      const args = [name, ...(words[name] ?? [flag, file]), '--url', NOBODY];
      const ran = await inProcess([...args, '--output', 'json']);
      expect(ran.code).toBe(4);
      expect(outputOf(ran)).toMatchObject({ command: name });
      expect(ran.stdout).toContain('RCTL_NO_CLUSTER');
      // In the other format stdout says nothing, unless the finding is the result.
      if (name !== 'doctor') expect(await inProcess(args)).toMatchObject({ code: 4, stdout: '' });
    },
  );

  it('of no command at all, and of manifests that are wrong', async () => {
    expect(outputOf(await inProcess(['plann', '--output', 'json']))).toMatchObject({
      command: null,
      exitCode: 3,
    });
    const wrong = await inProcess(['validate', '-f', '-', '--output=json'], { stdin: 'kind: Nonsense\n' });
    expect(outputOf(wrong)).toMatchObject({ command: 'validate', exitCode: 3 });
  });

  it('of every command that succeeds; check 7: and nothing else reaches stdout', async () => {
    const [flag = '', file = '', ...where] = stack.args();
    const cluster = where.slice(-2);
    const manifests = [flag, file, ...where];
    const lines: readonly (readonly string[])[] = [
      ['validate', flag, file],
      ['graph', flag, file],
      ['explain', 'Model'],
      ['version'],
      ['plan', ...manifests],
      ['apply', ...manifests, '--yes'],
      ['apply', ...manifests],
      ['verify', flag, file, ...cluster],
      ['doctor', ...manifests],
      ['drift', ...manifests],
      ['state', 'list', ...where],
      ['state', 'history', ...where],
      ['export', '--kind', 'SearchPipeline', '--name', stack.name, ...cluster],
      ['destroy', '--confirm', stack.name, '--allow-data-loss', ...where],
    ];
    for (const line of lines) {
      const ran = await inProcess([...line, '--output', 'json', '--debug']);
      expect(ran.code, `${line.join(' ')}\n${ran.stdout}${ran.stderr}`).toBe(0);
      expect(outputOf(ran)).toMatchObject({ command: line[0] });
      expect(ran.stdout.endsWith('}\n')).toBe(true);
    }
  });
});

it('check 7: with stderr thrown away, a pipe gets JSON alone', async () => {
  const ran = await rerankctlProcess(['plan', ...stack.args(), '--output', 'json']);
  expect(outputOf(ran)).toMatchObject({
    command: 'plan',
    summary: { create: 3 },
    cluster: { url: nodeUrl() },
  });
});
