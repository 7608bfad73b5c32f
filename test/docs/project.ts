import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { loadManifests } from '../../src/manifest/load.ts';
import { outcomeOf, plainEnvironment, type Ran } from '../support/cli.ts';
import { nodeUrl, uniqueName } from '../support/node.ts';
import { type Bench, openBench, SERVERS } from '../support/provision.ts';
import { copyManifests, ROOT } from '../support/scratch.ts';
import type { Page } from './page.ts';

/** Where the pages of the documentation are tried: a shared suffix, so that they share one quickstart on the node. */
export interface Docs {
  readonly suffix: string;
  open(page: Page): Promise<Project>;
  /** Takes away what the pages have made. */
  clear(): Promise<void>;
}

/** A project of the reader's, for one page. */
export interface Project {
  run(command: string): Promise<Ran>;
  write(file: string, text: string): Promise<void>;
  close(): Promise<void>;
}

const STACKED = Object.entries(COMMANDS)
  .filter(([, { flags }]) => flags.some(({ name }) => name === 'stack'))
  .map(([name]) => name);

/** `rerankctl` of a reader, who says yes when asked; but with stacks of our own. */
const SHIM = `#!/usr/bin/env node
const stack = process.env.DOCS_STACK;
const own = (name) => (name === 'default' ? stack : stack + '-' + name);
const args = process.argv.slice(2);
const given = args.indexOf('--stack');
if (given !== -1) args[given + 1] = own(args[given + 1]);
else if (${JSON.stringify(STACKED)}.includes(args[0]) && !/\\.json$/.test(args[1] ?? '')) args.push('--stack', stack);
if (args[0] === 'apply' && !/\\.json$/.test(args[1] ?? '')) args.push('--yes');
const confirm = args.indexOf('--confirm');
if (confirm !== -1) args[confirm + 1] = own(args[confirm + 1]);
process.argv.splice(2, Infinity, ...args);
await import(${JSON.stringify(join(ROOT, 'dist/main.js'))});
`;

export async function openDocs(): Promise<Docs> {
  const [, open] = SERVERS[0] ?? [];
  if (open === undefined) throw new Error('no node');
  const bench = await openBench(open, 'docs');
  const suffix = uniqueName('-docs');
  let pages = 0;
  return {
    suffix,
    open: (page) => openProject(page, { bench, suffix, stack: `${bench.stack}-${++pages}` }),
    async clear() {
      await bench.cleanUp();
    },
  };
}

interface Place {
  readonly bench: Bench;
  readonly suffix: string;
  readonly stack: string;
}

async function openProject(page: Page, { bench, suffix, stack }: Place): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'rerankctl-docs-'));
  await makeTools(join(folder, 'bin'));
  const folders = foldersOf(page);
  const renamed = await copyManifests(folders, folder, suffix);
  // The bench has to know what there may be to take away.
  for (const each of folders) await remember(bench, folder, each);
  const words = new RegExp(`(?<![\\w-])(${page.names.join('|') || '(?!)'})(?![\\w])`, 'g');
  const ours = (text: string): string =>
    text
      .replace(words, `$1${suffix}`)
      .replace(/\b([A-Z]\w+)\/([\w-]+)/g, (whole, kind: string, name: string) =>
        renamed.has(name) ? `${kind}/${renamed.get(name)}` : whole,
      )
      .replaceAll('http://localhost:9200', nodeUrl());
  let exported = '';
  return {
    async run(command) {
      const text = ours(command);
      if (/^export /.test(text)) exported += `${text}\n`;
      return shell(exported + text, folder, stack);
    },
    async write(file, text) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), ours(text));
      await remember(bench, folder, file);
    },
    async close() {
      await rm(folder, { recursive: true, force: true });
      for (const name of page.names.map(ours)) {
        for (const path of [`/${name}`, `/_search/pipeline/${name}`]) {
          await bench.cluster.request({ method: 'DELETE', path, accept: [404] });
        }
      }
      await bench.raw('POST', '/.rerankctl-state/_delete_by_query?conflicts=proceed&refresh=true', {
        query: { prefix: { stack } },
      });
    },
  };
}

/** The folders of this repository that a page names; a page that only says `-f manifests` has the quickstart in it. */
function foldersOf(page: Page): string[] {
  const text = page.steps
    .flatMap((step) => (step.type === 'command' && step.notRun === undefined ? step.text : []))
    .join('\n');
  const named = [...text.matchAll(/manifests\/[a-z-]+-tutorial|manifests\/(quickstart|relevance)/g)].map(
    ([path]) => path,
  );
  const owns = page.steps.some((step) => step.type === 'manifest' && step.file !== undefined);
  const bare = !owns && !/--to manifests/.test(text) && /-f manifests(?![/\w])/.test(text);
  const folders = bare && named.length === 0 ? ['manifests/quickstart'] : named;
  // The collection is measured with the model of the quickstart.
  return [
    ...new Set(
      folders.flatMap((path) => (path === 'manifests/relevance' ? ['manifests/quickstart', path] : path)),
    ),
  ];
}

async function remember(bench: Bench, folder: string, path: string): Promise<void> {
  const { resources } = await loadManifests([path], { cwd: folder, env: process.env, vars: {} });
  bench.know(resources);
}

async function makeTools(bin: string): Promise<void> {
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'rerankctl.mjs'), SHIM);
  await writeFile(
    join(bin, 'npx'),
    '#!/bin/sh\n[ "$1" = rerankctl ] || exit 99\nshift\nexec rerankctl "$@"\n',
  );
  for (const tool of ['rerankctl.mjs', 'npx']) await chmod(join(bin, tool), 0o755);
  await symlink('rerankctl.mjs', join(bin, 'rerankctl'));
}

function shell(script: string, cwd: string, stack: string): Promise<Ran> {
  const env = {
    ...plainEnvironment(),
    PATH: `${join(cwd, 'bin')}:${process.env.PATH}`,
    OPENSEARCH_URL: nodeUrl(),
    DOCS_STACK: stack,
  };
  return outcomeOf(spawn('sh', ['-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }));
}
