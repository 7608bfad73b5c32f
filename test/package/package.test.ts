import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isObject } from '../../src/core/json.ts';
import { loadManifests } from '../../src/manifest/load.ts';
import { nodeUrl, uniqueName } from '../support/node.ts';
import { openBench, SERVERS } from '../support/provision.ts';
import { copyManifests, packageFolder, ROOT } from '../support/scratch.ts';

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

const windows = process.platform === 'win32';
const exec = promisify(execFile);
const run = (command: string, args: readonly string[], cwd: string): Promise<{ stdout: string }> =>
  exec(command, args, { cwd, shell: windows, env: { ...process.env, OPENSEARCH_URL: nodeUrl() } });

describe('the package', () => {
  let folder: string;
  let packed: Packed;
  let stdout: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rerankctl-package-'));
    // The build is there already, and other tests are using it: prepack would make it anew.
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    ({ stdout } = await run('npm', args, ROOT));
    [packed] = JSON.parse(stdout) as [Packed];
    await mkdir(join(folder, 'project'));
    const install = ['install', '--offline', '--no-audit', '--no-fund', join(folder, packed.filename)];
    await run('npm', install, join(folder, 'project'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is small, and holds the build, the schemas and nothing else', () => {
    expect(packed.size).toBeLessThan(1_000_000);
    const paths = packed.files.map(({ path }) => path);
    const others = paths.filter((path) => !/^(dist|schemas)\//.test(path)).sort();
    expect(others).toEqual(['LICENSE', 'NOTICE', 'README.md', 'package.json']);
    expect(paths).toContain('dist/main.js');
    expect(paths).toContain('dist/types/index.d.ts');
    expect(paths).toContain('dist/THIRD-PARTY.txt');
    expect(paths.filter((path) => !/\.(js|d\.ts|json|md|txt)$|^(LICENSE|NOTICE)$/.test(path))).toEqual([]);
  });

  it('installs offline: no dependency, and nothing that runs', async () => {
    const modules = await readdir(join(folder, 'project', 'node_modules'));
    expect(modules.filter((name) => !name.startsWith('.'))).toEqual(['rerankctl']);
    const text = await readFile(join(folder, 'project/node_modules/rerankctl/package.json'), 'utf8');
    const { dependencies, scripts } = JSON.parse(text) as Record<string, unknown>;
    expect(dependencies).toBeUndefined();
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
    expect(Object.keys(isObject(scripts) ? scripts : {}).filter((name) => hooks.includes(name))).toEqual([]);
  });

  it('works in an otherwise empty folder: npx rerankctl --version, init, validate, plan', async () => {
    const project = join(folder, 'project');
    const npx = (...args: string[]) => run('npx', ['--offline', 'rerankctl', ...args], project);
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect((await npx('--version')).stdout).toBe(`${version}\n`);
    const name = uniqueName('package');
    await npx('init', '--yes', '--reranker', 'by-field', '--index', name);
    await npx('validate', '-f', 'manifests');
    const { stdout: planned } = await npx('plan', '-f', 'manifests', '--stack', name);
    expect(planned).toContain(`+ Index/${name}`);
    expect(planned).toMatch(/Plan: \d to create, 0 to update/);
  });

  it('has an API of which every name is documented', async () => {
    const exported = await readFile(join(ROOT, 'src/index.ts'), 'utf8');
    const names = [...exported.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = '']) =>
      list.split(',').map((name) => name.replace(/\btype\b/, '').trim()),
    );
    const documented = await readFile(join(ROOT, 'docs/api.md'), 'utf8');
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !new RegExp(`\`${name}[\`(]`).test(documented))).toEqual([]);
  });

  it('has types that need nothing beside them; the example of the library compiles, and does what it says', async () => {
    const project = join(folder, 'project');
    await cp(join(ROOT, 'examples/library/provision.ts'), join(project, 'provision.ts'));
    await writeFile(join(project, 'package.json'), '{ "type": "module" }');
    const api = await readFile(join(ROOT, 'docs/api.md'), 'utf8');
    await writeFile(join(project, 'api.ts'), /^```ts\n(.*?)^```/ms.exec(api)?.[1] ?? 'none');
    const tsc = join(packageFolder('typescript'), 'bin/tsc');
    const strict = ['--strict', '--skipLibCheck', 'false', '--exactOptionalPropertyTypes'];
    const target = ['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023'];
    const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
    await run(process.execPath, [tsc, ...strict, ...target, ...types, 'api.ts', 'provision.ts'], project);

    const suffix = uniqueName('-library');
    await rm(join(project, 'manifests'), { recursive: true });
    await copyManifests(['manifests/by-field-tutorial'], project, suffix);
    const [, open] = SERVERS[0] ?? [];
    if (open === undefined) throw new Error('no node');
    const bench = await openBench(open, 'library');
    try {
      const { resources } = await loadManifests(['manifests'], { cwd: project, env: {}, vars: {} });
      bench.know(resources);
      const args = ['provision.js', 'manifests/by-field-tutorial', nodeUrl(), bench.stack];
      const { stdout: said } = await run(process.execPath, args, project);
      expect(said.trim().split('\n').sort()).toEqual(
        [
          `create Index/book-index${suffix}`,
          `create SearchPipeline/rerank_byfield_pipeline${suffix}`,
          `create SeedData/books${suffix}`,
          `Verification/books${suffix}: pass`,
        ].sort(),
      );
      const again = await run(process.execPath, args, project);
      expect(again.stdout).toBe(`Verification/books${suffix}: pass\n`);
    } finally {
      await bench.cleanUp();
    }
  });
});
