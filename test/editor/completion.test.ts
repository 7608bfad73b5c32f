import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { complete } from '../../src/cli/completion/complete.ts';
import { SHELLS, scriptFor } from '../../src/cli/completion/scripts.ts';
import { KIND_NAMES } from '../../src/manifest/schema.ts';
import { rerankctl } from '../support/cli.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

/** A folder to complete in, with manifests, and `rerankctl` on the path. */
let cwd: string;
let env: NodeJS.ProcessEnv;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'completion-'));
  mkdirSync(join(cwd, 'bin'));
  symlinkSync(MAIN, join(cwd, 'bin', 'rerankctl'));
  mkdirSync(join(cwd, 'manifests of mine'));
  writeFileSync(
    join(cwd, 'manifests of mine', 'all.yaml'),
    ['Model', 'Index']
      .map((kind) => `apiVersion: rerankctl/v1\nkind: ${kind}\nmetadata: { name: mine }\nspec: {}\n`)
      .join('---\n'),
  );
  writeFileSync(join(cwd, 'manifests of mine', 'broken.yaml'), 'kind: [');
  for (const shell of SHELLS) writeFileSync(join(cwd, `completion.${shell}`), scriptFor(shell));
  env = { ...process.env, PATH: `${join(cwd, 'bin')}:${process.env.PATH}`, HOME: cwd, TERM: 'xterm' };
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('what may stand at the cursor', () => {
  const values = async (current: string, ...before: string[]): Promise<string[]> =>
    (await complete(current, before, cwd)).candidates.map(({ value }) => value);

  it('is a command, then its flags, each once unless it may be repeated', async () => {
    expect(await values('')).toEqual(Object.keys(COMMANDS));
    expect(await values('', 'help')).toEqual(Object.keys(COMMANDS));
    for (const [command, { flags }] of Object.entries(COMMANDS)) {
      expect(await values('--', command), command).toEqual(flags.map(({ name }) => `--${name}`));
    }
    const used = await values('--', 'plan', '--stack', 'x', '--target', 'y', '--prune');
    expect(used).not.toContain('--stack');
    expect(used).not.toContain('--prune');
    expect(used).toContain('--target');
  });

  it('is a value that the flag takes, however it is given', async () => {
    expect(await values('', 'plan', '--output')).toEqual(expect.arrayContaining(['text', 'json']));
    expect(await values('--output=js', 'plan')).toEqual(['json']);
    expect(await values('js', 'plan', '--output', '=')).toEqual(['json']);
    expect(await values('Search', 'export', '--kind')).toEqual(['SearchPipeline']);
    expect(await values('', 'plan', '--stack')).toEqual([]);
    expect(await values('--', 'plan', '--', '--output')).toEqual([]);
  });

  it('is a path where a path belongs', async () => {
    for (const before of [['plan', '-f'], ['plan'], ['validate', '--file'], ['apply', '--password-file']]) {
      expect((await complete('', before, cwd)).besides, before.join(' ')).toBe('files');
    }
    expect((await complete('', ['export', '--to'], cwd)).besides).toBe('folders');
    expect((await complete('', ['init'], cwd)).besides).toBe('folders');
  });

  it('is an address out of the manifests that were named, sound or not', async () => {
    const folder = join(cwd, 'manifests of mine');
    expect(await values('', 'plan', '-f', folder, '--target')).toEqual(['Index/mine', 'Model/mine']);
    expect(await values('M', 'plan', `--file=${folder}`, '--exclude')).toEqual(['Model/mine']);
    expect(await values('', 'apply', '-f', '"~/none"', '-f', `'manifests of mine'`, '--target')).toHaveLength(
      2,
    );
    expect(await values('', 'plan', '-f', 'manifests\\ of\\ mine', '--target')).toHaveLength(2);
    expect(await values('', 'plan', '--target')).toEqual([]);
  });

  it('is a kind, a field or a code to explain, a schema, or a word of state and dev', async () => {
    expect(await values('', 'explain')).toEqual(expect.arrayContaining([...KIND_NAMES, 'metadata']));
    expect(await values('Model.model_config.f', 'explain')).toEqual(['Model.model_config.framework_type']);
    expect(await values('RCTL_TLS_U', 'explain')).toContain('RCTL_TLS_UNTRUSTED');
    expect(await values('m', 'schema')).toEqual(['manifest']);
    expect(await values('', 'dev')).toEqual(['up', 'status', 'down']);
    expect(await values('', 'state', 'show')).toEqual([]);
    expect(await values('', 'none-such')).toEqual([]);
  });
});

/** Is this shell here? Where it is not, its tests are shown as skipped. */
const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

