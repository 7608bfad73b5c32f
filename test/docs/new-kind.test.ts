import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeUrl, uniqueName } from '../support/node.ts';
import { manifest } from '../support/provision.ts';
import { ROOT } from '../support/scratch.ts';

const exec = promisify(execFile);

/** Blocks of CONTRIBUTING.md that bear the path of a file. */
async function filesToWrite(): Promise<[string, string][]> {
  const text = await readFile(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  return [...text.matchAll(/^( *)```\w+ (\S+)\n([\s\S]*?)^ *```$/gm)].map(
    ([, indent = '', path = '', body = '']) => [path, body.replaceAll(new RegExp(`^${indent}`, 'gm'), '')],
  );
}

describe('a new kind, by the steps of CONTRIBUTING.md', () => {
  let copy: string;
  const name = uniqueName('script');
  const run = (...args: string[]) =>
    exec(process.execPath, args, { cwd: copy, env: { ...process.env, OPENSEARCH_URL: nodeUrl() } });
  const rerankctl = (...args: string[]) => run(join(copy, 'dist/main.js'), ...args);
  const write = (source: string) =>
    writeFile(
      join(copy, 'script.yaml'),
      manifest('StoredScript', name, { script: { lang: 'painless', source } }),
    );

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'rerankctl-kind-'));
    for (const path of ['src', 'schemas', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.json']) {
      await cp(join(ROOT, path), join(copy, path), { recursive: true });
    }
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
    for (const [path, text] of await filesToWrite()) {
      await mkdir(dirname(join(copy, path)), { recursive: true });
      await writeFile(join(copy, path), text);
    }
    const registry = join(copy, 'src/kinds/registry.ts');
    const before = await readFile(registry, 'utf8');
    const after = `import { storedScript } from './stored-script/index.ts';\n${before}`.replace(
      '\n  verification,\n',
      '\n  storedScript,\n  verification,\n',
    );
    await writeFile(registry, after);
    await run('scripts/build.mjs', '--no-types');
  });
  afterAll(() => rm(copy, { recursive: true, force: true }));

  it('needs no other place of the source: it has the types that all have', async () => {
    await run(join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit');
  });

  it('is known to the schema for editors, to explain, to completion and to the reference', async () => {
    const schema = await readFile(join(copy, 'schemas/manifest.schema.json'), 'utf8');
    expect(schema).toContain('"const": "StoredScript"');
    expect((await rerankctl('explain', 'StoredScript.script.source')).stdout).toContain('Its text.');
    expect((await rerankctl('__complete', '=StoredScript.s', 'explain')).stdout).toContain(
      'StoredScript.script',
    );
    await run('scripts/docs.mjs');
    expect(await readFile(join(copy, 'docs/reference/StoredScript.md'), 'utf8')).toContain('Its language.');
  });

  it('is validated, planned, applied and deleted', async () => {
    await writeFile(join(copy, 'wrong.yaml'), manifest('StoredScript', name, { script: { lang: 'cobol' } }));
    const refused = await rerankctl('validate', '-f', 'wrong.yaml').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 3 });
    expect(String((refused as { stderr: string }).stderr)).toContain('lang');

    const stack = ['--stack', name];
    await write('1');
    expect((await rerankctl('plan', '-f', 'script.yaml', ...stack)).stdout).toContain(
      `+ StoredScript/${name}`,
    );
    await rerankctl('apply', '-f', 'script.yaml', '--yes', ...stack);
    expect((await rerankctl('plan', '-f', 'script.yaml', ...stack)).stdout).toContain('No changes');
    await write('2');
    expect((await rerankctl('plan', '-f', 'script.yaml', ...stack)).stdout).toContain('~ StoredScript/');
    await rerankctl('apply', '-f', 'script.yaml', '--yes', ...stack);
    await rerankctl('destroy', ...stack, '--confirm', name);
    expect((await rerankctl('plan', '-f', 'script.yaml', ...stack)).stdout).toContain(
      `+ StoredScript/${name}`,
    );
  });
});
