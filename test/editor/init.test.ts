import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import { type Ran, rerankctl } from '../support/cli.ts';
import { nodeUrl, uniqueName } from '../support/node.ts';

const ZIP = resolve(import.meta.dirname, '../../manifests/quickstart/minilm-l6-scorer.zip');
const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
/** Only that it is set matters here: nothing is sent to any service. */
const SECRETS = { COHERE_KEY: 'x', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'init-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const init = (...args: string[]): Promise<Ran> => rerankctl(['init', ...args], { cwd, env: SECRETS });

/** A person at a terminal who has these answers ready, in this order, and leaves when there are no more. */
async function interviewed(args: string[], answers: string[]): Promise<Ran & { asked: string[] }> {
  const asked: string[] = [];
  const abort = new AbortController();
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY: false,
    columns: 100,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const io: Io = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: SECRETS,
    cwd,
    signal: abort.signal,
    readStdin: async () => '',
    ask: async (question) => {
      asked.push(question);
      const answer = answers[asked.length - 1];
      if (answer !== 'interrupt') return answer;
      abort.abort();
      return '';
    },
  };
  return { code: await run(['init', ...args], io), ...written, asked };
}

const read = (folder: string, file: string): string => readFileSync(join(cwd, folder, file), 'utf8');

describe('the interview', () => {
  it('asks what means something for the choice, and takes numbers, words and nothing for an answer', async () => {
    const { code, asked, stderr } = await interviewed(
      ['asked'],
      ['by', 'Passages', 'books', 'n', 'title', 'reviews.stars', ''],
    );
    expect(code, stderr).toBe(0);
    expect(asked.map((question) => question.split('\n')[0])).toEqual([
      'What shall rerank the hits?',
      'The name of the index that is searched [passages] ',
      'The name of the index that is searched [passages] ',
      'Is that index there already, with documents? (yes/no) [no] ',
      'The field with the text [passage_text] ',
      'The field with the number, as a dotted path [stars] ',
      'A query to try it with [What is the capital of the United States?] ',
    ]);
    expect(stderr).toContain('The name of an index has no capitals');
    expect(read('asked', 'search.yaml')).toContain('target_field: reviews.stars');
    expect(read('asked', 'index.yaml')).toMatch(/reviews:\n +stars: 4\n/);
  });

  it('asks nothing that a flag says, and again what is no answer', async () => {
    const { code, asked, stderr } = await interviewed(
      ['uploaded', '--index', 'i', '--text-field', 't', '--query', 'q'],
      ['2', '', 'nowhere.zip', ZIP, '', 'perhaps', 'yes'],
    );
    expect(code, stderr).toBe(0);
    expect(asked).toHaveLength(7);
    expect(stderr).toMatch(/There has to be an answer.*There is no file nowhere\.zip.*It is one of yes, no/s);
    expect(readdirSync(join(cwd, 'uploaded')).sort()).toEqual([
      '.gitignore',
      '.rerankctl',
      'model.yaml',
      'search.yaml',
    ]);
  });

  it('ends without a file when it is interrupted at a question', async () => {
    const { code } = await interviewed(['interrupted'], ['1', '', 'interrupt', '', '', '']);
    expect(code).toBe(130);
    expect(readdirSync(cwd)).not.toContain('interrupted');
  });

  it('writes nothing when the person leaves, or when nobody is there', async () => {
    const left = await interviewed(['left'], ['file']);
    expect(left.code).toBe(3);
    expect(left.stderr).toContain('--model is needed');
    const nobody = await interviewed(['nobody'], []);
    expect(nobody.code).toBe(3);
    expect(nobody.stderr).toContain('no terminal to ask on');
    expect(readdirSync(cwd)).not.toContain('left');
  });

  // BSD has a `script` too, which takes other words.
  const pty = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') === true;
  it.skipIf(!pty)('works on a terminal', async () => {
    const command = `${process.execPath} ${MAIN} init terminal --index i --text-field t --query q`;
    const { CI: _ci, ...env } = process.env;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], { cwd, env });
    let shown = '';
    const answers = [
      [/A number or a word/, '1\n'],
      [/pretrained model/, '\n'],
      [/there already/, 'y\n'],
    ] as const;
    let answered = 0;
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
      const [prompt, answer] = answers[answered] ?? [];
      if (prompt === undefined || !prompt.test(shown)) return;
      answered++;
      terminal.stdin.write(answer);
    });
    const code = await new Promise((done) => terminal.on('close', done));
    expect(shown).toContain('terminal/search.yaml');
    expect([code, answered]).toEqual([0, 3]);
    expect(read('terminal', 'search.yaml')).toContain('index: i\n');
  });
});

