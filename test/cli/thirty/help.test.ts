import { describe, expect, it } from 'vitest';
import { COMMANDS, type CommandHelp, type CommandName } from '../../../src/cli/command-table.ts';
import { EXIT_MEANINGS } from '../../../src/cli/exit.ts';
import { FORMATS, REPORTS } from '../../../src/cli/formats/format.ts';
import { TOPICS } from '../../../src/cli/topics.ts';
import { rerankctl } from '../../support/cli.ts';
import { inProcess } from '../../support/in-process.ts';

const NAMES = Object.keys(COMMANDS) as CommandName[];
const helpOf = (name: CommandName): CommandHelp => COMMANDS[name];

describe('check 1: help', () => {
  it('is printed by the command without a word, by help, -h and --help', async () => {
    const whole = await rerankctl([]);
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    for (const args of [['help'], ['-h'], ['--help'], ['help', '-h']]) {
      expect(await inProcess(args)).toEqual(whole);
    }
    for (const name of NAMES) expect(whole.stdout).toContain(`\n  ${name} `);
    for (const topic of Object.keys(TOPICS)) expect(whole.stdout).toContain(`help ${topic}`);
    for (const [code, meaning] of Object.entries(EXIT_MEANINGS))
      expect(whole.stdout).toContain(`${code}  ${meaning}`);
  });

  it.each(NAMES)('of %s is the same by help, by -h and by --help, and names each flag', async (name) => {
    const help = await inProcess(['help', name]);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const args of [
      [name, '-h'],
      [name, '--help'],
      [name, 'help'],
      ['-h', name],
    ]) {
      expect(await inProcess(args)).toEqual(help);
    }
    for (const flag of helpOf(name).flags) expect(help.stdout).toContain(`--${flag.name}`);
  });

  it.each([
    [['plan', '--nonsense', '-h'], 'rerankctl plan -f PATH'],
    [['plan', '-f', '--output', 'jsn', '--help'], 'rerankctl plan -f PATH'],
    [['--url', 'x', 'apply', '--timeout', 'soon', '-h'], 'rerankctl apply -f PATH'],
    [['state', 'liist', '-h'], 'rerankctl state list'],
    [['plann', '-f', 'x', '-h'], 'Commands:'],
    [['--nonsense', '-h'], 'Commands:'],
  ])('-h makes help of the broken line %j', async (args, words) => {
    expect(await inProcess(args)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining(words),
    });
  });

  it.each([
    ['environment', ['OPENSEARCH_URL', 'NO_COLOR', 'FORCE_COLOR', 'TERM=dumb', 'CI ']],
    ['exit-codes', Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `${code}  ${meaning}`)],
    ['formats', [...FORMATS, ...REPORTS, '--report', '--runs']],
  ])('help %s is a topic of its own', async (topic, words) => {
    const { code, stdout, stderr } = await inProcess(['help', topic]);
    expect([code, stderr]).toEqual([0, '']);
    for (const word of words) expect(stdout).toContain(word);
    expect(stdout).toMatch(/^(OPENSEARCH_URL=\S+ )?rerankctl /);
    expect((await inProcess(['help', topic, '-h'])).stdout).toBe(stdout);
  });
});

describe('check 2: help begins with something to type', () => {
  it.each(NAMES)('%s', async (name) => {
    const { stdout } = await inProcess(['help', name]);
    const { example, examples = [], usage } = helpOf(name);
    expect(stdout.startsWith(`${[example, ...examples].join('\n')}\n\nrerankctl ${usage}\n`)).toBe(true);
  });

  it('the flags of a command come first, those of all commands last, each under its heading', async () => {
    const { stdout } = await inProcess(['help', 'apply']);
    const headings = [...stdout.matchAll(/^(\S.*):$/gm)].map(([, heading]) => heading);
    expect(headings[0]).toBe('Flags');
    expect(headings.at(-1)).toBe('Output and help');
    expect(headings).toContain('The cluster');
    expect(new Set(headings).size).toBe(headings.length);
  });
});

describe('check 3: a slip', () => {
  it.each([
    ['a command', ['aply', '-f', 'x'], 'apply', 'rerankctl help'],
    ['a flag', ['plan', '--tagret', 'x'], '--target', 'rerankctl plan --help'],
    ['a topic', ['help', 'exitcodes'], 'exit-codes', 'rerankctl help'],
    ['a value', ['plan', '-f', '.', '--color', 'alwais'], 'always', ''],
    ['a word of state', ['state', 'histroy'], 'history', ''],
    ['a word of dev', ['dev', 'stauts'], 'status', ''],
    ['a code', ['explain', 'RCTL_PLAN_STAEL'], 'RCTL_PLAN_STALE', ''],
  ])('in %s: exit 3, what was meant, a line to help, no stack', async (_what, args, meant, help) => {
    const { code, stdout, stderr } = await inProcess(args);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain(`Did you mean \`${meant}\`?`);
    expect(stderr).toContain(help);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
  });

  it.each(NAMES)('%s knows its flags: another one is exit 3', async (name) => {
    const ran = await inProcess([name, '--no-such-flag']);
    expect(ran).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining(`rerankctl ${name} --help`),
    });
  });
});

describe('check 4: the version', () => {
  it('stands alone', async () => {
    for (const args of [['--version'], ['version']]) {
      expect(await rerankctl(args)).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
        stderr: '',
      });
    }
  });

  it('as JSON comes with node, system, schema and servers', async () => {
    const { code, stdout } = await inProcess(['version', '--output', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'version',
      version: expect.stringMatching(/^\d/),
      node: process.versions.node,
      os: expect.stringContaining(process.platform),
      schemaVersion: 'rerankctl/v1',
      servers: { oldest: '2.19.0', tested: ['2.19.1', '3.6.0'] },
    });
  });
});