function shell(command: string, args: string[]): string {
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

describe.skipIf(!has('bash'))('bash', () => {
  /** Of a command line in words, the last of which is being typed. */
  const completed = (...words: string[]): string[] => {
    const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    const script = `source ./completion.bash
      COMP_WORDS=(rerankctl ${quoted}); COMP_CWORD=${words.length}
      compopt() { :; }
      _rerankctl rerankctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return shell('bash', ['--norc', '-c', script]).split('\n').filter(Boolean);
  };

  it('completes commands, values, addresses and files', () => {
    expect(completed('plan', '--output', '=', 'js')).toEqual(['json']);
    expect(completed('graph', '--format', '=')).toEqual(['mermaid', 'dot']);
    expect(completed('plan', '-f', 'manifests\\ of\\ mine', '--target', 'M')).toEqual(['Model/mine']);
    expect(completed('plan', '-f', 'man')).toEqual(['manifests of mine']);
  });

  const pty = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') === true;
  it.skipIf(!pty)('does so when somebody presses the tab key', () => {
    const typed = 'source <(rerankctl completion bash)\nrerankctl valid\t-f man\t\nexit\n';
    const { stdout } = spawnSync('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
      ...{ cwd, env, encoding: 'utf8', timeout: 60_000 },
      input: typed,
    });
    expect(stdout).toContain('rerankctl validate -f manifests\\ of\\ mine/');
  });
});

describe.skipIf(!has('zsh'))('zsh', () => {
  it('completes commands, values, addresses and files when somebody presses the tab key', () => {
    // zpty is a terminal within zsh. The widget completes what was typed as the tab key would, and tells what became of it.
    const script = `
      zmodload zsh/zpty
      read_until() { local all= part; while [[ $all != *$~1* ]]; do zpty -r shell part || return 1; all+=$part; done; print -r -- $all }
      zpty shell "PS1=% zsh -f -i"
      zpty -w shell "autoload -Uz compinit; compinit -u -d '$PWD/zcompdump'; source <(rerankctl completion zsh)"
      zpty -w shell 'try() { zle complete-word; print -r -- "GOT<$BUFFER>" }; zle -N try; bindkey "^T" try; print READY""NOW'
      read_until READYNOW >/dev/null
      for line in "$@"; do
        zpty -n -w shell "$line"$'\\x14'
        read_until 'GOT<*>' | tr -d '\\r'
        zpty -n -w shell $'\\x15'
      done
      zpty -d shell`;
    const asked = {
      'rerankctl pl': 'rerankctl plan ',
      'rerankctl plan --output=js': 'rerankctl plan --output=json ',
      'rerankctl explain Model.model_config.f': 'rerankctl explain Model.model_config.framework_type',
      "rerankctl plan -f 'manifests of mine' --target M":
        "rerankctl plan -f 'manifests of mine' --target Model/mine ",
      'rerankctl plan -f man': 'rerankctl plan -f manifests\\ of\\ mine/',
    };
    const shown = shell('zsh', ['-f', '-c', script, 'zsh', ...Object.keys(asked)]);
    expect([...shown.matchAll(/GOT<(.*)>/g)].map(([, line]) => line)).toEqual(Object.values(asked));
  });
});

describe.skipIf(!has('fish'))('fish', () => {
  const completed = (line: string): string[] =>
    shell('fish', ['--no-config', '-c', `source completion.fish; complete -C ${JSON.stringify(line)}`])
      .split('\n')
      .filter(Boolean);

  it('completes commands, values, addresses and files, with what they are for', () => {
    expect(completed('rerankctl pl')).toEqual([expect.stringMatching(/^plan\tshow what apply would change/)]);
    expect(completed('rerankctl plan --output=js')).toEqual(['--output=json']);
    expect(completed("rerankctl plan -f 'manifests of mine' --target M")).toEqual(['Model/mine']);
    expect(completed('rerankctl plan -f man')).toEqual([expect.stringMatching(/^manifests of mine\//)]);
    expect(completed('rerankctl state ')).toContain('history');
  });
});

describe('rerankctl completion', () => {
  it('prints the scripts; that for PowerShell is here only looked at', async () => {
    const { code, stdout } = await rerankctl(['completion', 'powershell']);
    expect(code).toBe(0);
    expect(stdout).toBe(scriptFor('powershell'));
    expect(stdout).toContain('Register-ArgumentCompleter -Native -CommandName rerankctl');
  });

  it('says which shells it knows', async () => {
    const none = await rerankctl(['completion']);
    expect(none).toMatchObject({ code: 3, stdout: '' });
    expect(none.stderr).toContain('It is one of bash, zsh, fish, powershell.');
    expect((await rerankctl(['completion', 'bahs'])).stderr).toContain('Did you mean `bash`?');
  });
});