describe('init overwrites nothing', () => {
  it('and says what is in the way before it asks', async () => {
    await init('twice', '--yes');
    writeFileSync(join(cwd, 'twice', 'model.yaml'), '# mine\n');
    const again = await interviewed(['twice'], ['1']);
    expect(again.code).toBe(8);
    expect(again.asked).toEqual([]);
    expect(again.stderr).toContain('model.yaml, index.yaml, search.yaml');
    expect(read('twice', 'model.yaml')).toBe('# mine\n');
  });

  it('but goes on beside a .gitignore', async () => {
    mkdirSync(join(cwd, 'repository'));
    writeFileSync(join(cwd, 'repository', '.gitignore'), 'node_modules\n');
    const { code, stdout, stderr } = await init('repository', '--yes');
    expect(code).toBe(0);
    expect(stdout).not.toContain('.gitignore');
    expect(stderr).toContain('repository/.gitignore is left as it is');
    expect(read('repository', '.gitignore')).toBe('node_modules\n');
  });
});

it('refuses flags that mean nothing, and a zip that is no model', async () => {
  const foreign = await init('a', '--yes', '--region', 'eu-west-1');
  expect(foreign.stderr).toContain('--region means nothing with --reranker pretrained');
  writeFileSync(join(cwd, 'broken.zip'), 'no zip');
  const broken = await init('a', '--yes', '--reranker', 'file', '--model', 'broken.zip');
  expect(broken.stderr).toContain('RCTL_MODEL_ZIP_BROKEN');
  expect([foreign.code, broken.code]).toEqual([3, 3]);
  expect(readdirSync(cwd)).not.toContain('a');
});

describe.each([
  ['pretrained', []],
  ['file', ['--model', ZIP]],
  ['cohere', []],
  ['bedrock', []],
  ['sagemaker', ['--model', 'my-endpoint']],
  ['by-field', []],
])('init --reranker %s', (reranker, flags) => {
  const at = (...args: string[]): Promise<Ran> => {
    const [command = '', ...rest] = args;
    return rerankctl([command, '-f', reranker, ...rest, '--url', nodeUrl()], { cwd, env: SECRETS });
  };

  it('makes manifests that validate and can be planned', async () => {
    const index = uniqueName('init');
    const { code, stdout, stderr } = await init(
      ...[reranker, '--yes', '--reranker', reranker, '--index', index, ...flags, '--output', 'json'],
    );
    expect(code, stderr).toBe(0);
    const { files, next } = JSON.parse(stdout);
    for (const file of files) {
      if (file.endsWith('.yaml')) {
        expect(readFileSync(join(cwd, file), 'utf8')).toMatch(
          /^# yaml-language-server: \$schema=\.rerankctl\/manifest\.schema\.json\n/,
        );
      }
    }
    expect(files).toContain(`${reranker}/.gitignore`);
    expect(next).toContain(`rerankctl plan -f ${reranker}`);
    const valid = await rerankctl(['validate', '-f', reranker], { cwd, env: SECRETS });
    expect(valid, valid.stderr).toMatchObject({ code: 0, stderr: '' });
    const planned = await at('plan', '--stack', index);
    // Which services a cluster trusts is its own matter: all else has to be in order.
    const errors = planned.stderr.match(/error RCTL_\w+/g) ?? [];
    expect(
      errors.filter((error) => error !== 'error RCTL_CONNECTOR_NOT_TRUSTED'),
      planned.stderr,
    ).toEqual([]);
    expect(planned.stdout).toContain(`SearchPipeline/${index}-rerank`);
  });
});

it('what init has made can be applied and verified', async () => {
  const index = uniqueName('init');
  const args = ['--url', nodeUrl(), '--stack', index];
  await init(
    'applied',
    '--yes',
    '--reranker',
    'by-field',
    '--index',
    index,
    '--score-field',
    'reviews.stars',
  );
  try {
    const applied = await rerankctl(['apply', '-f', 'applied', '--yes', ...args], { cwd });
    expect(applied.code, applied.stderr).toBe(0);
    const verified = await rerankctl(['verify', '-f', 'applied', '--url', nodeUrl()], { cwd });
    expect(verified.code, verified.stdout).toBe(0);
  } finally {
    await rerankctl(['destroy', '--confirm', index, ...args], { cwd });
  }
});
